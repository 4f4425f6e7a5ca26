from sqlalchemy import Engine

from store.curation import Unknown, unknown_credentials
from store.database import snapshot, transaction
from store.recording import record
from tests.factory import checked_ad, job_ad, mention


def record_unknown(engine: Engine, *named: tuple[int, str]) -> list[str]:
    """Records one ad for each number, naming an unknown credential; returns the ids of the ads."""
    events = [
        checked_ad(job_ad(number), mention(name=name, qualification=None, kind="other"))
        for number, name in named
    ]
    with transaction(engine) as session:
        record(session, events)
    return [event.ad.ad_id for event in events]


def test_the_tray_lists_names_by_the_number_of_ads(engine: Engine) -> None:
    ids = record_unknown(engine, (1, "乙师证"), (2, "甲师证"), (3, "甲师证"), (4, "甲师证"), (5, "甲师证"))
    with snapshot(engine) as session:
        found = unknown_credentials(session, limit=10)
    assert found == [Unknown("甲师证", 4, tuple(sorted(ids[1:])[:3])), Unknown("乙师证", 1, (ids[0],))]


def test_the_tray_stops_at_the_limit_and_starts_empty(engine: Engine) -> None:
    with snapshot(engine) as session:
        assert unknown_credentials(session, limit=10) == []
    record_unknown(engine, (1, "乙师证"), (2, "甲师证"))
    with snapshot(engine) as session:
        assert [each.name for each in unknown_credentials(session, limit=1)] == ["乙师证"]
