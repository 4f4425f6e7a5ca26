import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from store import release
from store.database import snapshot, transaction
from store.intake import Outcome, finish_run, start_run
from store.models import Ad
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add, violation
from tests.stores import NewStore


def test_clues_come_with_their_case_and_employer_in_order(engine: Engine) -> None:
    add(engine, *(violation(number, company="甲公司" if number % 2 else "") for number in range(20)))
    with snapshot(engine) as session:
        found = list(release.clues(session))
    assert [row.id for row in found] == sorted(row.id for row in found)
    assert len(found) == 20
    assert {(row.employer_name, row.poster, row.employer_id is None) for row in found} == {
        ("甲公司", "unknown", False),
        (None, None, True),
    }
    assert all(row.case_number.startswith("QD-310000-2026-") for row in found)


def test_ads_come_with_their_newest_reading(engine: Engine) -> None:
    add(engine, checked_ad(job_ad(1), mention()), checked_ad(job_ad(2)))
    with snapshot(engine) as session:
        found = {row.verdict: [m["kind"] for m in row.mentions] for row in release.ads(session)}
    assert found == {"violation": ["delisted"], "none": []}


def test_a_snapshot_sees_nothing_of_what_is_written_meanwhile(engine: Engine) -> None:
    add(engine, violation(1))
    with snapshot(engine) as session:
        first = next(release.ads(session)).source
        with transaction(engine) as writing:
            writing.execute(update(Ad).values(source="changed"))
        add(engine, violation(2))
        assert [row.source for row in release.ads(session)] == [first]
        assert len(list(release.clues(session))) == 1


def test_runs_are_those_that_have_ended_and_began_before_a_moment(engine: Engine) -> None:
    with transaction(engine) as session:
        for kind, days in (("crawl", 0), ("file", 1), ("recheck", 0), ("crawl", 7)):
            at = WEDNESDAY + timedelta(days=days)
            run_id = start_run(session, kind=kind, source=f"{kind} {days}", now=at)
            finish_run(session, run_id, Outcome("complete", {"accepted": 3}), now=at)
        start_run(session, kind="crawl", source="goes on", now=WEDNESDAY)
    with snapshot(engine) as session:
        found = list(release.runs(session, WEDNESDAY + timedelta(days=7)))
    assert {(row.source, row.status, row.counts["accepted"]) for row in found} == {
        ("crawl 0", "complete", 3),
        ("file 1", "complete", 3),
    }


@pytest.fixture(scope="module")
def large(new_store: NewStore) -> Iterator[Engine]:
    with new_store() as engine:
        for start in range(0, 6_000, 2_000):
            add(engine, *(violation(start + n, company=f"公司{start + n}") for n in range(2_000)))
        yield engine


@pytest.mark.parametrize("stream", [release.clues, release.ads])
def test_memory_does_not_grow_with_the_rows(large: Engine, stream: release.Stream) -> None:
    with snapshot(large) as session:
        rows = stream(session)
        peaks = [peak_of(rows, count) for count in (1_200, 4_800)]
        assert next(rows, None) is None
    assert peaks[1] < peaks[0] * 1.5


def peak_of(rows: Iterator[object], count: int) -> int:
    """Most bytes in use while the next `count` rows are read and dropped."""
    tracemalloc.start()
    for _ in range(count):
        next(rows)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
