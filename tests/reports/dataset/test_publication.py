"""A version says on which day it was published, and what it is called, in all that describes it."""

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from config.settings import CHINA
from reports.dataset import manifest
from reports.dataset.folders import Folders
from reports.dataset.metadata import about
from reports.dataset.verify import problems
from reports.dataset.versions import Released, ReleaseError, Waiver, due, index, release
from store.database import transaction
from store.dataset_decisions import note_release
from store.dead_letters import Decision
from tests.recorded import add, fresh_store, violation
from tests.reports.dataset.making import built, content

DUE = due(date(2026, 11, 18))
EARLY = Waiver(early="asked for by the ministry")


def made_public(engine: Engine, folders: Folders, day: date) -> Released:
    """Release the draft of what the store says now, as a person does on `day`."""
    version = built(engine, folders.public).version
    now = datetime(day.year, day.month, day.day, 0, 30, tzinfo=CHINA)  # the day before in UTC

    def note() -> None:
        with transaction(engine) as session:
            note_release(session, version, Decision(at=now, actor="孙主任", why=""))

    return release(folders, version, day, EARLY, note=note)


def text(version: Path, name: str) -> str:
    return (version / name).read_text("utf-8")


def said(version: Path, standard: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text(version, f"{standard}.json"))
    return found


def cff(version: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text(version, "CITATION.cff"))
    return found


def days_told(version: Path) -> dict[str, str]:
    """The day of publication as each description gives it."""
    (available,) = (day for day in said(version, "datacite")["dates"] if day["dateType"] == "Available")
    return {
        "manifest": manifest.read_manifest(version)["published"],
        "DataCite": available["date"],
        "Croissant": said(version, "croissant")["datePublished"],
        "CFF": str(cff(version)["date-released"]),
        "card": re.findall(r"published ([0-9-]{10})", text(version, "README.md"))[0],
        "card in Chinese": re.findall(r"发布于 ([0-9-]{10})", text(version, "README.zh-CN.md"))[0],
    }


@pytest.mark.parametrize("day", [DUE - timedelta(days=5), DUE, DUE + timedelta(days=40)])
def test_the_day_is_that_of_the_release(engine: Engine, tmp_path: Path, day: date) -> None:
    folders = Folders(tmp_path / "dataset")
    add(engine, violation(1))
    assert set(days_told(built(engine, folders.public).folder).values()) == {DUE.isoformat()}
    folder = made_public(engine, folders, day).folder
    assert set(days_told(folder).values()) == {day.isoformat()}
    assert index(folders)[0]["released"] == day.isoformat()
    assert said(folder, "datacite")["publicationYear"] == str(day.year)
    assert list(problems(folder)) == []


def test_the_same_state_gives_the_same_bytes_after_the_release_too(engine: Engine, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "dataset")
    add(engine, *(violation(number) for number in range(9)))
    folder = made_public(engine, folders, DUE + timedelta(days=3)).folder
    elsewhere = built(engine, tmp_path / "elsewhere")
    assert (elsewhere.version, elsewhere.new) == (folder.name, True)
    assert content(elsewhere.folder) == content(folder)
    again = built(engine, folders.public)
    assert (again.folder, again.new, folders.waiting()) == (folder, False, [])


def test_a_release_that_is_repeated_later_has_the_later_day(engine: Engine, tmp_path: Path) -> None:
    folders = Folders(tmp_path / "dataset")
    add(engine, violation(1))

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("reports.dataset.versions.row_counts", interrupted)
        with pytest.raises(KeyboardInterrupt):
            made_public(engine, folders, DUE)
    assert index(folders) == []
    folder = made_public(engine, folders, DUE + timedelta(days=1)).folder
    assert set(days_told(folder).values()) == {(DUE + timedelta(days=1)).isoformat()}
    assert content(built(engine, tmp_path / "elsewhere").folder) == content(folder)
    # What is public already keeps its day.
    assert not made_public(engine, folders, DUE + timedelta(days=2)).new
    assert index(folders)[0]["released"] == (DUE + timedelta(days=1)).isoformat()


def test_every_description_gives_the_name_of_the_version(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as engine:
        add(engine, violation(1))
        made = built(engine, tmp_path / "dataset", landing="https://data.example.cn/")
    described = *(said(made.folder, name) for name in ("datacite", "datapackage")), cff(made.folder)
    assert {each["version"] for each in described} == {made.version}
    cited = said(made.folder, "croissant")["citeAs"]
    assert cited == f"Qingdan (2026): {about.TITLE}. Version {made.version}. https://data.example.cn/"
    assert f"> {cited}\n" in text(made.folder, "README.md")
    assert f"版本 {made.version}。https://data.example.cn/" in text(made.folder, "README.zh-CN.md")


def test_other_words_in_a_description_make_no_new_version(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a later program may have; what is public stays as it is, a draft is written anew."""
    folders = Folders(tmp_path / "dataset")
    add(engine, violation(1))
    draft = built(engine, folders.public)
    monkeypatch.setattr(about, "SUMMARY", "In other words.")
    again = built(engine, folders.public)
    assert (again.version, again.new) == (draft.version, True)
    assert "In other words." in text(again.folder, "README.md")
    folder = made_public(engine, folders, DUE).folder
    before = content(folder)
    monkeypatch.setattr(about, "SUMMARY", "In words that are different again.")
    assert not built(engine, folders.public).new
    assert content(folder) == before


@pytest.mark.parametrize("change", [{"published": None}, {"schema_version": 1}])
def test_a_draft_of_another_program_is_refused(
    engine: Engine, tmp_path: Path, change: dict[str, object]
) -> None:
    folders = Folders(tmp_path / "dataset")
    add(engine, violation(1))
    draft = built(engine, folders.public).folder
    known = manifest.read_manifest(draft) | change
    known = {name: value for name, value in known.items() if value is not None}
    if "published" not in known:  # as they were named then
        known["version"] = f"{known['as_of']}-{manifest.content_hash(known['files'])}"
        draft = draft.rename(draft.with_name(known["version"]))
    (draft / "manifest.json").unlink()
    (draft / "manifest.json").write_text(json.dumps(known), "utf-8")
    with pytest.raises(ReleaseError, match="was built by another version of the program; build it again"):
        release(folders, draft.name, DUE)
    assert folders.latest() is None
