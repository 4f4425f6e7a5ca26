"""The folder of evidence: what goes in comes out, once, in one piece, or is said to be missing or changed."""

import hashlib
import os
import stat
import subprocess
import sys
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import CHINA
from store.evidence_folder import Content, EvidenceFolder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def folder(place: Path) -> EvidenceFolder:
    return EvidenceFolder(place)


def read(folder: EvidenceFolder, content: Content) -> bytes:
    with folder.open(content.sha256) as file:
        return file.read()


def age(folder: EvidenceFolder, content: Content, days: int) -> None:
    """Let it lie there for so many days."""
    moment = (datetime.now(CHINA) - timedelta(days=days)).timestamp()
    os.utime(folder.path(content.sha256), (moment, moment))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300), max_size=4))
def test_what_is_put_in_comes_out(folder: EvidenceFolder, data: list[bytes]) -> None:
    contents = [Content(each) for each in data]
    folder.put(contents)
    folder.put(contents)
    assert [read(folder, content) for content in contents] == data
    assert {folder.state(content.sha256) for content in contents} <= {"sound"}
    assert all(
        content.sha256 == hashlib.sha256(each).hexdigest()
        for content, each in zip(contents, data, strict=True)
    )


def test_the_same_bytes_lie_there_once(folder: EvidenceFolder, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "drop.csv"
    file.write_bytes(b"page" * 1000)
    folder.put([Content(b"page" * 1000), Content(file), Content(b"page" * 1000)])
    (kept,) = [path for path in place.rglob("*") if path.is_file() and path.name != ".lock"]
    assert kept.stat().st_size < 200, "compressed"
    assert kept.name == f"{hashlib.sha256(file.read_bytes()).hexdigest()}.zst"


def test_nobody_else_may_enter(folder: EvidenceFolder, place: Path) -> None:
    folder.put([Content(b"page")])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (place, *place.glob("??"))}
    assert modes == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.glob("??/*")} == {0o600}


def test_a_large_file_takes_flat_memory(folder: EvidenceFolder, tmp_path: Path) -> None:
    file = tmp_path / "drop.jsonl"
    with file.open("wb") as target:
        for _ in range(32):
            target.write(os.urandom(1 << 20))
    tracemalloc.start()
    content = Content(file)
    folder.put([content])
    state = folder.state(content.sha256)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (state, content.length) == ("sound", 32 << 20)
    assert peak < 8 << 20


def test_what_is_gone_or_spoilt_is_told(folder: EvidenceFolder) -> None:
    gone, cut, other, dirt = (Content(each) for each in (b"gone", b"cut" * 100, b"other", b"dirt"))
    folder.put([gone, cut, other, dirt])
    folder.path(gone.sha256).unlink()
    packed = folder.path(cut.sha256).read_bytes()
    folder.path(cut.sha256).write_bytes(packed[:-3])
    folder.path(dirt.sha256).write_bytes(b"no zstd at all")
    folder.path(other.sha256).write_bytes(folder.path(cut.sha256).read_bytes())
    folder.put([Content(b"something")])
    folder.path(other.sha256).write_bytes(folder.path(Content(b"something").sha256).read_bytes())
    assert [folder.state(each.sha256) for each in (gone, cut, other, dirt)] == ["missing"] + ["changed"] * 3


def test_a_file_that_cannot_be_read_is_not_called_changed(folder: EvidenceFolder) -> None:
    content = Content(b"page")
    folder.put([content])
    folder.path(content.sha256).unlink()
    folder.path(content.sha256).mkdir()
    assert folder.state(content.sha256) == "unreadable"


def test_nothing_half_written_comes_to_its_place(
    folder: EvidenceFolder, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full while the batch is made safe."""

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    folder.put([Content(b"before")])
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.put([Content(b"one"), Content(b"two")])
    assert [path.name.removesuffix(".zst") for path in place.glob("??/*")] == [Content(b"before").sha256]
    assert list(place.glob("??/.*")) == []


def test_a_killed_writer_leaves_nothing_but_a_draft_that_is_swept(
    folder: EvidenceFolder, place: Path
) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from events import hashed_files;"
        "from store.evidence_folder import Content, EvidenceFolder;"
        "hashed_files.Batch.settle = lambda _: os.kill(os.getpid(), signal.SIGKILL);"
        "EvidenceFolder(Path(sys.argv[1])).put([Content(b'one'), Content(b'two')])"
    )
    done = subprocess.run([sys.executable, "-c", script, str(place)], check=False)
    assert done.returncode == -9
    assert list(folder.files()) == []
    assert len(list(place.glob("??/.*"))) == 2
    folder.remove_torn(left_before=datetime.now(CHINA) - timedelta(days=1))
    assert len(list(place.glob("??/.*"))) == 2, "they may still be written"
    folder.remove_torn(left_before=datetime.now(CHINA) + timedelta(seconds=5))
    assert list(place.glob("??/.*")) == []


def test_what_was_left_again_is_not_removed(folder: EvidenceFolder) -> None:
    content = Content(b"page")
    folder.put([content])
    age(folder, content, 40)
    yesterday = datetime.now(CHINA) - timedelta(days=1)
    assert list(folder.left_before(yesterday)) == [content.sha256]
    folder.put([content])
    assert list(folder.left_before(yesterday)) == []
    assert folder.remove(content.sha256, left_before=yesterday) == 0
    assert folder.state(content.sha256) == "sound"
    age(folder, content, 40)
    assert folder.remove(content.sha256, left_before=yesterday) > 0
    assert folder.remove(content.sha256, left_before=yesterday) == 0
    assert folder.state(content.sha256) == "missing"
