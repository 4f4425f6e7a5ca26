"""The evidence pack as a bureau's own system is given it."""

import hashlib
from pathlib import Path

from sqlalchemy import Engine

from reports.pack.verify import problems
from tests.reports.api.conftest import Bear
from tests.reports.console import test_pack
from tests.reports.console.test_pack import PATH, reads
from tests.reports.pack.conftest import NUMBER

engine = test_pack.engine


def test_a_pack_is_given_whole_and_noted_with_its_hash(bear: Bear, engine: Engine, tmp_path: Path) -> None:
    told = bear("张承办", "officer", "310000").post(PATH, why="立案取证")
    assert (told.status, told.media_type) == (200, "application/zip")
    file = tmp_path / "pack.zip"
    file.write_bytes(told.content)
    assert list(problems(file)) == []
    sha256 = hashlib.sha256(told.content).hexdigest()
    assert reads(engine) == [("张承办", NUMBER, sha256, "310000", "立案取证")]


def test_without_a_reason_role_or_area_nothing_is_given(bear: Bear, engine: Engine) -> None:
    assert bear("张承办", "officer", "310000").post(PATH).fields == ["why"]
    assert bear("杭州", "officer", "330100").post(PATH, why="看").status == 404
    assert bear("只看", "officer", "310000", reads_only=True).post(PATH, why="看").status == 403
    assert reads(engine) == []
