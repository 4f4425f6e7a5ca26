"""From a draft to a public version."""

import json
import os
import signal
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from reports.dataset import manifest, schema, versions
from reports.dataset.folders import Folders
from reports.dataset.lines import sha256
from reports.dataset.verify import problems
from reports.dataset.versions import ReleaseError, Waiver, deltas, due, index, release
from tests.factory import WEDNESDAY
from tests.processes import end, start
from tests.recorded import add, violation
from tests.reports.dataset.making import LATER, built, content, json_rows


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "dataset")


def released(engine: Engine, folders: Folders) -> Path:
    return release(folders, built(engine, folders.public).version, LATER).folder


def test_a_version_is_due_a_week_after_the_report_of_its_newest_week() -> None:
    # The report of W47, Monday 16 to Sunday 22 November, is issued on the 23rd.
    assert {due(date(2026, 11, day)) for day in range(16, 23)} == {date(2026, 11, 30)}
    assert due(date(2026, 11, 23)) == date(2026, 12, 7)


def test_before_its_day_it_takes_a_reason(engine: Engine, folders: Folders) -> None:
    add(engine, violation(1))
    version = built(engine, folders.public).version
    with pytest.raises(ReleaseError, match="is due on 2026-11-30, a week after the report"):
        release(folders, version, date(2026, 11, 29))
    assert folders.latest() is None
    assert not folders.public.exists()
    assert release(folders, version, date(2026, 11, 29), Waiver(early="asked for by the ministry")).new


def test_what_is_public_is_listed_with_its_hash(engine: Engine, folders: Folders) -> None:
    add(engine, violation(1))
    folder = released(engine, folders)
    assert folders.latest() == folder
    assert folders.waiting() == []
    (line,) = index(folders)
    assert line["version"] == folder.name
    assert (line["as_of"], line["released"]) == ("2026-11-18", LATER.isoformat())
    assert line["rows"]["clues"] == 1
    assert line["manifest_sha256"] == sha256(folders.public / line["path"] / "manifest.json")
    assert json.loads((folders.public / "versions.json").read_text())["latest"] == folder.name
    assert deltas(folders) == []
    assert list(problems(folder)) == []


def test_the_same_version_is_released_once(engine: Engine, folders: Folders) -> None:
    add(engine, violation(1))
    folder = released(engine, folders)
    again = built(engine, folders.public)
    assert (again.new, again.folder) == (False, folder)
    assert not release(folders, folder.name, LATER).new
    assert len(index(folders)) == 1


def keyed(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def test_bulk_and_delta_are_the_next_bulk(engine: Engine, folders: Folders) -> None:
    add(engine, *(violation(number) for number in range(5)))
    first = released(engine, folders)
    kept = content(first)
    add(engine, violation(7, observed_at=WEDNESDAY + timedelta(days=1)), violation(1, division="440305"))
    second = released(engine, folders)
    (step,) = deltas(folders)
    assert (step["from"], step["to"]) == (first.name, second.name)
    for table in ("ads", "clues"):
        told = step["tables"][table]
        file = folders.public / told["path"]
        assert sha256(file) == told["sha256"]
        rows = keyed(json_rows(first, table), table.removesuffix("s"))
        for line in file.read_text("utf-8").splitlines():
            change = json.loads(line)
            if change["op"] == "DEL":
                del rows[change["key"][table.removesuffix("s")]]
            else:
                rows[change["row"][table.removesuffix("s")]] = change["row"]
        assert rows == keyed(json_rows(second, table), table.removesuffix("s"))
        assert told["rows"]["ADD"] >= 1
    assert step["tables"]["qualifications"]["rows"] == {"ADD": 0, "MOD": 0, "DEL": 0}
    assert content(first) == kept, "a version never changes"
    assert [line["version"] for line in index(folders)] == [second.name, first.name]


def test_between_schemas_there_is_no_delta(
    engine: Engine, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(engine, violation(1))
    released(engine, folders)
    add(engine, violation(2))
    for module in (versions, manifest):
        monkeypatch.setattr(module, "VERSION", schema.VERSION + 1)
    released(engine, folders)
    assert [step["tables"] for step in deltas(folders)] == [None]


def test_an_older_or_a_changed_draft_is_refused(engine: Engine, folders: Folders) -> None:
    add(engine, violation(1))
    older = built(engine, folders.public)
    add(engine, violation(2, observed_at=WEDNESDAY + timedelta(days=1)))
    newer = built(engine, folders.public)
    file = newer.folder / "clues.csv"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(ReleaseError, match=r"was changed since it was built: clues.csv: SHA-256 differs"):
        release(folders, newer.version, LATER)
    release(folders, built(engine, folders.public).version, LATER)
    with pytest.raises(ReleaseError, match=f"{older.version} is older than {newer.version}"):
        release(folders, older.version, LATER)
    with pytest.raises(ReleaseError, match="there is no version 2020-01-01-0"):
        release(folders, "2020-01-01-0", LATER)


def release_and_die(public: str, version: str, where: str) -> None:
    """Ends in the middle of a release."""
    pytest.MonkeyPatch().setattr(where, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    release(Folders(Path(public)), version, LATER)


@pytest.mark.parametrize(
    "where",
    [
        "reports.dataset.versions.redate",
        "reports.dataset.versions.write_delta",
        "reports.dataset.versions._replace",
        "reports.dataset.versions.write_site",
        "reports.dataset.folders.Folders.point",
    ],
)
def test_an_interrupted_release_leaves_latest_and_can_be_repeated(
    engine: Engine, folders: Folders, where: str
) -> None:
    add(engine, violation(1))
    first = released(engine, folders)
    add(engine, violation(2))
    version = built(engine, folders.public).version
    assert end(start(release_and_die, str(folders.public), version, where)) == -signal.SIGKILL
    assert folders.latest() == first
    done = release(folders, version, LATER)
    assert folders.latest() == done.folder
    assert [line["version"] for line in index(folders)] == [version, first.name]
    assert [step["to"] for step in deltas(folders)] == [version]
    assert list(problems(done.folder)) == []
