"""Issues reports: what is issued is kept as bytes in the store, under a number of its own, and never changes.

The number follows from what the report is about and its version, so two who issue the same at once come to
the same number, and the first of them wins. A correction is a further version that cites the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.divisions import NATION
from reports.weekly.model import Issue, Report
from reports.weekly.publish import MANIFEST, Order, files_of, manifest, report_of, write_if_changed
from store.database import snapshot, transaction
from store.issued import FileLine, Issued, file_bytes, file_lines, is_sound, issued_reports, keep, latest


class IssueError(ValueError):
    """A report cannot be issued; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who issues, and when."""

    by: str
    at: datetime
    reason: str = ""
    """Why the report that was issued before is corrected; empty where none is."""


def issue(engine: Engine, order: Order, signing: Signing) -> Issued:
    """Issue the report of `order`, or find the one that was issued before.

    Raises:
        IssueError: the period is not over; or there is nothing to correct, or somebody else just did.
        UnknownBureauError, OutsideScopeError: see `reports.weekly.publish.report_of`.
    """
    if signing.at < order.period.end:
        raise IssueError(f"{order.period} is not over before {order.period.end:%Y-%m-%d %H:%M}")
    with snapshot(engine) as session:
        before = _issued(session, order)
        if before and not signing.reason:
            return before
        report = report_of(session, order, _next(before, signing))
    files = files_of(report, order.formats)
    issued = _signed(report, signing)
    with transaction(engine, durable=True) as session:
        if keep(session, issued, files):
            return issued
        if signing.reason:
            raise IssueError(f"{report.number} was issued by somebody else in the meantime; read it first")
        return _issued(session, order) or issued


def _issued(session: Session, order: Order) -> Issued | None:
    return latest(session, order.bureau, str(order.period), order.edition)


def _next(before: Issued | None, signing: Signing) -> Issue:
    """What comes after the version `before`."""
    if before:
        return Issue(version=before.version + 1, corrects=before.number, reason=signing.reason)
    if signing.reason:
        raise IssueError("nothing was issued that could be corrected")
    return Issue(version=1)


def _signed(report: Report, signing: Signing) -> Issued:
    assert report.issue is not None
    return Issued(
        number=report.number,
        bureau=report.division,
        period=str(report.period),
        edition=report.edition,
        version=report.issue.version,
        corrects=report.issue.corrects,
        reason=report.issue.reason,
        at=signing.at,
        actor=signing.by,
        key_points=report.key_points,
    )


def write_out(engine: Engine, issued: Issued, folder: Path) -> Path:
    """Write the files of a report that was issued, as they are kept, to `folder/<period>/<bureau>/<number>`.

    Raises:
        IssueError: what is kept of it is not what was issued.
    """
    place = folder / issued.period / issued.bureau / issued.number
    with snapshot(engine) as session:
        files = {line.name: _sound_bytes(session, line) for line in file_lines(session, issued.number)}
    for name, content in files.items():
        write_if_changed(place / name, content)
    about = {"number": issued.number, "corrects": issued.corrects, "reason": issued.reason}
    write_if_changed(place / MANIFEST, manifest(about, files))
    return place


def _sound_bytes(session: Session, line: FileLine) -> bytes:
    content = file_bytes(session, line)
    if not is_sound(line, content):
        raise IssueError(f"{line.number}: {line.name} in the database is not what was issued")
    return content


def faults(engine: Engine, folder: Path) -> Iterator[str]:
    """What is wrong with the reports that were issued: in the store, and in those folders that are there."""
    with snapshot(engine) as session:
        for issued in issued_reports(session, NATION):
            place = folder / issued.period / issued.bureau / issued.number
            for line in file_lines(session, issued.number):
                if not is_sound(line, file_bytes(session, line)):
                    yield f"{issued.number}: {line.name} in the database is not what was issued"
                if place.is_dir() and not _is_there(place / line.name, line):
                    yield f"{issued.number}: {place / line.name} is not what was issued"


def _is_there(path: Path, line: FileLine) -> bool:
    return path.is_file() and is_sound(line, path.read_bytes())
