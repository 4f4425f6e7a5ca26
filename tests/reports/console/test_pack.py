"""The evidence pack as people of a bureau are handed it."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, select

from reports.pack.verify import problems
from store.access_models import Read
from store.database import snapshot
from tests.reports.console.browsing import Browser
from tests.reports.console.conftest import LogIn
from tests.reports.pack.conftest import ITEM, NUMBER, PAGE, SHEET, filled

PATH = f"/cases/{NUMBER}/pack"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    return filled(engine)


def reads(engine: Engine) -> list[tuple[str, str, str, str, str]]:
    with snapshot(engine) as session:
        rows = session.scalars(select(Read).where(Read.what == "pack"))
        return [(each.actor, each.subject, each.sha256, each.bureau, each.why) for each in rows]


def taken(browser: Browser) -> bytes:
    """The pack as the browser gets it."""
    browser.get(f"/cases/{NUMBER}")
    answer = browser.post(PATH, why="立案取证")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    return answer.body


def inside(pack: bytes) -> Iterator[str]:
    with ZipFile(BytesIO(pack)) as archive:
        yield from (hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist())


def test_a_pack_is_sent_whole_and_noted_with_its_hash(log_in: LogIn, engine: Engine, tmp_path: Path) -> None:
    pack = taken(log_in("张承办", "officer", "310000"))
    file = tmp_path / "pack.zip"
    file.write_bytes(pack)
    assert list(problems(file)) == []
    sha256 = hashlib.sha256(pack).hexdigest()
    assert reads(engine) == [("张承办", NUMBER, sha256, "310000", "立案取证")]
    admin = log_in("周管理", "admin", "310000").get("/reads")
    assert "张承办证据包" in admin.words


def test_a_file_of_all_the_country_is_for_accounts_of_the_nation(log_in: LogIn) -> None:
    page, item, sheet = (hashlib.sha256(data).hexdigest() for data in (PAGE, ITEM, SHEET))
    nation = set(inside(taken(log_in("全国", "officer", "000000"))))
    assert {page, item, sheet} <= nation
    city = set(inside(taken(log_in("上海", "officer", "310000"))))
    assert {page, item} <= city
    assert sheet not in city


def test_without_a_reason_role_or_area_nothing_is_handed_out(log_in: LogIn, engine: Engine) -> None:
    browser = log_in("张承办", "officer", "310000")
    browser.get(f"/cases/{NUMBER}")
    assert browser.post(PATH, why=" ").status == 400
    assert log_in("只读", "reader", "310000").post(PATH, why="看").status == 403
    assert log_in("杭州", "officer", "330100").post(PATH, why="看").status == 404
    assert "领取证据包" not in log_in("只读乙", "reader", "310000").get(f"/cases/{NUMBER}").words
    assert reads(engine) == []
