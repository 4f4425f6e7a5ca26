"""Gathers, builds and writes the reports of a bureau on a week or month, as drafts."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from config import packs, policy
from config.bureaus import bureau_name
from config.months import Period
from config.weeks import Week
from reports.weekly import docx, html, pdf, xlsx
from reports.weekly.build import Setting, build
from reports.weekly.model import Edition, Issue, Report
from store.weekly import gather
from store.weekly_rows import Scope

MANIFEST: Final = "manifest.json"
WRITERS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    "html": html.render,
    "docx": docx.render,
    "pdf": pdf.render,
    "xlsx": xlsx.render,
}
"""Format, which is also how the name of its file ends → what writes it."""
DEFAULT: Final = ("html",)


@dataclass(frozen=True, slots=True)
class Published:
    path: Path
    """The first of the files."""
    report: Report
    changed: bool
    """False where all files were there already with the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which report is wanted."""

    period: Period
    bureau: str
    """Division code of the bureau."""
    edition: Edition = "internal"
    formats: tuple[str, ...] = DEFAULT


def report_of(session: Session, order: Order, issue: Issue | None = None) -> Report:
    """The report that is wanted, as the store stands.

    Raises:
        UnknownBureauError: no bureau has the code.
        OutsideScopeError: a row of another area came up.
    """
    setting = Setting(
        bureau=bureau_name(order.bureau),
        edition=order.edition,
        issue=issue,
        bases=policy.in_use().bases,
        packs=packs.in_use(),
    )
    return build(gather(session, Scope(order.period, order.bureau)), setting)


def files_of(report: Report, formats: tuple[str, ...]) -> dict[str, bytes]:
    """The files of a report in these formats, by name."""
    kind = "weekly" if isinstance(report.period, Week) else "monthly"
    return {f"{kind}-{report.edition}.{name}": WRITERS[name](report) for name in formats}


def publish(session: Session, order: Order, folder: Path) -> Published:
    """Write the files to `folder/<period>/<bureau>`, and a manifest of hashes beside them.

    A reader sees the old file or the new one, never a part; unchanged content leaves the file untouched.

    Raises:
        UnknownBureauError, OutsideScopeError: see `report_of`; nothing is written.
    """
    report = report_of(session, order)
    files = files_of(report, order.formats)
    place = folder / str(order.period) / order.bureau
    changed = [write_if_changed(place / name, content) for name, content in files.items()]
    write_if_changed(place / MANIFEST, _manifest(place, order))
    return Published(place / next(iter(files)), report, any(changed))


def write_if_changed(path: Path, content: bytes) -> bool:
    """Replace `path` by `content` in one step; True if that changed anything."""
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".tmp", delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    try:
        # A temporary file is its maker's alone; who may read a report is decided by the folder it is in.
        Path(draft.name).chmod(0o644)
        Path(draft.name).replace(path)
    finally:
        Path(draft.name).unlink(missing_ok=True)
    return True


def _manifest(place: Path, order: Order) -> bytes:
    files = ((path.name, path.read_bytes()) for path in sorted(place.glob("*ly-*")))
    return manifest({"period": str(order.period), "bureau": order.bureau}, sized(files))


def sized(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, int, str]]:
    """Name, bytes and SHA-256 of files, given by name and content."""
    for name, content in files:
        yield name, len(content), hashlib.sha256(content).hexdigest()


def manifest(about: Mapping[str, object], files: Iterable[tuple[str, int, str]]) -> bytes:
    """The list of the files, of name, bytes and SHA-256, as JSON."""
    listed = [{"name": name, "bytes": length, "sha256": sha256} for name, length, sha256 in files]
    return (json.dumps({**about, "files": listed}, ensure_ascii=False, indent=2) + "\n").encode()
