"""A folder into which publishers drop files: which are ready, and where they go afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

TAKEN: Final = "taken"
REFUSED: Final = "refused"
MAPPING: Final = "mapping.yaml"
"""Of a publisher's own folder: how its columns are read."""
_UNFINISHED: Final = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass(frozen=True, slots=True)
class Drop:
    """A file that is there in full."""

    path: Path
    source: str = ""
    """The name of the folder it lies in; empty for a file that lies beside the folders."""
    mapping: Path | None = None


@dataclass(slots=True)
class DropFolder:
    """A folder with files, and a folder for each publisher whose files are to bear its name."""

    folder: Path
    _seen: dict[Path, tuple[int, int]] = field(default_factory=dict)

    def ready(self) -> list[Drop]:
        """The files that have not changed since the last call, by name; a file still being written waits."""
        now = {path: _state(path) for path in self._files()}
        found = [path for path, state in now.items() if state is not None and self._seen.get(path) == state]
        self._seen = {path: state for path, state in now.items() if state is not None}
        return [self._drop(path) for path in sorted(found)]

    def _files(self) -> Iterator[Path]:
        for entry in self.folder.iterdir():
            if entry.is_dir() and entry.name not in (TAKEN, REFUSED) and not entry.name.startswith("."):
                yield from (each for each in entry.iterdir() if _is_drop(each))
            elif _is_drop(entry):
                yield entry

    def _drop(self, path: Path) -> Drop:
        if path.parent == self.folder:
            return Drop(path)
        mapping = path.parent / MAPPING
        return Drop(path, path.parent.name, mapping if mapping.is_file() else None)

    def settle(self, drop: Drop, *, taken: bool, now: datetime) -> Path:
        """Move a file to `taken` or `refused`, under a name that no other file has; answers where it is."""
        target = self.folder / (TAKEN if taken else REFUSED) / drop.source
        target.mkdir(parents=True, exist_ok=True)
        place = target / f"{now:%Y%m%dT%H%M%S%f}-{drop.path.name}"
        return drop.path.rename(place)


def _is_drop(path: Path) -> bool:
    hidden = path.name.startswith(".") or path.name == MAPPING
    return path.is_file() and not hidden and not path.name.endswith(_UNFINISHED)


def _state(path: Path) -> tuple[int, int] | None:
    """What changes while a file is written; None when it is gone again."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns
