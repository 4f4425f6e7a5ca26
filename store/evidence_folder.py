"""Evidence that lies in a folder, a file for each content, is taken into the database (docs/evidence.md)."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from backports import zstd
from sqlalchemy import Engine, exists, select

from store.database import transaction
from store.evidence_bytes import Content, keep_bytes
from store.evidence_models import Capture

_CHUNK: Final = 1 << 20

Fate = Literal["taken in", "kept by no capture", "changed"]


def take_in(engine: Engine, folder: Path) -> Iterator[tuple[Path, Fate]]:
    """Move the files `<SHA-256>.zst` into the database; one that no capture keeps, or that changed, stays."""
    for path in sorted(folder.glob("??/[!.]*.zst")):
        fate = _fate(engine, path)
        if fate == "taken in":
            path.unlink()
        yield path, fate


def _fate(engine: Engine, path: Path) -> Fate:
    with tempfile.NamedTemporaryFile() as plain:
        try:
            with zstd.open(path, "rb") as packed:
                shutil.copyfileobj(packed, plain, _CHUNK)
        except (zstd.ZstdError, EOFError):
            return "changed"
        plain.flush()
        content = Content(Path(plain.name))
        if content.sha256 != path.stem:
            return "changed"
        living = exists().where(Capture.sha256 == path.stem, Capture.removed_at.is_(None))
        with transaction(engine, durable=True) as session:
            if not session.scalar(select(living)):
                return "kept by no capture"
            keep_bytes(session, [content])
    return "taken in"
