"""The letters about issued reports: which were not told yet, and what a letter about one is made of.

Only the internal edition is told, and only to the bureau that it is about. Its content is the number of the
report, so that each number is told once, and a correction, which has a number of its own, once more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.announcements import Header, header
from store.deliveries import REPORT, new_delivery
from store.issued import FileLine, Issued, file_bytes, file_lines, issued_report
from store.issued_models import IssuedReport
from store.models import Bureau, Delivery
from store.upsert import insert_new

EDITION: Final = "internal"
YOUNG: Final = timedelta(days=14)
"""What was issued longer ago is on the console; nobody is told of it any more."""
BUDGET: Final = 4 << 20
"""Bytes of files that one letter carries; in base64 they are a third more."""
_ORDER: Final = {"pdf": 1, "html": 2, "xlsx": 3}
"""Of formats: in it files are attached, as long as they fit; what else there is comes last."""


@dataclass(frozen=True, slots=True)
class ToldFile:
    line: FileLine
    content: bytes | None
    """As it is kept now; None where the letter does not carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportNews(Header):
    """One report that was issued."""

    total: int
    report: Issued
    files: tuple[ToldFile, ...]


def untold_report(session: Session, now: datetime) -> bool:
    """Is there a report of which its bureau was not told?"""
    return session.scalars(_untold(now).limit(1)).first() is not None


def plan_reports(session: Session, now: datetime) -> list[str]:
    """Write one pending delivery for each report that was not told, and return their ids."""
    rows = [_delivery(report, now) for report in session.scalars(_untold(now))]
    insert_new(session, Delivery, rows)
    return [row["id"] for row in rows]


def _untold(now: datetime) -> Select[IssuedReport]:
    told = exists().where(
        Delivery.bureau == IssuedReport.bureau,
        Delivery.kind == REPORT,
        Delivery.content_id == IssuedReport.number,
    )
    young = IssuedReport.at > now - YOUNG, IssuedReport.edition == EDITION
    return select(IssuedReport).where(*young, ~told).order_by(IssuedReport.at, IssuedReport.number)


def _delivery(report: IssuedReport, now: datetime) -> dict[str, Any]:
    return {
        "id": stable_id("delivery", report.bureau, REPORT, report.number),
        **new_delivery(report.bureau, REPORT, report.period, report.number, now),
    }


def report_news(session: Session, delivery: Delivery, bureau: Bureau, *, budget: int = BUDGET) -> ReportNews:
    """The report of the delivery, with those of its files that fit into so many bytes."""
    report = issued_report(session, delivery.content_id, delivery.bureau)
    assert report is not None, "what was issued is never deleted, and lies where its delivery goes"
    carried = set(_carried(file_lines(session, report.number), budget))
    return ReportNews(
        **header(delivery, bureau),
        total=1,
        report=report,
        files=tuple(
            ToldFile(line, file_bytes(session, line) if line.name in carried else None)
            for line in file_lines(session, report.number)
        ),
    )


def _carried(lines: list[FileLine], budget: int) -> Iterator[str]:
    """Names of the files that a letter carries, those that people open first before the others."""
    for line in sorted(lines, key=lambda line: (_ORDER.get(line.format, 9), line.name)):
        if line.length <= budget and not line.is_archive:
            budget -= line.length
            yield line.name
