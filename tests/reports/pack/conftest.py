"""A case with all that a pack holds: clues of a page, a pushed item and a file, decisions, an access."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import pytest
from sqlalchemy import Engine

from config.casework import Given
from config.catalogue.loader import shipped
from config.policy import shipped as shipped_policy
from events.types import Shown
from reports.pack.build import Built, Draw, Wanted, build
from store.audit import seal
from store.casework import act
from store.database import snapshot, transaction
from store.evidence import Original, note_access, note_captures
from store.evidence_bytes import Content, keep_bytes
from store.evidence_models import Capture
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add

NUMBER = "QD-310000-2026-000001"
PAGE = "<p>会计，须持有会计从业资格证。联系人张三 13812345678</p>".encode("gb18030")
ITEM = '{"联系电话": "13912345678"}'.encode()
SHEET = b"PK of all the country"


class Packed(NamedTuple):
    built: Built
    file: IO[bytes]


Pack = Callable[..., AbstractContextManager[Packed]]


def keep(engine: Engine, number: int, data: bytes, **given: Any) -> Original:
    """An original that shows ad `number`, which accuses."""
    original = Original(content=Content(data), fetched_at=WEDNESDAY, **given)
    with transaction(engine) as session:
        keep_bytes(session, [original.content])
        note_captures(session, "run", [original])
    shown = Shown(capture=original.id, locator=given.get("name", ""))
    ad = job_ad(number, text="须持有会计从业资格证").model_copy(update={"evidence": (shown,)})
    add(engine, checked_ad(ad, mention()))
    return original


@pytest.fixture
def engine(engine: Engine) -> Engine:
    return filled(engine)


def filled(engine: Engine) -> Engine:
    """`engine` with the case, confirmed by one person and approved by another."""
    page = keep(
        engine, 1, PAGE, url="https://a.example/1", answered_url="https://a.example/1?x", status=200,
        tls=True, address="203.0.113.7", media_type="text/html", charset="gb18030",
        request={"method": "GET", "headers": {"User-Agent": "Qingdan/0.1"}}, headers={"ETag": '"a"'},
    )  # fmt: skip
    keep(engine, 2, ITEM, sender="k" * 32, media_type="application/json", charset="utf-8")
    keep(engine, 3, SHEET, name="岗位表.xlsx")
    with transaction(engine) as session:
        act(session, NUMBER, "confirm", Given(by="王初核", why="原文\n确有此要求", asked={}), WEDNESDAY)
        act(session, NUMBER, "approve", Given(by="李复核", why="属实", asked={}), WEDNESDAY)
        seal(session, limit=100)
        capture = session.get_one(Capture, page.id)
        note_access(session, capture, actor="赵取证", why="立案", now=WEDNESDAY)
    return engine


@pytest.fixture
def pack(engine: Engine) -> Pack:
    """Builds the pack of the case as it stands."""

    @contextmanager
    def packed(*, whole_files: bool = True, draw: Draw | None = None) -> Iterator[Packed]:
        wanted = Wanted(catalogue=shipped(), policy=shipped_policy(), whole_files=whole_files, draw=draw)
        with TemporaryFile() as file, snapshot(engine) as session:
            built = build(session, NUMBER, wanted, file)
            assert built is not None
            yield Packed(built, file)

    return packed


@pytest.fixture
def file(pack: Pack, tmp_path: Path) -> Path:
    """The pack as a file."""
    path = tmp_path / f"{NUMBER}.zip"
    with pack() as packed:
        path.write_bytes(packed.file.read())
    return path
