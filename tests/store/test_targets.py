"""The ledger of targets, on SQLite and on PostgreSQL: what is due, what has gone, what is back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from store.crawl_models import Target
from store.database import snapshot, transaction
from store.intake import remember
from store.models import Sighting
from store.targets import (
    Due,
    Entry,
    Noted,
    RunMark,
    Visit,
    count_due,
    count_misses,
    note_listed,
    note_visits,
    take_due,
)
from tests.factory import WEDNESDAY, job_ad

WEEK = timedelta(days=7)


def run(number: int, *, now: datetime | None = None) -> RunMark:
    """A run that is as many days after Wednesday as its number says."""
    return RunMark("board", f"run{number}", now or WEDNESDAY + timedelta(days=number))


def pages(*names: str, version: str = "") -> list[Entry]:
    return [Entry(key=name, url=f"https://a.example/{name}", list_hash=version) for name in names]


def listed(engine: Engine, mark: RunMark, entries: Iterable[Entry]) -> Noted:
    with transaction(engine) as session:
        return note_listed(session, mark, list(entries))


def taken(engine: Engine, mark: RunMark, most: int = 100) -> list[str]:
    with transaction(engine) as session:
        return sorted(due.key for due in take_due(session, mark, most=most))


def visited(engine: Engine, mark: RunMark, *visits: Visit) -> dict[str, int]:
    with transaction(engine) as session:
        return dict(note_visits(session, mark, visits, due_at=mark.now + WEEK))


def answered(engine: Engine, mark: RunMark, *names: str, answer: str = "read") -> dict[str, int]:
    ads = () if answer in ("gone", "empty") else ("ad1", "ad2")
    visits = [Visit(key=name, answer=answer, ads=ads) for name in names]  # type: ignore[arg-type]
    return visited(engine, mark, *visits)


def missed(engine: Engine, mark: RunMark) -> int:
    with transaction(engine) as session:
        return count_misses(session, mark.source, since=mark.now)


def states(engine: Engine) -> dict[str, tuple[str, int]]:
    with snapshot(engine) as session:
        rows = session.execute(select(Target.key, Target.state, Target.missing))
        return {key: (state, missing) for key, state, missing in rows}


def test_what_is_new_is_due_at_once_and_asked_for_once_in_a_run(engine: Engine) -> None:
    first = run(1)
    assert listed(engine, first, pages("a", "b")) == Noted(frozenset({"a", "b"}), unread=2)
    assert listed(engine, first, pages("b", "c")).fresh == {"c"}
    assert sorted(taken(engine, first, 2) + taken(engine, first, 2)) == ["a", "b", "c"]
    assert taken(engine, first) == []
    # Whoever was killed with them at hand has not read them; the next run asks again.
    assert taken(engine, run(2)) == ["a", "b", "c"]


def test_a_page_that_was_read_rests_until_it_is_due_or_the_list_says_something_else(engine: Engine) -> None:
    listed(engine, run(1), pages("a", "b"))
    answered(engine, run(1), "a", "b")
    assert listed(engine, run(2), pages("a", "b")) == Noted(frozenset({"a", "b"}), resting=2, held=2)
    assert taken(engine, run(2)) == []
    noted = listed(engine, run(3), [*pages("a"), *pages("b", version="changed")])
    assert (noted.unread, noted.resting, noted.held) == (1, 1, 2)
    assert taken(engine, run(3)) == ["b"]
    assert taken(engine, run(9)) == ["a", "b"]


def test_what_is_new_comes_before_what_has_changed_and_that_before_the_rest(engine: Engine) -> None:
    listed(engine, run(1), pages("b", "a"))
    answered(engine, run(1), "a", "b")
    listed(engine, run(9), [*pages("a"), *pages("b", version="changed"), *pages("c")])
    assert [taken(engine, run(9), 1) for _ in range(3)] == [["c"], ["b"], ["a"]]


def test_a_due_page_carries_what_is_needed_to_ask_for_it(engine: Engine) -> None:
    entry = Entry(key="7", url="https://a.example/7", said={"title": "电工"})
    listed(engine, run(1), [entry])
    visit = Visit(key="7", answer="read", etag='"v1"', last_modified="yesterday", ads=("x",))
    visited(engine, run(1), visit)
    with transaction(engine) as session:
        (due,) = take_due(session, run(8), most=5)
    expected = Due(
        key="7",
        url="https://a.example/7",
        said={"title": "电工"},
        etag='"v1"',
        last_modified="yesterday",
        ads=("x",),
    )
    assert due == expected


def test_what_is_missing_in_three_runs_is_suspect_and_in_six_gone(engine: Engine) -> None:
    listed(engine, run(0), pages("a", "b"))
    answered(engine, run(0), "a", "b")
    seen = []
    for number in range(1, 8):
        mark = run(number)
        listed(engine, mark, pages("a"))
        seen.append((missed(engine, mark), states(engine)["b"][0]))
    assert seen == [(0, "live")] * 2 + [(0, "suspect")] * 3 + [(2, "gone"), (0, "gone")]
    assert states(engine)["a"] == ("live", 0)
    with snapshot(engine) as session:
        assert count_due(session, run(99)) == 1  # nobody asks any more for what has gone


def test_what_a_run_beside_it_listed_is_not_missing(engine: Engine) -> None:
    listed(engine, run(0), pages("a", "b"))
    listed(engine, run(1), pages("b"))
    listed(engine, run(2), pages("a"))
    missed(engine, run(1))
    assert states(engine) == dict.fromkeys("ab", ("live", 0))


def test_a_suspect_is_live_again_when_it_is_listed_or_answers(engine: Engine) -> None:
    listed(engine, run(0), pages("a", "b"))
    answered(engine, run(0), "a", "b")
    for number in range(1, 4):
        missed(engine, run(number))
    assert states(engine) == dict.fromkeys("ab", ("suspect", 3))
    listed(engine, run(4), pages("a"))
    answered(engine, run(4), "b", answer="unchanged")
    assert states(engine) == dict.fromkeys("ab", ("live", 0))


def test_a_page_that_says_it_is_gone_is_gone_at_once_and_back_when_it_answers(engine: Engine) -> None:
    listed(engine, run(1), pages("a"))
    answered(engine, run(1), "a")
    assert answered(engine, run(2), "a", answer="gone") == {"gone": 2}
    assert answered(engine, run(2), "a", answer="gone") == {}
    listed(engine, run(3), pages("a"))
    assert states(engine)["a"] == ("gone", 0)  # boards list what is gone for a while
    assert taken(engine, run(3, now=run(9).now)) == ["a"]
    missed(engine, run(4))
    assert taken(engine, run(20)) == []
    listed(engine, run(21), pages("a"))
    assert taken(engine, run(21)) == ["a"]
    assert answered(engine, run(21), "a") == {"back": 2}
    assert states(engine)["a"] == ("live", 0)


def test_an_empty_page_concludes_nothing(engine: Engine) -> None:
    listed(engine, run(1), pages("a"))
    answered(engine, run(1), "a")
    missed(engine, run(2))
    assert answered(engine, run(3), "a", answer="empty") == {}
    assert states(engine)["a"] == ("live", 1)


def test_an_unchanged_page_moves_the_last_sight_of_its_ads_and_never_back(engine: Engine) -> None:
    ad = job_ad(1)
    with transaction(engine) as session:
        remember(session, [ad])
    listed(engine, run(1), pages("a"))
    for mark in (run(5), run(3)):
        visited(engine, mark, Visit(key="a", answer="unchanged", ads=(ad.ad_id,)))
    with snapshot(engine) as session:
        assert session.scalars(select(Sighting.last_seen)).all() == [run(5).now]


def test_a_posting_without_a_page_of_its_own_is_never_due(engine: Engine) -> None:
    entry = Entry(key="1")
    assert listed(engine, run(1), [entry]).unread == 1
    assert taken(engine, run(1)) == []
    visited(engine, run(1), Visit(key="1", answer="read", ads=("x",)))
    assert listed(engine, run(2), [entry]) == Noted(frozenset({"1"}), held=1)


def test_boards_do_not_touch_each_other(engine: Engine) -> None:
    other = RunMark("other", "run9", run(9).now)
    listed(engine, run(1), pages("a"))
    listed(engine, other, pages("a"))
    assert taken(engine, other) == ["a"]
    missed(engine, other)
    assert taken(engine, run(1)) == ["a"]
    with snapshot(engine) as session:
        assert set(session.scalars(select(Target.missing))) == {0}


@pytest.mark.parametrize("count", [1, 200])
def test_many_at_a_time_are_the_same_as_few(engine: Engine, count: int) -> None:
    names = [str(number) for number in range(count)]
    assert len(listed(engine, run(1), pages(*names)).fresh) == count
    answered(engine, run(1), *taken(engine, run(1), count))
    assert listed(engine, run(2), pages(*names)).resting == count
