"""What rule packs find is recorded with its reading, and told as long as a newest reading shows it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from events.types import CheckedAd
from store.database import snapshot
from store.findings import EARLIER, hints
from store.models import Finding
from store.overview import overview
from store.rereading import Window, stored_ads
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad
from tests.recorded import add, baited, read_with
from tests.stores import NewStore

LOAN = finding()
PROMISE = finding("100%就业", rule="training.post-promised", basis=())
LEASING = finding("挂靠", pack="leasing", rule="leasing.word")


def told(engine: Engine) -> list[tuple[Any, ...]]:
    """Pack, rule and words of every hint."""
    found = hints()
    columns = found.c.ad_id, found.c.pack, found.c.number
    with snapshot(engine) as session:
        query = select(found.c.pack, found.c.rule, found.c.quote).order_by(*columns)
        return [tuple(row) for row in session.execute(query)]


def test_the_findings_of_a_reading_come_back_as_they_were(engine: Engine) -> None:
    event = checked_ad(job_ad(), findings=(LEASING, LOAN, PROMISE))
    add(engine, event)
    with snapshot(engine) as session:
        (found,) = stored_ads(session, Window())
    assert found.newest.reading == event.reading.model_copy(
        update={"rules_since": found.newest.reading.rules_since}
    )


def test_leasing_of_older_producers_is_a_finding_too(engine: Engine) -> None:
    event = checked_ad(job_ad(), findings=(LEASING,))
    older = event.reading.model_copy(update={"findings": ()})
    add(engine, event.model_copy(update={"reading": older}))
    assert told(engine) == [("leasing", EARLIER, "挂靠")]


def test_a_replay_records_nothing_twice(engine: Engine) -> None:
    for _ in range(2):
        add(engine, baited(1), baited(2))
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Finding)) == 2


def test_the_overview_counts_a_hint_for_each_ad_and_pack(engine: Engine) -> None:
    add(engine, checked_ad(job_ad(1), findings=(LEASING, LOAN, PROMISE)), baited(2), checked_ad(job_ad(3)))
    with snapshot(engine) as session:
        assert overview(session).hints == 3


BAITED, SILENT = read_with("r1", findings=(LOAN,)), read_with("r2", day=2)
BACK = read_with("r1", findings=(LOAN,), day=3)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_newest_reading_counts_whatever_the_order(engine: Engine, order: tuple[int, ...]) -> None:
    readings: list[CheckedAd] = [BAITED, read_with("r2", findings=(PROMISE,), day=2), read_with("r3", day=3)]
    for number in order:
        add(engine, readings[number])
    assert told(engine) == []


def test_rules_that_come_back_bring_their_findings_back(engine: Engine) -> None:
    add(engine, BAITED)
    assert told(engine) == [("training", "training.loan", "先就业后付款")]
    add(engine, SILENT)
    assert told(engine) == []
    add(engine, BACK)
    assert told(engine) == [("training", "training.loan", "先就业后付款")]
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Finding)) == 1


def test_a_hint_rests_on_the_oldest_wording_that_shows_it(engine: Engine) -> None:
    first = job_ad(text="先就业后付款", division="110105")
    second = job_ad(text="先就业后付款，包分配", observed_at=WEDNESDAY + timedelta(days=1), division="440305")
    harmless = job_ad(text="工作细致", observed_at=WEDNESDAY + timedelta(days=2))
    add(
        engine,
        checked_ad(second, findings=(LOAN, PROMISE)),
        checked_ad(first, findings=(LOAN,)),
        checked_ad(harmless),
    )
    assert told(engine) == [("training", "training.loan", "先就业后付款")]
    found = hints()
    with snapshot(engine) as session:
        ((division, seen),) = session.execute(select(found.c.division, found.c.first_seen))
    assert (division, seen) == ("110105", WEDNESDAY)


DAYS_OF_RULES = {"r1": 1, "r2": 2, "r3": 3}
SAID = st.tuples(
    st.integers(0, 2), st.sampled_from(sorted(DAYS_OF_RULES)), st.frozensets(st.sampled_from(["a", "b"]))
)
"""Which wording of the ad, under which rules, and the packs that show."""


def said(wording: int, rules: str, packs: frozenset[str]) -> CheckedAd:
    ad = job_ad(text=f"第{wording}版", observed_at=WEDNESDAY + timedelta(hours=wording))
    found = tuple(finding(f"{pack}{wording}", pack=pack, rule=f"{pack}.rule") for pack in sorted(packs))
    return read_with(rules, ad=ad, findings=found, day=DAYS_OF_RULES[rules])


def expected(readings: dict[tuple[int, str], frozenset[str]]) -> list[tuple[str, str, str]]:
    """Told in plain words: for each pack the first wording whose newest reading shows it."""
    newest = {wording: packs for (wording, _), packs in sorted(readings.items())}
    first: dict[str, int] = {}
    for wording, packs in sorted(newest.items()):
        for pack in packs:
            first.setdefault(pack, wording)
    return [(pack, f"{pack}.rule", f"{pack}{wording}") for pack, wording in sorted(first.items())]


@settings(max_examples=25, deadline=None)
@given(said_of=st.lists(SAID, max_size=8, unique_by=lambda each: each[:2]), size=st.integers(1, 8))
def test_hints_follow_from_the_readings_in_any_order_and_batches(
    new_store: NewStore, said_of: list[tuple[int, str, frozenset[str]]], size: int
) -> None:
    with new_store() as engine:
        for start in range(0, len(said_of), size):
            add(engine, *(said(*each) for each in said_of[start : start + size]))
        add(engine, *(said(*each) for each in said_of[:size]))
        assert told(engine) == expected({(wording, rules): packs for wording, rules, packs in said_of})
