"""What an evidence pack is read from, on SQLite and on PostgreSQL alike."""

import hashlib
from datetime import timedelta

from sqlalchemy import Engine, select

from config.casework import Given
from store.access_models import Read
from store.audit import link_text, seal
from store.casework import act
from store.database import snapshot, transaction
from store.evidence import Original, note_captures
from store.evidence_bytes import Content, keep_bytes
from store.models import Case, CaseEvent
from store.pack_file import PackFile, open_pack_file
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.pack.conftest import NUMBER, PAGE, filled

HASH_OF_PAGE = hashlib.sha256(PAGE).hexdigest()


def opened(engine: Engine, number: str = NUMBER) -> PackFile | None:
    with snapshot(engine) as session:
        return open_pack_file(session, number)


def test_each_clue_has_what_its_wording_was_received_as(engine: Engine) -> None:
    pack = opened(filled(engine))
    assert pack is not None
    for clue in pack.clues:
        (exhibit,) = clue.exhibits
        assert exhibit.version_id == clue.clue.version_id == clue.version.id
        assert clue.reading.id == clue.clue.reading_id
    assert len(pack.captures) == len(pack.clues) == 3
    assert [(each.actor, each.sha256) for each in pack.reads] == [("赵取证", HASH_OF_PAGE)]


def test_links_follow_from_the_events_and_what_is_not_sealed_has_none(engine: Engine) -> None:
    add(engine, violation(1))
    with transaction(engine) as session:
        given = Given(by="王初核", why="属实", asked={})
        act(session, NUMBER, "confirm", given, WEDNESDAY + timedelta(hours=1))
    pack = opened(engine)
    assert pack is not None
    assert [each.link is None for each in pack.history] == [True, True, False]
    assert pack.captures == {}
    with transaction(engine) as session:
        seal(session, limit=10)
    pack = opened(engine)
    assert pack is not None
    for each in pack.history:
        assert each.link is not None
        assert each.link.hash == hashlib.sha256(link_text(each.before, each.event).encode()).hexdigest()


def test_what_was_read_of_other_cases_is_not_told(engine: Engine) -> None:
    add(engine, violation(1), violation(2, company="别的公司"))
    with transaction(engine) as session:
        for number in (1, 2):
            case = f"QD-310000-2026-00000{number}"
            of = {"what": "pack", "subject": case, "sha256": "0" * 64, "bureau": "310000"}
            session.add(Read(at=WEDNESDAY, actor=f"某{number}", why="查", **of))
    pack = opened(engine)
    assert pack is not None
    assert [each.actor for each in pack.reads] == ["某1"]
    assert opened(engine, "QD-310000-2026-000009") is None


def test_what_was_received_when_ads_were_looked_at_again_belongs_to_the_case(engine: Engine) -> None:
    add(engine, violation(1))
    original = Original(content=Content(b"<p>still"), fetched_at=WEDNESDAY, url="https://a.example/1")
    with transaction(engine) as session:
        keep_bytes(session, [original.content])
        note_captures(session, "run", [original])
        case = session.scalars(select(Case.id)).one()
        looked = {"action": "rechecked", "given": {"round": 7, "capture": original.id}}
        session.add(CaseEvent(id="look", case_id=case, at=WEDNESDAY, actor="machine", **looked))
    pack = opened(engine)
    assert pack is not None
    assert list(pack.captures) == [original.id]
