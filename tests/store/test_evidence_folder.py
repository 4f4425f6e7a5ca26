"""Evidence that lies in a folder is taken into the database."""

from collections import Counter
from pathlib import Path

from backports import zstd
from sqlalchemy import Engine, update

from store.database import snapshot, transaction
from store.evidence import Original, note_captures
from store.evidence_bytes import Content, kept_bytes
from store.evidence_folder import take_in
from store.evidence_models import Capture
from tests.factory import WEDNESDAY


def lay(folder: Path, data: bytes, *, name: str = "") -> Path:
    sha256 = name or Content(data).sha256
    path = folder / sha256[:2] / f"{sha256}.zst"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zstd.compress(data))
    return path


def test_files_are_moved_and_what_is_no_evidence_stays(engine: Engine, tmp_path: Path) -> None:
    pages = [Original(content=Content(each), fetched_at=WEDNESDAY) for each in (b"one", b"two" * 9, b"gone")]
    with transaction(engine) as session:
        note_captures(session, "run", pages)
        given_up = Capture.sha256 == pages[2].content.sha256
        session.execute(update(Capture).where(given_up).values(removed_at=WEDNESDAY))
    kept = [lay(tmp_path, each) for each in (b"one", b"two" * 9)]
    needless = [lay(tmp_path, each) for each in (b"gone", b"nobody's")]
    other, torn = lay(tmp_path, b"other", name=Content(b"said").sha256), lay(tmp_path, b"torn" * 99)
    torn.write_bytes(torn.read_bytes()[:-5])
    (tmp_path / "00").mkdir(exist_ok=True)
    (tmp_path / "00" / ".draft.zst.1234").write_bytes(b"")

    fates = dict(take_in(engine, tmp_path))
    assert Counter(fates.values()) == {"taken in": 2, "kept by no capture": 2, "changed": 2}
    assert [path.exists() for path in (*kept, *needless, other, torn)] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    with snapshot(engine) as session:
        assert [b"".join(kept_bytes(session, path.stem)) for path in kept] == [b"one", b"two" * 9]
    assert "taken in" not in dict(take_in(engine, tmp_path)).values()
