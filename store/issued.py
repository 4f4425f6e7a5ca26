"""Reports that were issued: kept as the bytes that were handed out, and never changed."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from backports import zstd
from sqlalchemy import ColumnElement, Select, insert, select, true
from sqlalchemy.orm import Session

from config.divisions import NATION
from store.database import one_at_a_time
from store.issued_models import IssuedFile, IssuedReport
from store.jurisdiction import bureaus_within
from store.notice_models import NoticeFile

_LEVEL: Final = 6
"""Of compression: what is written once and kept for good may take its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A report that was issued; `store.issued_models.IssuedReport` says what its fields are."""

    number: str
    bureau: str
    period: str
    edition: str
    version: int
    corrects: str
    reason: str
    at: datetime
    actor: str
    key_points: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a report that was issued."""

    number: str
    name: str
    sha256: str
    length: int
    """Bytes."""

    @property
    def format(self) -> str:
        """How its name ends."""
        return self.name.rpartition(".")[2]

    @property
    def full_name(self) -> str:
        """What the file is called outside the house."""
        return f"{self.number}-{self.name}" if self.is_archive else f"{self.number}.{self.format}"

    @property
    def is_archive(self) -> bool:
        """Does it hold evidence packs? Then it is for people of the house, and no letter carries it."""
        return self.format == "zip"


def keep(session: Session, issued: Issued, files: Iterable[tuple[str, bytes]]) -> bool:
    """Keep a report with its files; False, and nothing is kept, where its number was issued before."""
    one_at_a_time(session.connection(), "issuing reports")
    if session.get(IssuedReport, issued.number):
        return False
    session.add(IssuedReport(**{name: getattr(issued, name) for name in Issued.__slots__}))
    session.flush()
    keep_files(session, IssuedFile, issued.number, files)
    return True


def keep_files(
    session: Session,
    table: type[IssuedFile | NoticeFile],
    number: str,
    files: Iterable[tuple[str, bytes]],
) -> None:
    """Keep `files`, names and contents, as those of `number`; one at a time is in memory."""
    for name, content in files:
        row = {
            "number": number,
            "name": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "length": len(content),
            "content": zstd.compress(content, _LEVEL),
        }
        session.execute(insert(table), row)


def latest(session: Session, bureau: str, period: str, edition: str) -> Issued | None:
    """The newest version of a report; None where none was issued."""
    mine = IssuedReport.bureau == bureau, IssuedReport.period == period, IssuedReport.edition == edition
    newest = select(IssuedReport).where(*mine).order_by(IssuedReport.version.desc()).limit(1)
    return next(_reports(session, newest), None)


def periods_issued(session: Session, bureau: str, edition: str) -> set[str]:
    """The weeks and months of which a bureau's report was issued."""
    mine = IssuedReport.bureau == bureau, IssuedReport.edition == edition
    return set(session.scalars(select(IssuedReport.period).where(*mine).distinct()))


def issued_reports(session: Session, area: str, *, limit: int | None = None) -> list[Issued]:
    """Those of the bureaus within `area`, the newest first."""
    newest = IssuedReport.at.desc(), IssuedReport.number
    return list(_reports(session, select(IssuedReport).where(_within(area)).order_by(*newest).limit(limit)))


def issued_report(session: Session, number: str, area: str = NATION) -> Issued | None:
    """The report with this number; None where there is none within `area`."""
    one = select(IssuedReport).where(IssuedReport.number == number, _within(area))
    return next(_reports(session, one), None)


def file_lines(
    session: Session, number: str, table: type[IssuedFile | NoticeFile] = IssuedFile
) -> list[FileLine]:
    """The files of a report, or of what else has a `table` of them, by name."""
    columns = table.number, table.name, table.sha256, table.length
    found = session.execute(select(*columns).where(table.number == number).order_by(table.name))
    return [FileLine(*row) for row in found]


def file_bytes(session: Session, line: FileLine, table: type[IssuedFile | NoticeFile] = IssuedFile) -> bytes:
    """What is kept as the file, nothing where it cannot be read; `is_sound` tells whether it was issued."""
    mine = table.number == line.number, table.name == line.name
    packed = session.scalars(select(table.content).where(*mine)).one()
    try:
        return zstd.decompress(packed)
    except zstd.ZstdError:
        return b""


def is_sound(line: FileLine, content: bytes) -> bool:
    """Is `content` what was issued as this file?"""
    return hashlib.sha256(content).hexdigest() == line.sha256


def _within(area: str) -> ColumnElement[bool]:
    return true() if area == NATION else IssuedReport.bureau.in_(bureaus_within(area))


def _reports(session: Session, query: Select[IssuedReport]) -> Iterator[Issued]:
    for row in session.scalars(query):
        values: dict[str, Any] = {name: getattr(row, name) for name in Issued.__slots__}
        yield Issued(**values | {"key_points": tuple(row.key_points)})
