"""What was received and what it shows, on SQLite and on PostgreSQL."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from config.divisions import NATION
from events.types import JobAd, Shown
from store import evidence_file
from store.database import snapshot, transaction
from store.evidence import (
    Original,
    Unchanged,
    note_access,
    note_captures,
    note_seen_again,
    note_unchanged,
)
from store.evidence_bytes import Content
from store.evidence_file import EvidenceFile, SeveralMeant, open_evidence
from store.evidence_models import AdCapture, Capture
from store.models import Clue
from store.reads import reads_within
from store.rereading import Window, stored_ads
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add, read_with

URL = "https://a.example/1"
LATER = WEDNESDAY + timedelta(days=7)


def original(data: bytes = b"page", *, at: datetime = WEDNESDAY, url: str = URL, **given: Any) -> Original:
    return Original(content=Content(data), fetched_at=at, url=url, answered_url=url, status=200, **given)


def keep(engine: Engine, *originals: Original) -> None:
    with transaction(engine) as session:
        note_captures(session, "run", originals)


def seen(engine: Engine) -> Mapping[str, datetime]:
    """When each capture was last known to be there."""
    with snapshot(engine) as session:
        return {row.id: row.seen_at for row in session.scalars(select(Capture))}


def shown_by(number: int, *originals: Original, **given: Any) -> JobAd:
    evidence = tuple(Shown(capture=each.id, locator="") for each in originals)
    return job_ad(number, **given).model_copy(update={"evidence": evidence})


def evidence(engine: Engine, name: str) -> EvidenceFile | None:
    with snapshot(engine) as session:
        return open_evidence(session, name)


def test_a_capture_says_all_that_was_known_of_it(engine: Engine) -> None:
    page = original(
        media_type="text/html", charset="gb18030", tls=True, address="203.0.113.7",
        request={"method": "GET", "headers": {"User-Agent": "Qingdan"}}, headers={"ETag": '"a"'},
    )  # fmt: skip
    keep(engine, page)
    keep(engine, page)
    with snapshot(engine) as session:
        (row,) = session.scalars(select(Capture))
    assert (row.id, row.sha256, row.length, row.run_id) == (page.id, page.content.sha256, 4, "run")
    assert (row.media_type, row.charset, row.tls, row.address) == (
        "text/html",
        "gb18030",
        True,
        "203.0.113.7",
    )
    assert (row.url, row.status, row.headers, row.removed_at) == (URL, 200, {"ETag": '"a"'}, None)
    assert row.fetched_at == row.seen_at == WEDNESDAY
    assert row.fetched_at.utcoffset() == timedelta(hours=8)


def test_another_moment_or_place_is_another_capture() -> None:
    several = [
        original(),
        original(at=LATER),
        original(url=f"{URL}2"),
        original(b"other"),
        original(name="f"),
    ]
    assert len({each.id for each in several}) == 5
    assert original().id == original(headers={"Age": "1"}).id


def test_the_same_bytes_from_the_same_place_were_seen_again(engine: Engine) -> None:
    page, elsewhere, before = original(), original(url=f"{URL}2"), original(b"old")
    keep(engine, page, elsewhere, before)
    for moment in (LATER, LATER - timedelta(days=1)):
        with transaction(engine) as session:
            note_seen_again(session, [original(at=moment)], now=moment)
    assert seen(engine) == {page.id: LATER, elsewhere.id: WEDNESDAY, before.id: WEDNESDAY}


@pytest.mark.parametrize(
    ("asked", "confirmed"),
    [
        (Unchanged(URL, '"a"', ""), LATER),
        (Unchanged(URL, '"b"', ""), WEDNESDAY),
        (Unchanged(URL, '"a"', "Mon, 16 Nov 2026 08:00:00 GMT"), WEDNESDAY),
        (Unchanged(f"{URL}2", '"a"', ""), WEDNESDAY),
    ],
)
def test_a_304_confirms_the_version_that_was_asked_about(
    engine: Engine, asked: Unchanged, confirmed: datetime
) -> None:
    page = original(headers={"ETag": '"a"', "Date": "Mon, 16 Nov 2026 08:00:00 GMT"})
    keep(engine, page)
    with transaction(engine) as session:
        note_unchanged(session, [asked], now=LATER)
    assert seen(engine) == {page.id: confirmed}


def test_recording_links_a_version_to_what_shows_it_once(engine: Engine) -> None:
    table, page = original(b"table"), original()
    keep(engine, table, page)
    ad = job_ad().model_copy(
        update={"evidence": (Shown(capture=table.id, locator="表.xlsx:Sheet1!3"), Shown(capture=page.id))}
    )
    for _ in range(2):
        add(engine, read_with("r1", mention(), ad=ad))
    add(engine, read_with("r2", ad=ad, day=2))
    with snapshot(engine) as session:
        rows = session.scalars(select(AdCapture).order_by(AdCapture.number)).all()
        (stored,) = stored_ads(session, Window())
    assert [(row.version_id, row.capture_id, row.locator) for row in rows] == [
        (ad.event_id, table.id, "表.xlsx:Sheet1!3"),
        (ad.event_id, page.id, ""),
    ]
    assert stored.newest.ad.evidence == ad.evidence, "a re-reading carries it on"


def test_an_ad_may_come_to_a_database_that_does_not_know_its_captures(engine: Engine) -> None:
    """The log fills a database again that was restored from a backup."""
    add(engine, checked_ad(shown_by(1, original()), mention()))
    found = evidence(engine, job_ad(1).ad_id)
    assert found is not None
    assert (found.exhibits, found.unshown) == ((), 1)


def test_the_evidence_of_an_ad_is_found_by_its_clue_too(engine: Engine) -> None:
    first, second = original(), original(b"new page", at=LATER)
    keep(engine, first, second)
    add(engine, checked_ad(shown_by(1, first), mention()))
    add(engine, checked_ad(shown_by(1, second, text="持会计从业资格证上岗", observed_at=LATER), mention()))
    with snapshot(engine) as session:
        clue_id = session.scalars(select(Clue.id)).first()
    assert clue_id is not None
    found = evidence(engine, clue_id[:8])
    assert found is not None
    assert [each.capture.id for each in found.exhibits] == [first.id, second.id]
    assert (found.title, found.source, found.unshown) == ("会计", "board", 0)
    assert evidence(engine, clue_id[:7]) is None, "too short to mean one"
    assert evidence(engine, "0" * 32) is None
    assert evidence(engine, "%" * 8) is None


def test_an_id_that_means_several_ads_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_file, "SHORTEST", 1)
    ads = [job_ad(number) for number in range(17)]  # two of them begin with the same of 16 digits
    add(engine, *map(checked_ad, ads))
    common = Counter(ad.ad_id[0] for ad in ads).most_common(1)[0][0]
    with pytest.raises(SeveralMeant, match="more than one"):
        evidence(engine, common)


def test_an_access_is_kept_for_ever(engine: Engine) -> None:
    page = original()
    keep(engine, page)
    for hours, actor in ((0, "甲"), (1, "乙")):
        with transaction(engine) as session:
            capture = session.get_one(Capture, page.id)
            note_access(session, capture, actor=actor, why="立案取证", now=WEDNESDAY + timedelta(hours=hours))
    with snapshot(engine) as session:
        newest = reads_within(session, [NATION], limit=5)
        assert [(each.actor, each.why, each.sha256) for each in newest] == [
            ("乙", "立案取证", page.content.sha256),
            ("甲", "立案取证", page.content.sha256),
        ]


@pytest.mark.parametrize("statement", ["UPDATE reads SET actor = 'x'", "DELETE FROM reads"])
def test_no_access_is_ever_changed(engine: Engine, statement: str) -> None:
    keep(engine, original())
    with transaction(engine) as session:
        note_access(session, session.scalars(select(Capture)).one(), actor="甲", why="w", now=WEDNESDAY)
    with pytest.raises(IntegrityError, match="append-only"), transaction(engine) as session:
        session.execute(text(statement))
