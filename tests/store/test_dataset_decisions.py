from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import DBAPIError

from store import release
from store.clues import employer_id
from store.database import snapshot, transaction
from store.dataset_decisions import Erasure, erase, note_release
from store.dataset_models import DatasetDecision
from store.dead_letters import Decision
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention
from tests.recorded import add, violation

WHY = Decision(actor="孙主任", why="本人申请删除", at=WEDNESDAY)
FIRST = checked_ad(job_ad(1, company="甲公司"), mention(), findings=(finding("先就业后付款"),))
SECOND = violation(2, company="乙公司")


def told(engine: Engine) -> tuple[set[str], set[str], set[str]]:
    """Ads of which the dataset has rows: in `ads`, in `clues`, in `findings`."""
    with snapshot(engine) as session:
        return (
            {row.id for row in release.ads(session)},
            {row.ad_id for row in release.clues(session)},
            {row.ad_id for row in release.findings(session)},
        )


@pytest.mark.parametrize(
    ("what", "subject"),
    [("erased_ad", FIRST.ad.ad_id), ("erased_employer", employer_id("甲公司"))],
)
def test_what_is_erased_is_in_no_table_and_does_not_come_back(
    engine: Engine, what: Erasure, subject: str
) -> None:
    add(engine, FIRST, SECOND)
    assert told(engine) == ({FIRST.ad.ad_id, SECOND.ad.ad_id},) * 2 + ({FIRST.ad.ad_id},)
    with transaction(engine) as session:
        assert erase(session, what, subject, WHY)
    with transaction(engine) as session:
        assert not erase(session, what, subject, WHY)
    left = {SECOND.ad.ad_id}
    assert told(engine) == (left, left, set())
    add(engine, FIRST, SECOND)  # a replay
    assert told(engine) == (left, left, set())


@pytest.mark.parametrize(
    "change", [lambda: delete(DatasetDecision), lambda: update(DatasetDecision).values(why="")]
)
def test_a_decision_is_never_changed(engine: Engine, change: Callable[[], object]) -> None:
    with transaction(engine) as session:
        note_release(session, "2026-11-18-0", WHY)
    with pytest.raises(DBAPIError, match="append-only"), transaction(engine) as session:
        session.execute(change())  # type: ignore[call-overload]
