"""The bytes of evidence: what goes in comes out, once, in one piece, or is said to be missing or changed."""

import hashlib
import os
import sqlite3
import stat
import threading
import tracemalloc
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, update

from store.database import connect, snapshot, transaction, upgrade
from store.evidence_bytes import (
    PIECE,
    Content,
    State,
    alone_with_bytes,
    keep_bytes,
    kept_bytes,
    remove_bytes,
    state_of,
)
from store.evidence_models import EvidencePiece


def keep(engine: Engine, *contents: Content) -> None:
    with transaction(engine, durable=True) as session:
        keep_bytes(session, contents)


def read(engine: Engine, content: Content) -> bytes:
    with snapshot(engine) as session:
        return b"".join(kept_bytes(session, content.sha256))


def state(engine: Engine, content: Content) -> State:
    with snapshot(engine) as session:
        return state_of(session, content.sha256)


def pieces(engine: Engine) -> int:
    with snapshot(engine) as session:
        return session.scalar(select(func.count()).select_from(EvidencePiece)) or 0


LARGE = os.urandom(1000)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=300) | st.sampled_from([b"", LARGE * 300, LARGE * 600]), max_size=4))
def test_what_is_put_in_comes_out(engine: Engine, data: list[bytes]) -> None:
    contents = [Content(each) for each in data]
    keep(engine, *contents)
    before = pieces(engine)
    keep(engine, *contents)
    assert pieces(engine) == before
    assert [read(engine, content) for content in contents] == data
    assert {state(engine, content) for content in contents} <= {"sound"}
    assert [content.sha256 for content in contents] == [hashlib.sha256(each).hexdigest() for each in data]


def test_the_same_bytes_lie_there_once(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "drop.csv"
    file.write_bytes(b"page" * 1000)
    keep(engine, Content(b"page" * 1000), Content(file), Content(b"page" * 1000))
    with snapshot(engine) as session:
        (kept,) = session.scalars(select(EvidencePiece)).all()
    assert len(kept.packed) < 200, "compressed"
    assert kept.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_pieces_one_behind_the_other_are_what_zstd_reads(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "drop.csv"
    file.write_bytes(LARGE * 1000)
    keep(engine, Content(file))
    with snapshot(engine) as session:
        packed = session.scalars(select(EvidencePiece.packed).order_by(EvidencePiece.number)).all()
    assert len(packed) == -(-1_000_000 // PIECE)
    assert zstd.decompress(b"".join(packed)) == LARGE * 1000


def test_a_large_file_takes_flat_memory(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "drop.jsonl"
    with file.open("wb") as target:
        for _ in range(32):
            target.write(os.urandom(1 << 20))
    tracemalloc.start()
    content = Content(file)
    keep(engine, content)
    found = state(engine, content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, content.length) == ("sound", 32 << 20)
    assert peak < 16 << 20


BOMB = zstd.compress(b"0" * (64 << 20))


@pytest.mark.parametrize(
    "packed", [b"no zstd at all", zstd.compress(b"other"), zstd.compress(b"page")[:-3], BOMB]
)
def test_what_is_changed_is_told(engine: Engine, packed: bytes) -> None:
    content, other = Content(b"page"), Content(b"sound")
    keep(engine, content, other)
    with transaction(engine) as session:
        mine = EvidencePiece.sha256 == content.sha256
        session.execute(update(EvidencePiece).where(mine).values(packed=packed))
    assert [state(engine, each) for each in (content, other, Content(b"nowhere"))] == [
        "changed", "sound", "missing",
    ]  # fmt: skip


def test_a_lost_piece_is_told(engine: Engine) -> None:
    content = Content(LARGE * 1000)
    keep(engine, content)
    with transaction(engine) as session:
        session.delete(session.get_one(EvidencePiece, (content.sha256, 3)))
    assert state(engine, content) == "changed"


def test_nothing_is_kept_of_a_transaction_that_fails(engine: Engine, tmp_path: Path) -> None:
    missing = Content(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        keep(engine, Content(b"one"), missing)
    assert pieces(engine) == 0


def test_single_contents_are_removed(engine: Engine) -> None:
    large, small, other = Content(LARGE * 600), Content(b"small"), Content(b"other")
    keep(engine, large, small, other)
    with transaction(engine) as session:
        alone_with_bytes(session)
        removed = remove_bytes(session, {large.sha256, small.sha256, "0" * 64})
        assert remove_bytes(session, set()) == (0, 0)
    assert removed.contents == 2
    assert removed.bytes > 0
    assert [state(engine, each) for each in (large, small, other)] == ["missing", "missing", "sound"]


def test_bytes_that_are_found_are_not_removed_meanwhile(engine: Engine) -> None:
    """Who keeps the same bytes again relies on them; who removes them waits, and then looks."""
    content = Content(b"page")
    keep(engine, content)
    began, done = threading.Event(), threading.Event()

    def remove() -> None:
        began.set()
        with transaction(engine) as session:
            alone_with_bytes(session)
            done.set()

    thread = threading.Thread(target=remove)
    with transaction(engine, durable=True) as session:
        keep_bytes(session, [content])
        thread.start()
        began.wait()
        assert not done.wait(0.2)
    thread.join()
    assert done.is_set()


def test_two_may_keep_bytes_at_once(engine: Engine) -> None:
    """On PostgreSQL; on SQLite writers take turns anyway."""
    if engine.dialect.name == "sqlite":
        return
    with transaction(engine) as one, transaction(engine) as two:
        keep_bytes(one, [Content(b"one")])
        keep_bytes(two, [Content(b"two")])
    assert pieces(engine) == 2


def test_a_power_cut_takes_no_durable_transaction(tmp_path: Path) -> None:
    """SQLite forces its log to the disk for those, and for no others."""
    engine = connect(f"sqlite:///{tmp_path / 'qingdan.db'}")
    upgrade(engine)
    for durable, level in ((True, 2), (False, 1), (True, 2)):
        with transaction(engine, durable=durable) as session:
            assert session.connection().exec_driver_sql("PRAGMA synchronous").scalar() == level


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / "new" / "qingdan.db"
    upgrade(connect(f"sqlite:///{file}"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}


def test_what_is_removed_is_overwritten(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'qingdan.db'}")
    upgrade(engine)
    content = Content(LARGE * 20)
    keep(engine, content)
    with transaction(engine) as session:
        remove_bytes(session, {content.sha256})
    engine.dispose()
    with sqlite3.connect(tmp_path / "qingdan.db") as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert LARGE[:200] not in (tmp_path / "qingdan.db").read_bytes()
