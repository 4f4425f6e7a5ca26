"""The curation tray, and what people decide about names in it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from events.types import Span
from store.curation import Decision, Quoted, decide, decisions, is_in_tray, quotes, unknown_credentials
from store.database import snapshot, transaction
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention


def record_unknown(engine: Engine, *named: tuple[int, str], **ad: Any) -> list[str]:
    """Records one ad for each number, naming an unknown credential; returns the ids of the ads."""
    events = [
        checked_ad(job_ad(number, **ad), mention(name=name, qualification=None, kind="other"))
        for number, name in named
    ]
    with transaction(engine) as session:
        record(session, events)
    return [event.ad.ad_id for event in events]


def note(engine: Engine, name: str, choice: Any = "ignore", **given: Any) -> None:
    fields: dict[str, Any] = {"by": "王初核", "at": WEDNESDAY, "why": "不是证书"} | given
    with transaction(engine) as session:
        decide(session, Decision(name=name, choice=choice, **fields))


def tray(engine: Engine, limit: int = 10) -> list[str]:
    with snapshot(engine) as session:
        return [each.name for each in unknown_credentials(session, limit=limit)]


def test_the_tray_lists_names_by_the_number_of_ads(engine: Engine) -> None:
    ids = record_unknown(engine, (1, "乙师证"), (2, "甲师证"), (3, "甲师证"), (4, "甲师证"))
    later = WEDNESDAY + timedelta(days=3)
    ids += record_unknown(engine, (5, "甲师证"), observed_at=later)
    with snapshot(engine) as session:
        first, second = unknown_credentials(session, limit=10)
    assert (first.name, first.ads, first.examples) == ("甲师证", 4, tuple(sorted(ids[1:])[:3]))
    assert (first.first_seen, first.last_seen) == (WEDNESDAY, later)
    assert (second.name, second.ads, second.examples) == ("乙师证", 1, (ids[0],))


def test_the_tray_stops_at_the_limit_and_starts_empty(engine: Engine) -> None:
    assert tray(engine) == []
    record_unknown(engine, (1, "乙师证"), (2, "甲师证"))
    assert tray(engine, limit=1) == ["乙师证"]


def test_a_name_is_quoted_from_the_newest_wording(engine: Engine) -> None:
    clause = Span(field="text", start=5, end=12, text="须持有甲师证等")
    named = mention(
        "甲师证",
        text="任职要求：须持有甲师证等",
        name="甲师证",
        qualification=None,
        kind="other",
        clause=clause,
    )
    ad = job_ad(1, text="任职要求：须持有甲师证等")
    with transaction(engine) as session:
        record(session, [checked_ad(ad, mention(name="别的证"), named)])
    with snapshot(engine) as session:
        assert quotes(session, "甲师证") == [Quoted(ad.ad_id, "board", "会计", "须持有甲师证等", 3, 6)]
        assert quotes(session, "无此证") == []
        assert is_in_tray(session, "甲师证")
        assert not is_in_tray(session, "别的证")


def test_what_is_decided_leaves_the_tray_and_the_newest_decision_holds(engine: Engine) -> None:
    record_unknown(engine, (1, "乙师证"), (2, "甲师证"))
    note(engine, "甲师证")
    assert tray(engine) == ["乙师证"]
    note(engine, "乙师证", "row", why="地方证书")
    note(engine, "甲师证", "alias", qualification="P01", by="李复核")
    with snapshot(engine) as session:
        held = [(each.number, each.name, each.choice, each.qualification) for each in decisions(session)]
    assert held == [(3, "甲师证", "alias", "P01"), (2, "乙师证", "row", "")]


def test_a_decision_made_twice_is_kept_once(engine: Engine) -> None:
    for _ in range(2):
        note(engine, "甲师证")
    note(engine, "甲师证", at=WEDNESDAY + timedelta(minutes=1))
    with snapshot(engine) as session:
        assert [each.at for each in decisions(session)] == [WEDNESDAY]


@pytest.mark.parametrize(
    "change", ["UPDATE curation_decisions SET why = ''", "DELETE FROM curation_decisions"]
)
def test_decisions_stay_as_they_are(engine: Engine, change: str) -> None:
    note(engine, "甲师证")
    with pytest.raises(DatabaseError), transaction(engine) as session:
        session.execute(text(change))
