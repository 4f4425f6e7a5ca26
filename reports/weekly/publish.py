"""Gathers, builds and writes the weekly report of one bureau."""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from config import packs, policy
from config.bureaus import bureau_name
from config.weeks import Week
from reports.weekly.build import Setting, build
from reports.weekly.html import render
from reports.weekly.model import Edition, Report
from store.weekly import gather
from store.weekly_rows import Scope

MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Published:
    path: Path
    report: Report
    changed: bool
    """False where the file was there already with the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which report is wanted."""

    week: Week
    bureau: str
    """Division code of the bureau."""
    edition: Edition = "internal"


def publish(session: Session, order: Order, folder: Path) -> Published:
    """Write `folder/<week>/<bureau>/weekly-<edition>.html` and a manifest of hashes beside it.

    A reader sees the old file or the new one, never a part; unchanged content leaves the file untouched.

    Raises:
        UnknownBureauError: no bureau has the code.
        OutsideScopeError: a row of another area came up; nothing is written.
    """
    report = build(
        gather(session, Scope(order.week, order.bureau)),
        Setting(
            bureau=bureau_name(order.bureau),
            edition=order.edition,
            bases=policy.in_use().bases,
            packs=packs.in_use(),
        ),
    )
    place = folder / str(order.week) / order.bureau
    path = place / f"weekly-{order.edition}.html"
    changed = write_if_changed(path, render(report))
    write_if_changed(place / MANIFEST, _manifest(place, order))
    return Published(path, report, changed)


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
    files = [_entry(path) for path in sorted(place.glob("weekly-*"))]
    content = {"week": str(order.week), "bureau": order.bureau, "files": files}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _entry(path: Path) -> dict[str, str | int]:
    content = path.read_bytes()
    return {"name": path.name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
