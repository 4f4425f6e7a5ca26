"""The ledger as a run has it: masked, counted, with the moment that its run began."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from crawlers.board import Board
from crawlers.closing import let_go
from crawlers.ledger import PassingLedger, StoredLedger
from events.log import Message
from store.crawl_models import Target
from store.database import snapshot, transaction
from store.intake import Outcome, finish_run, start_run
from store.targets import Entry, Visit
from tests.factory import Clock

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def board(*, recheck: float = 7) -> Board:
    return Board(
        id="board",
        name="某招聘网",
        engine="jsonld-sitemap",
        start=("https://jobs.example.cn/sitemap.xml",),
        hosts=("jobs.example.cn",),
        recheck=recheck,
    )


def opened(engine: Engine, clock: Clock, *, recheck: float = 7) -> StoredLedger:
    """The ledger of a new run."""
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source="board", now=clock.now)
    return StoredLedger(engine, board(recheck=recheck), run_id=run_id, clock=clock)


class NoProducer:
    """Stands where nothing is to be published."""

    def publish(self, messages: Iterable[Message]) -> None:
        assert not list(messages)

    def close(self) -> None:
        """Nothing was opened."""


def judged(engine: Engine, ledger: StoredLedger) -> Counter[str]:
    """Let go what the run of `ledger` has waiting, as after a good verdict."""
    return let_go(engine, NoProducer(), ledger.mark())


def pages(*names: str) -> list[Entry]:
    return [Entry(key=name, url=f"https://jobs.example.cn/{name}") for name in names]


def test_contacts_that_a_list_shows_are_masked_and_addresses_are_not(engine: Engine, clock: Clock) -> None:
    said = {"title": "电工13812345678", "text": "微信 abc12345", "id": "13812345678"}
    opened(engine, clock).listed([Entry(key="13812345678", url="https://a.example/13812345678", said=said)])
    with snapshot(engine) as session:
        (found,) = session.scalars(select(Target))
    assert "13812345678" not in found.said["title"]
    assert "abc12345" not in found.said["text"]
    assert (found.key, found.said["id"], found.url[-11:]) == ("13812345678",) * 3


def test_pages_are_due_again_after_the_days_of_the_board(engine: Engine, clock: Clock) -> None:
    ledger = opened(engine, clock, recheck=2)
    ledger.listed(pages("a", "b"))
    ledger.take(9)
    ledger.visited([Visit(key=name, answer="read", ads=("x",)) for name in "ab"])
    judged(engine, ledger)
    clock.now += DAY
    second = opened(engine, clock)
    second.listed(pages("a", "b"))
    assert (second.take(9), second.counts["unchanged"]) == ([], 2)
    clock.now += DAY
    third = opened(engine, clock)
    third.listed(pages("a"))
    assert third.left() == 2
    assert len(third.take(9)) == 2
    third.visited([Visit(key="a", answer="unchanged", ads=("x",)), Visit(key="b", answer="gone")])
    assert (third.left(), dict(third.counts)) == (0, {"unchanged": 1, "gone": 0, "back": 0})
    assert judged(engine, third)["gone"] == 1


def test_what_a_run_that_broke_off_had_read_is_not_asked_for_again(engine: Engine, clock: Clock) -> None:
    broken_off = opened(engine, clock)
    broken_off.listed(pages("a", "b", "c"))
    broken_off.take(9)
    broken_off.visited([Visit(key=name, answer="read", ads=(name,)) for name in "ab"])
    clock.now += DAY
    following = opened(engine, clock)
    changed = replace(pages("b")[0], list_hash="other")
    following.listed([*pages("a", "c"), changed])
    # What the list says has changed since is read anew.
    assert sorted(due.key for due in following.take(9)) == ["b", "c"]
    following.visited([Visit(key=name, answer="read", ads=(name,)) for name in "bc"])
    judged(engine, following)
    with snapshot(engine) as session:
        assert {row.key: row.ads for row in session.scalars(select(Target))} == {
            each: [each] for each in "abc"
        }


def test_what_waits_of_a_held_run_is_left_to_a_person(engine: Engine, clock: Clock) -> None:
    held = opened(engine, clock)
    held.listed(pages("a"))
    held.take(9)
    held.visited([Visit(key="a", answer="read", ads=("x",))])
    with transaction(engine) as session:
        finish_run(session, held.mark().run_id, Outcome("held", {}), now=clock.now)
    clock.now += DAY
    following = opened(engine, clock)
    following.listed(pages("a"))
    assert [due.key for due in following.take(9)] == ["a"]


def test_what_becomes_due_in_a_run_is_for_the_next_one(engine: Engine, clock: Clock) -> None:
    ledger = opened(engine, clock, recheck=1)
    ledger.listed(pages("a"))
    ledger.take(9)
    ledger.visited([Visit(key="a", answer="read")])
    judged(engine, ledger)
    clock.now += DAY / 2
    long_run = opened(engine, clock)
    clock.now += DAY
    long_run.listed(pages("a"))
    assert (long_run.take(9), long_run.left()) == ([], 0)


@pytest.mark.parametrize("status", ["complete", "incomplete"])
def test_it_is_caught_up_after_a_complete_run(engine: Engine, clock: Clock, status: str) -> None:
    assert not opened(engine, clock).caught_up
    clock.now += DAY
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source="board", now=clock.now)
        finish_run(session, run_id, Outcome(status, {}), now=clock.now)  # type: ignore[arg-type]
    clock.now += DAY
    assert opened(engine, clock).caught_up == (status == "complete")


def test_a_passing_ledger_gives_each_page_once_in_the_order_of_the_list() -> None:
    ledger = PassingLedger()
    assert ledger.listed([*pages("b", "a"), Entry(key="whole")]).fresh == {"b", "a", "whole"}
    assert ledger.listed(pages("a", "c")).fresh == {"c"}
    assert [due.key for due in ledger.take(2)] == ["b", "a"]
    assert [due.key for due in ledger.take(2)] == ["c"]
    assert ledger.take(2) == []
