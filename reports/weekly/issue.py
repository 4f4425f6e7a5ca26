"""Issues reports: what is issued is kept as bytes in the store, under a number of its own, and never changes.

The number follows from what the report is about and its version, so two who issue the same at once come to
the same number, and the first of them wins. A correction is a further version that cites the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.divisions import NATION
from reports.pack.build import Wanted
from reports.pack.many import pack_many
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
    packs: Wanted | None = None
    """What the evidence packs of its cases are made by; None where none go with it."""


def issue(engine: Engine, order: Order, signing: Signing) -> Issued:
    """Issue the report of `order`, or find the one that was issued before.

    Raises:
        IssueError: the period is not over; there is nothing to correct, or somebody else just did; or
            evidence packs are to go with a public edition.
        UnknownBureauError, OutsideScopeError: see `reports.weekly.publish.report_of`.
        ForeignCaseError: see `reports.pack.many.pack_many`.
    """
    if signing.at < order.period.end:
        raise IssueError(f"{order.period} is not over before {order.period.end:%Y-%m-%d %H:%M}")
    if signing.packs and order.edition != "internal":
        raise IssueError("evidence packs name employers: they go with internal editions only")
    with TemporaryDirectory() as folder:
        return _issue(engine, order, signing, Path(folder))


def _issue(engine: Engine, order: Order, signing: Signing, folder: Path) -> Issued:
    with snapshot(engine) as session:
        before = _issued(session, order)
        if before and not signing.reason:
            return before
        report = report_of(session, order, _next(before, signing))
        if signing.packs:
            report = _annexed(session, report, signing.packs, folder)
    files = files_of(report, order.formats)
    issued = _signed(report, signing)
    with transaction(engine, durable=True) as session:
        if keep(session, issued, chain(files.items(), _archives(report, folder))):
            return issued
        if signing.reason:
            raise IssueError(f"{report.number} was issued by somebody else in the meantime; read it first")
        return _issued(session, order) or issued


def _annexed(session: Session, report: Report, packs: Wanted, folder: Path) -> Report:
    """With the packs of those of its cases that are its bureaus' own, in `folder`."""
    numbers = [case.number for case in report.cases if case.handler]
    return replace(report, annexes=pack_many(session, numbers, packs, area=report.division, folder=folder))


def _archives(report: Report, folder: Path) -> Iterator[tuple[str, bytes]]:
    for archive in report.annexes.archives if report.annexes else ():
        yield archive.name, (folder / archive.name).read_bytes()


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
        lines = file_lines(session, issued.number)
        for line in lines:
            write_if_changed(place / line.name, _sound_bytes(session, line))
    about = {"number": issued.number, "corrects": issued.corrects, "reason": issued.reason}
    listed = [(line.name, line.length, line.sha256) for line in lines]
    write_if_changed(place / MANIFEST, manifest(about, listed))
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
