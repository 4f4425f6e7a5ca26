"""`qingdan crawl trim`."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.crawl import command
from cli.wiring import open_database
from config.clock import now_in_china
from crawlers.issues import Issues, issues_file
from store.crawl_models import Target
from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, reject, start_run
from store.models import Rejection, Run
from store.staging import decisions_on, stage_ads
from store.staging_models import StagedAd
from store.targets import Entry, RunMark, Visit, note_listed, note_visits
from tests.factory import job_ad

pytestmark = pytest.mark.usefixtures("home")


def a_run(engine: Engine, outcome: Outcome, *, days: int) -> str:
    """A run so many days ago that left a rejection, a waiting ad, a page that has gone, and issues."""
    now = now_in_china() - timedelta(days=days)
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source="board", now=now)
        reject(session, run_id, [Refusal("https://a.example/1", "no posting")])
        stage_ads(session, run_id, [job_ad(days)])
        mark = RunMark("board", run_id, now)
        note_listed(
            session, mark, [Entry(key=f"gone{days}", url="https://a.example/1"), Entry(key=f"live{days}")]
        )
        note_visits(session, mark, [Visit(key=f"gone{days}", answer="gone")], due_at=now)
        session.scalars(select(Target).where(Target.key == f"gone{days}")).one().due_at = None
        finish_run(session, run_id, outcome, now=now)
    Issues().write(issues_file(run_id))
    return run_id


def left(session: Session) -> tuple[int, int, set[str]]:
    """Rejections, ads that wait, and pages."""
    rejections, ads = (len(session.scalars(select(model)).all()) for model in (Rejection, StagedAd))
    return rejections, ads, set(session.scalars(select(Target.key)))


def test_what_runs_of_long_ago_left_is_deleted_and_the_runs_stay() -> None:
    engine = open_database()
    old = a_run(engine, Outcome("incomplete", {}), days=200)
    held = a_run(engine, Outcome("held", {}), days=190)
    young = a_run(engine, Outcome("held", {}), days=20)
    done = CliRunner().invoke(command, ["trim"])
    assert done.exit_code == 0, done.output
    assert "1 held ads, 2 rejections, 1 ads of broken off runs, 2 gone pages, 2 folders" in done.output
    with snapshot(engine) as session:
        # The page that only the discarded run had named, and nobody read, goes with it.
        assert left(session) == (1, 1, {"live200", "live20", "gone20"})
        assert {run.id: run.status for run in session.scalars(select(Run))} == {
            old: "incomplete",
            held: "discarded",
            young: "held",
        }
        assert [(each.action, each.actor) for each in decisions_on(session, held)] == [
            ("discarded", "qingdan")
        ]
    assert [issues_file(each).exists() for each in (old, held, young)] == [False, False, True]
    assert "nothing" in CliRunner().invoke(command, ["trim"]).output
    engine.dispose()


def test_what_is_young_cannot_be_trimmed() -> None:
    assert CliRunner().invoke(command, ["trim", "--older-than", "3"]).exit_code == 2
