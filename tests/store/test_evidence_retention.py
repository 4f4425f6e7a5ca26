"""How long bytes are kept, and whether what is to be kept is there; on SQLite and on PostgreSQL."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select, update

from events.types import CheckedAd, JobAd, PackFinding, Shown
from store.database import snapshot, transaction
from store.evidence import Original, note_captures
from store.evidence_bytes import Content, keep_bytes, state_of
from store.evidence_models import Capture, EvidencePiece
from store.evidence_retention import Fault, Retention, Trimmed, faults, overdue, trim
from store.staging import drop, stage_ads
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention
from tests.recorded import add, read_with

DAY = timedelta(days=1)


class Shelf:
    """Evidence of made-up ads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def keep(self, data: bytes, *, at: datetime = WEDNESDAY, url: str = "https://a.example/1") -> Original:
        original = Original(content=Content(data), fetched_at=at, url=url)
        with transaction(self.engine) as session:
            keep_bytes(session, [original.content])
            note_captures(session, "run", [original])
        return original

    def show(self, original: Original, number: int, *mentions: object, **said: object) -> CheckedAd:
        """Ad `number` is recorded, which `original` shows."""
        ad = job_ad(number).model_copy(update={"evidence": (Shown(capture=original.id),)})
        event = checked_ad(ad, *mentions, **said)  # type: ignore[arg-type]
        add(self.engine, event)
        return event

    def trim(self, day: int, *, days: int = 30, case_days: int = 730) -> Trimmed:
        """So many days after Wednesday."""
        rule = Retention(now=WEDNESDAY + day * DAY, days=days, case_days=case_days)
        return trim(self.engine, rule)

    def overdue(self, day: int) -> int:
        with snapshot(self.engine) as session:
            return overdue(session, Retention(now=WEDNESDAY + day * DAY, days=30, case_days=730))

    def kept(self, *originals: Original) -> list[bool]:
        """Of each: do its row and its bytes say that it is kept? They never differ."""
        with snapshot(self.engine) as session:
            rows = {row.id: row.removed_at is None for row in session.scalars(select(Capture))}
            there = [state_of(session, each.content.sha256) == "sound" for each in originals]
        assert [rows[each.id] for each in originals] == there
        return there

    def sound(self, original: Original) -> bool:
        """Are its bytes there, whatever its row says?"""
        with snapshot(self.engine) as session:
            return state_of(session, original.content.sha256) == "sound"

    def faults(self) -> list[Fault | None]:
        return list(faults(self.engine))


@pytest.fixture
def shelf(engine: Engine) -> Shelf:
    return Shelf(engine)


def test_bytes_without_a_clue_go_after_their_days(shelf: Shelf) -> None:
    plain, accused, hinted = (shelf.keep(name) for name in (b"plain", b"accused", b"hinted"))
    shelf.show(plain, 1)
    shelf.show(accused, 2, mention())
    shelf.show(hinted, 3, findings=(finding(),))
    assert (shelf.overdue(30), shelf.trim(30).captures) == (0, 0)
    assert shelf.overdue(31) == 1
    done = shelf.trim(31)
    assert shelf.overdue(31) == 0
    assert (done.captures, done.contents) == (1, 1)
    assert done.bytes > 0
    assert shelf.kept(plain, accused, hinted) == [False, True, True]
    assert shelf.trim(800) == Trimmed(0, 0, 0)
    with snapshot(shelf.engine) as session:
        gone = session.get_one(Capture, plain.id)
        assert (gone.sha256, gone.removed_at) == (plain.content.sha256, WEDNESDAY + 31 * DAY)


def test_all_versions_of_an_ad_with_a_clue_are_kept(shelf: Shelf) -> None:
    """That the demand has gone from the ad is evidence too."""
    before, after = shelf.keep(b"before"), shelf.keep(b"after", at=WEDNESDAY + DAY)
    shelf.show(before, 1, mention())
    mended = job_ad(1, text="工作细致", observed_at=WEDNESDAY + DAY)
    add(shelf.engine, checked_ad(mended.model_copy(update={"evidence": (Shown(capture=after.id),)})))
    shelf.trim(400)
    assert shelf.kept(before, after) == [True, True]


def test_a_withdrawn_clue_holds_its_bytes_for_a_while(shelf: Shelf) -> None:
    page = shelf.keep(b"page")
    ad: JobAd = job_ad(1).model_copy(update={"evidence": (Shown(capture=page.id),)})
    add(shelf.engine, read_with("r1", mention(), ad=ad))
    add(shelf.engine, read_with("r2", ad=ad, day=2))
    shelf.trim(700)
    assert shelf.kept(page) == [True]
    shelf.trim(735)
    assert shelf.kept(page) == [False]


def test_a_hint_that_no_reading_shows_any_more_holds_nothing(shelf: Shelf) -> None:
    page = shelf.keep(b"page")
    ad = job_ad(1).model_copy(update={"evidence": (Shown(capture=page.id),)})
    found: tuple[PackFinding, ...] = (finding(),)
    add(shelf.engine, read_with("r1", ad=ad, findings=found))
    add(shelf.engine, read_with("r2", ad=ad, day=2))
    shelf.trim(40)
    assert shelf.kept(page) == [False]


def test_a_page_is_kept_for_the_sake_of_one_of_its_ads(shelf: Shelf) -> None:
    page = shelf.keep(b"list")
    shelf.show(page, 1)
    shelf.show(page, 2, mention())
    shelf.trim(100)
    assert shelf.kept(page) == [True]


def test_the_same_bytes_stay_as_long_as_any_capture_needs_them(shelf: Shelf) -> None:
    plain = shelf.keep(b"page")
    accused = shelf.keep(b"page", url="https://b.example/1")
    shelf.show(plain, 1)
    shelf.show(accused, 2, mention())
    assert shelf.trim(100) == Trimmed(1, 0, 0)
    assert shelf.sound(plain)
    assert shelf.trim(101) == Trimmed(0, 0, 0)


def test_what_no_recorded_ad_names_waits_as_long_as_the_log_may_bring_it(shelf: Shelf) -> None:
    late, lost = shelf.keep(b"late"), shelf.keep(b"lost")
    shelf.trim(60)
    assert shelf.kept(late, lost) == [True, True]
    shelf.show(late, 1, mention())
    shelf.trim(91)
    assert shelf.kept(late, lost) == [True, False]


def test_what_waits_in_a_held_run_keeps_its_evidence(shelf: Shelf) -> None:
    held = shelf.keep(b"held")
    with transaction(shelf.engine) as session:
        stage_ads(session, "run", [job_ad(1)])
    shelf.trim(120)
    assert shelf.kept(held) == [True]
    with transaction(shelf.engine) as session:
        drop(session, "run")
    shelf.trim(121)
    assert shelf.kept(held) == [False]


def test_bytes_that_come_again_while_they_are_given_up_stay(shelf: Shelf) -> None:
    old = shelf.keep(b"page")
    shelf.show(old, 1)
    again = shelf.keep(b"page", at=WEDNESDAY + 40 * DAY)
    shelf.trim(40)
    assert shelf.sound(again)
    with snapshot(shelf.engine) as session:
        assert session.get_one(Capture, old.id).removed_at is not None
        assert session.get_one(Capture, again.id).removed_at is None


def test_a_trimming_that_dies_has_done_whole_pages(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    page = shelf.keep(b"page")
    shelf.show(page, 1)

    def die(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("store.evidence_retention.remove_bytes", die)
        with pytest.raises(KeyboardInterrupt):
            shelf.trim(40)
    assert shelf.kept(page) == [True]
    assert shelf.trim(40).contents == 1
    assert shelf.kept(page) == [False]


def test_what_is_kept_while_a_trimming_waits_stays(shelf: Shelf) -> None:
    """The same page is received again at the very moment at which its bytes are given up."""
    old = shelf.keep(b"page")
    shelf.show(old, 1)
    again = Original(content=old.content, fetched_at=WEDNESDAY + 40 * DAY)
    with transaction(shelf.engine) as session:
        keep_bytes(session, [again.content])
        trimming = threading.Thread(target=shelf.trim, args=(40,))
        trimming.start()
        note_captures(session, "run", [again])
    trimming.join()
    assert shelf.sound(again)
    assert shelf.faults() == [None]


def test_more_than_a_page_of_captures(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.evidence_retention._PAGE", 3)
    originals = [shelf.keep(b"%d" % number) for number in range(10)]
    for number, each in enumerate(originals):
        shelf.show(each, number, *([mention()] if number % 3 == 0 else []))
    assert shelf.faults() == [None] * 10
    assert shelf.trim(40)[:2] == (6, 6)
    assert shelf.kept(*originals) == [number % 3 == 0 for number in range(10)]
    assert shelf.faults() == [None] * 4


def test_verifying_names_what_is_wrong(shelf: Shelf) -> None:
    sound, gone, changed = (
        shelf.keep(name, url=f"https://a.example/{name!r}") for name in (b"1", b"2", b"3")
    )
    with transaction(shelf.engine) as session:
        session.execute(delete(EvidencePiece).where(EvidencePiece.sha256 == gone.content.sha256))
        mine = EvidencePiece.sha256 == changed.content.sha256
        session.execute(update(EvidencePiece).where(mine).values(packed=b"other"))
    found = shelf.faults()
    assert found.count(None) == 1
    assert {fault for fault in found if fault is not None} == {
        Fault(gone.content.sha256, "missing", gone.url),
        Fault(changed.content.sha256, "changed", changed.url),
    }
    assert shelf.sound(sound)


def test_bytes_that_were_given_up_are_not_missed(shelf: Shelf) -> None:
    shelf.keep(b"page")
    with transaction(shelf.engine) as session:
        session.execute(update(Capture).values(removed_at=WEDNESDAY))
        session.execute(delete(EvidencePiece))
    assert shelf.faults() == []
