"""What the store tells of crawls, on SQLite and on PostgreSQL."""

from datetime import timedelta

from sqlalchemy import Engine

from store.crawl_status import (
    Holding,
    commonest_rejection,
    crawled_sources,
    holdings,
    last_status,
    runs_of,
)
from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, reject, start_run
from store.targets import Entry, RunMark, Visit, note_listed, note_visits
from tests.factory import WEDNESDAY

DAY = timedelta(days=1)


def crawled(engine: Engine, source: str, *, days: int = 0, complete: bool = True, kind: str = "crawl") -> str:
    now = WEDNESDAY + days * DAY
    with transaction(engine) as session:
        run_id = start_run(session, kind=kind, source=source, now=now)
        finish_run(session, run_id, Outcome("complete" if complete else "incomplete", {}), now=now)
    return run_id


def test_the_runs_of_a_source_come_newest_first_and_one_may_stop_reading(engine: Engine) -> None:
    made = [crawled(engine, "a", days=day, complete=day < 70) for day in range(80)]
    crawled(engine, "b")
    crawled(engine, "c", kind="file")
    with snapshot(engine) as session:
        assert [run.id for run in runs_of(session, "a")] == made[::-1]
        assert next(runs_of(session, "a")).id == made[-1]
        assert last_status(session, "a") == "incomplete"
        assert (last_status(session, "b"), last_status(session, "nowhere")) == ("complete", "")
        assert crawled_sources(session) == ["a", "b"]


def test_a_run_under_way_has_not_ended(engine: Engine) -> None:
    crawled(engine, "a")
    with transaction(engine) as session:
        start_run(session, kind="crawl", source="a", now=WEDNESDAY + DAY)
    with snapshot(engine) as session:
        assert last_status(session, "a") == "complete"


def test_the_commonest_rejection_of_a_run(engine: Engine) -> None:
    run_id = crawled(engine, "a")
    with transaction(engine) as session:
        reject(session, run_id, [Refusal(str(n), "rare" if n == 0 else "common") for n in range(3)])
    with snapshot(engine) as session:
        assert commonest_rejection(session, run_id) == "common"
        assert commonest_rejection(session, "another") == ""


def test_what_a_board_holds(engine: Engine) -> None:
    mark = RunMark("a", "run", WEDNESDAY)
    answers = {"1": ("read", ("x", "y")), "2": ("read", ("z",)), "3": ("empty", ())}
    with transaction(engine) as session:
        note_listed(session, mark, [Entry(key=key, url=f"https://a.example/{key}") for key in "1234"])
        visits = [Visit(key=key, answer=answer, ads=ads) for key, (answer, ads) in answers.items()]  # type: ignore[arg-type]
        note_visits(session, mark, visits, due_at=WEDNESDAY + DAY)
        note_visits(session, mark, [Visit(key="2", answer="gone")], due_at=WEDNESDAY + DAY)
    with snapshot(engine) as session:
        assert holdings(session, WEDNESDAY) == {"a": Holding(live=2, gone=1, due=1)}
        assert holdings(session, WEDNESDAY + DAY)["a"].due == 4
