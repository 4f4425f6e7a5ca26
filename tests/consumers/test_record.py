from sqlalchemy import Engine, select

from consumers.record import record_stage
from events.embedded import EmbeddedLog
from events.log import Message
from events.topics import CHECKED
from store.database import snapshot
from store.models import Ad, Case, Clue
from tests.consumers.pipeline import work
from tests.factory import checked_ad, job_ad, mention


def test_checked_ads_become_ads_clues_and_one_case(house: tuple[Engine, EmbeddedLog]) -> None:
    engine, log = house
    events = [checked_ad(job_ad(1), mention()), checked_ad(job_ad(2), mention()), checked_ad(job_ad(3))]
    log.producer().publish([Message(CHECKED, event.key, event.encode()) for event in events])
    work(engine, log, stages=["record"])
    with snapshot(engine) as session:
        assert set(session.scalars(select(Ad.source_ad_id))) == {"A1", "A2", "A3"}
        (case,) = session.scalars(select(Case))
        assert set(session.scalars(select(Clue.case_id))) == {case.id}


def test_the_stage_publishes_nothing() -> None:
    assert record_stage().outputs is None
