import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.bureaus import UnknownBureauError
from reports.weekly.model import Edition
from reports.weekly.publish import Order, Published, publish, write_if_changed
from store.database import snapshot
from tests.reports.week_factory import WEEK, store, suspicious


@pytest.fixture
def engine(engine: Engine) -> Engine:
    store(engine, [suspicious(1)])
    return engine


def published(
    engine: Engine, folder: Path, edition: Edition = "internal", bureau: str = "330100"
) -> Published:
    with snapshot(engine) as session:
        return publish(session, Order(period=WEEK, bureau=bureau, edition=edition), folder)


def test_a_report_lies_under_its_week_and_bureau(engine: Engine, tmp_path: Path) -> None:
    found = published(engine, tmp_path)
    assert found.path == tmp_path / "2026-W47" / "330100" / "weekly-internal.html"
    assert found.report.bureau == "杭州市人力资源和社会保障局"
    assert found.changed


def test_the_manifest_has_the_hash_of_every_edition(engine: Engine, tmp_path: Path) -> None:
    files = [published(engine, tmp_path, edition).path for edition in ("internal", "public")]
    manifest = json.loads((files[0].parent / "manifest.json").read_text())
    assert (manifest["period"], manifest["bureau"]) == ("2026-W47", "330100")
    assert [(each["name"], each["sha256"]) for each in manifest["files"]] == [
        (file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files
    ]


def test_building_again_touches_nothing(engine: Engine, tmp_path: Path) -> None:
    folder = published(engine, tmp_path).path.parent
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert not published(engine, tmp_path).changed
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    assert set(before) == {"weekly-internal.html", "manifest.json"}


def test_new_clues_replace_the_file(engine: Engine, tmp_path: Path) -> None:
    first = published(engine, tmp_path).path.read_bytes()
    store(engine, [suspicious(2)])
    again = published(engine, tmp_path)
    assert again.changed
    assert again.path.read_bytes() != first


def test_a_report_that_cannot_be_put_in_place_leaves_the_old_one(tmp_path: Path) -> None:
    blocked = tmp_path / "weekly.html"
    blocked.mkdir()
    with pytest.raises(OSError, match=r"weekly\.html"):
        write_if_changed(blocked, b"new")
    assert list(tmp_path.iterdir()) == [blocked]


def test_an_unknown_bureau_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(UnknownBureauError, match="999999"):
        published(engine, tmp_path, bureau="999999")
