"""All that a case's evidence pack holds (docs/evidence.md): read it in one snapshot."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from store.access_models import Read
from store.audit import Sealed, sealed_history
from store.case_file import CaseFile, open_case_file
from store.evidence_file import Exhibit, exhibits_of
from store.evidence_models import Capture
from store.models import Ad, AdVersion, Case, Clue, Sighting, StoredReading
from store.upsert import among


@dataclass(frozen=True, slots=True)
class PackClue:
    """One clue, the wording it rests on, what read it, and what that wording was received as."""

    clue: Clue
    ad: Ad
    version: AdVersion
    reading: StoredReading
    last_seen: datetime | None
    exhibits: tuple[Exhibit, ...]
    """What says most comes first; empty where nothing was kept."""


@dataclass(frozen=True, slots=True)
class PackFile:
    case: CaseFile
    opened_at: datetime
    clues: tuple[PackClue, ...]
    """In the order of the case file."""
    history: Sequence[Sealed]
    looks: Sequence[Capture]
    """What was received when its ads were looked at again (`store.rechecks`)."""
    reads: Sequence[Read]
    """Who was handed bytes of these captures, or a pack of this case, the oldest first."""

    @property
    def captures(self) -> dict[str, Capture]:
        """All that the case rests on as it was received, each once, by id, the oldest first."""
        found = {each.capture.id: each.capture for clue in self.clues for each in clue.exhibits}
        found |= {each.id: each for each in self.looks}
        return dict(sorted(found.items(), key=lambda item: (item[1].fetched_at, item[0])))


def open_pack_file(session: Session, number: str) -> PackFile | None:
    """What the case with this number rests on; None when there is none."""
    case = open_case_file(session, number)
    row = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if case is None or row is None:
        return None
    clues = _clues(session, row.id)
    history = sealed_history(session, row.id)
    looks = _looks(session, history)
    captures = {each.capture.id for clue in clues for each in clue.exhibits} | {each.id for each in looks}
    return PackFile(case, row.opened_at, clues, history, looks, _reads(session, number, captures))


def _looks(session: Session, history: Sequence[Sealed]) -> Sequence[Capture]:
    named = {each.event.given["capture"] for each in history if "capture" in each.event.given}
    return session.scalars(select(Capture).where(among(session, Capture.id.expression, named))).all()


def _reads(session: Session, number: str, captures: Collection[str]) -> Sequence[Read]:
    of_bytes = and_(Read.what == "evidence", among(session, Read.subject.expression, captures))
    of_packs = and_(Read.what == "pack", Read.subject == number)
    return session.scalars(select(Read).where(or_(of_bytes, of_packs)).order_by(Read.number)).all()


def _clues(session: Session, case_id: str) -> tuple[PackClue, ...]:
    query = (
        select(Clue, Ad, AdVersion, StoredReading, Sighting.last_seen)
        .join(Ad, Ad.id == Clue.ad_id)
        .join(AdVersion, AdVersion.id == Clue.version_id)
        .join(StoredReading, StoredReading.id == Clue.reading_id)
        .outerjoin(Sighting, Sighting.ad_id == Clue.ad_id)
        .where(Clue.case_id == case_id)
        .order_by(Clue.first_seen, Clue.id)
    )
    rows = session.execute(query).all()
    shown: dict[str, tuple[Exhibit, ...]] = defaultdict(tuple)
    versions = {version.id for _, _, version, *_ in rows}
    for exhibit in exhibits_of(session, among(session, AdVersion.id.expression, versions)):
        shown[exhibit.version_id] += (exhibit,)
    return tuple(
        PackClue(clue, ad, version, reading, last_seen, shown[version.id])
        for clue, ad, version, reading, last_seen in rows
    )
