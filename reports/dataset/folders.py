"""Where versions of the dataset lie.

dataset/                 all of it is public
versions/<version>/      a released version; it never changes
latest                   a link to the newest one
deltas/<version>/        what changed against the version before it
signatures/<version>.*   of those that were signed: the signature, and the public key to check it with
versions.json, delta.json, index.html …
dataset-drafts/<version>/  built and not released; nobody outside sees it
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

READ_ONLY: Final = 0o444
"""Mode of every file of a version."""


@dataclass(frozen=True, slots=True)
class Folders:
    public: Path

    @property
    def drafts(self) -> Path:
        return self.public.with_name(f"{self.public.name}-drafts")

    @property
    def versions(self) -> Path:
        return self.public / "versions"

    @property
    def deltas(self) -> Path:
        return self.public / "deltas"

    @property
    def signatures(self) -> Path:
        return self.public / "signatures"

    def latest(self) -> Path | None:
        """The folder of the newest released version; None before the first release."""
        link = self.public / "latest"
        return link.resolve() if link.is_symlink() else None

    def find(self, version: str) -> Path | None:
        """The folder of a version; None where there is none of this name.

        The draft comes first: while it is there, its release has not come to the end.
        """
        return next((f for f in (*self.waiting(), *self.released()) if f.name == version), None)

    def released(self) -> list[Path]:
        """The folders of all released versions, by name."""
        return _versions(self.versions)

    def waiting(self) -> list[Path]:
        """Those of all drafts, likewise."""
        return _versions(self.drafts)

    def point(self, version: str) -> None:
        """Let `latest` lead to a released version, in one step."""
        # A link cannot be overwritten in place; renaming a new one over it leaves no moment without one.
        link = self.public / ".latest.tmp"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(self.versions.name) / version)
        link.replace(self.public / "latest")

    def clear_interrupted(self) -> None:
        """Remove what a build or release that was interrupted has left."""
        for folder in (self.drafts, self.versions, self.deltas):
            for left in folder.glob("*.tmp"):
                shutil.rmtree(left)


def _versions(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir() and path.suffix != ".tmp")


@contextmanager
def only_one(folders: Folders) -> Iterator[None]:
    """One builder or releaser at a time; others wait."""
    folders.drafts.mkdir(parents=True, exist_ok=True)
    with (folders.drafts / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
