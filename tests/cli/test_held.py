"""`qingdan crawl held`, `crawl release` and `crawl discard`."""

from collections.abc import Sequence

import pytest
from click.testing import CliRunner, Result

from cli.crawl import command
from cli.wiring import open_database, open_log
from events import topics
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.intake import Outcome, finish_run, start_run
from store.models import Run
from store.run_profiles import Ending, Profile, note_profile
from store.staging import decisions_on, note_decision, stage_ads
from tests.factory import WEDNESDAY, job_ad

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def run_id() -> str:
    """A held run with two ads."""
    engine = open_database()
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source="board", now=WEDNESDAY)
        stage_ads(session, run_id, [job_ad(1, run_id=run_id), job_ad(2, run_id=run_id, title="")])
        ending = Ending(status="complete", whole=True, good=False)
        note_profile(session, run_id, Profile(ads=2, accepted=2, postings=2), ending)
        note_decision(session, run_id, "held", Decision("qingdan", "too many", WEDNESDAY))
        outcome = Outcome("held", {"accepted": 0, "held": 2, "gone": 0}, "held: too many")
        finish_run(session, run_id, outcome, now=WEDNESDAY)
    engine.dispose()
    return run_id


def call(*words: str) -> Result:
    return CliRunner().invoke(command, words, env={"USER": "王五"})


def decided(run_id: str) -> tuple[str, Sequence[tuple[str, str, str]]]:
    """The run's status, and what was decided about it."""
    engine = open_database()
    with snapshot(engine) as session:
        found = [(each.action, each.actor, each.why) for each in decisions_on(session, run_id)]
        status = session.get_one(Run, run_id).status
    engine.dispose()
    return status, found


def in_log() -> int:
    log = open_log()
    count = sum(log.end_offsets(topics.COLLECTED).values())
    log.close()
    return count


def test_a_held_run_is_shown_with_its_reasons_and_samples(run_id: str) -> None:
    listed = call("held")
    assert (listed.exit_code, listed.output.count("\n")) == (1, 1)
    assert f"board: run {run_id} of 2026-11-18 10:30, 2 ads wait; held: too many" in listed.output
    shown = call("held", run_id[:6])
    assert "held by qingdan: too many" in shown.output
    assert "会计 | 上海测试有限公司 | 上海 | 任职要求：须持有会计从业资格证。" in shown.output
    assert "(no title) |" in shown.output
    assert f"crawl release {run_id[:8]}" in shown.output


def test_without_held_runs() -> None:
    assert call("held").output == "no run is held\n"
    for words in (("held", "abc"), ("release", "abc", "--why", "x"), ("discard", "abc", "--why", "x")):
        done = call(*words)
        assert (done.exit_code, "no held run" in done.output) == (2, True)


def test_release(run_id: str) -> None:
    done = call("release", run_id[:6], "--why", "核对过", "--by", "张三")
    assert (done.exit_code, done.output) == (0, "published 2 ads; the run is complete\n")
    assert in_log() == 2
    assert decided(run_id) == ("complete", [("held", "qingdan", "too many"), ("released", "张三", "核对过")])
    assert call("held").exit_code == 0


def test_discard(run_id: str) -> None:
    done = call("discard", run_id, "--why", "垃圾信息")
    assert (done.exit_code, done.output) == (0, "threw away 2 ads\n")
    assert in_log() == 0
    assert decided(run_id) == (
        "discarded",
        [("held", "qingdan", "too many"), ("discarded", "王五", "垃圾信息")],
    )


def test_a_decision_needs_a_reason(run_id: str) -> None:
    assert call("release", run_id).exit_code == 2
    assert call("discard", run_id).exit_code == 2
    assert decided(run_id)[0] == "held"
