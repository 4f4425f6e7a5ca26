"""What describes a version is valid by the programs of those who made the standards, and true of the data."""

import csv
import json
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pandas as pd
import pytest
import yaml

from nlp.reader import Reader
from reports.dataset.metadata.measured import COLUMNS, FIGURES, measured
from reports.dataset.schema import TABLES
from tests.factory import checked_ad, finding, job_ad, mention
from tests.recorded import add, fresh_store, violation
from tests.reports.dataset.making import built, json_rows

LANDING = "https://data.example.cn/qingdan/"


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version with rows in every table, some of them with empty cells."""
    folder = tmp_path_factory.mktemp("described")
    with fresh_store(folder) as engine:
        add(
            engine,
            checked_ad(job_ad(1, division="110105"), mention(), findings=(finding("百分百就业"),)),
            checked_ad(job_ad(2, company="", division=None, posted=None)),
            *(violation(number) for number in range(10, 30)),
            *(violation(number, division="330106") for number in range(40, 45)),
        )
        return built(engine, folder / "dataset", landing=LANDING).folder


def described(version: Path, name: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((version / name).read_text("utf-8"))
    return said


def test_the_data_package_is_valid_and_so_is_the_data_by_it(version: Path) -> None:
    from frictionless import Package, system

    with system.use_context(trusted=True):
        package = Package(str(version / "datapackage.json"))
        report = package.validate()
    assert report.valid, report.flatten(["resourceName", "rowNumber", "fieldName", "message"])
    assert [resource.name for resource in package.resources] == [*(table.name for table in TABLES), "codes"]
    assert report.stats["tasks"] == len(TABLES) + 1


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("suspected", "guilty", "constraint-error"),
        (",2026-W47,", ",last week,", "constraint-error"),
        ("2026-11-18", "18.11.2026", "type-error"),
    ],
)
def test_the_data_package_tells_data_that_does_not_fit(
    version: Path, tmp_path: Path, before: str, after: str, error: str
) -> None:
    from frictionless import Package, system

    for file in version.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    clues = tmp_path / "clues.csv"
    clues.write_text(clues.read_text("utf-8").replace(before, after, 1), encoding="utf-8", newline="")
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    found = {kind for (kind,) in report.flatten(["type"])}
    assert error in found


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_croissant_is_valid_and_reads_the_tables(version: Path) -> None:
    mlcroissant = import_module("mlcroissant")  # it has no types
    dataset = mlcroissant.Dataset(jsonld=version / "croissant.json")
    assert (dataset.metadata.ctx.issues.errors, dataset.metadata.ctx.issues.warnings) == (set(), set())
    assert dataset.metadata.ctx.is_live_dataset
    read = [record["clues/clue"].decode() for record in dataset.records("clues")]
    assert read == [clue["clue"] for clue in json_rows(version, "clues")]
    codes = {(record["codes/field"], record["codes/value"]) for record in dataset.records("codes")}
    assert {(b"kind", b"delisted"), (b"occupation", b"cook"), (b"basis", b"P1")} <= codes


def test_croissant_says_what_every_file_of_data_hashes_to(version: Path) -> None:
    hashes = {file["name"]: file["sha256"] for file in described(version, "manifest.json")["files"]}
    distribution = described(version, "croissant.json")["distribution"]
    assert {file["name"]: file["sha256"] for file in distribution}.items() <= hashes.items()
    assert {f"{table.name}.parquet" for table in TABLES} < {file["name"] for file in distribution}


def test_datacite_and_citation_fit_the_schemas_of_those_who_made_them(version: Path) -> None:
    registry = json.loads((files("datacite") / "schemas" / "datacite-v4.5.json").read_text("utf-8"))
    vendor = files("check_jsonschema") / "builtin_schemas" / "vendor" / "citation-file-format.json"
    datacite = described(version, "datacite.json")
    jsonschema_rs.validate(registry, datacite)
    citation = yaml.safe_load((version / "CITATION.cff").read_text("utf-8"))
    jsonschema_rs.validate(json.loads(vendor.read_text("utf-8")), citation)
    assert (citation["version"], datacite["url"]) == (datacite["version"], LANDING)


def test_nothing_is_said_of_an_address_where_there_is_none(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as engine:
        add(engine, violation(1))
        version = built(engine, tmp_path / "dataset").folder
    assert "url" not in described(version, "croissant.json")
    assert "homepage" not in described(version, "datapackage.json")
    told = [file.read_text("utf-8") for file in version.iterdir() if file.suffix in {".md", ".cff", ".json"}]
    assert not any(LANDING in text for text in told)


def test_pandas_reads_the_tables_as_they_are(version: Path) -> None:
    clues = pd.read_csv(version / "clues.csv", dtype=str, keep_default_na=False)
    assert list(clues["clause"]) == [row["clause"] for row in json_rows(version, "clues")]
    lines = pd.read_json(version / "ads.jsonl", lines=True, dtype=False)
    assert len(lines) == len(json_rows(version, "ads"))
    sheet = pd.read_excel(version / "qingdan.xlsx", sheet_name="weekly", engine="openpyxl")
    assert list(sheet["ads"].dropna()) == [row["ads"] for row in json_rows(version, "weekly") if row["ads"]]


def test_the_notes_tell_what_was_measured_and_when(version: Path) -> None:
    known = list(measured())
    for name in ("METHOD.md", "METHOD.zh-CN.md"):
        note = (version / name).read_text("utf-8")
        assert all(f"| {' | '.join(each.figures)} |" in note for each in known)
        assert known[0].rules_version in note
        assert "&#" not in note + (version / name.replace("METHOD", "README")).read_text("utf-8")
    card = (version / "README.md").read_text("utf-8")
    assert "| `clues` | 26 | clue |" in card


def test_the_figures_were_measured_with_the_rules_that_we_ship() -> None:
    assert {each.rules_version for each in measured()} == {Reader.load().rules.version}, (
        "the rules have changed; run: .venv/bin/python -m benchmarks.accuracy --note"
    )


def test_measured_figures_have_their_counts_and_interval(tmp_path: Path) -> None:
    file = tmp_path / "accuracy.tsv"
    counts = dict.fromkeys(FIGURES, ("3", "4")) | {FIGURES[3]: ("0", "0")}
    with file.open("w", encoding="utf-8", newline="") as lines:
        rows = [("held", "real", "9", figure, *counts[figure], "2026-11-23", "r1") for figure in FIGURES]
        csv.writer(lines, dialect="excel-tab").writerows([COLUMNS, *rows])
    (only,) = measured(file)
    assert (only.name, only.made_up, only.ads, only.rules_version) == ("held", False, 9, "r1")
    assert only.figures == (*("0.750 (3/4; 0.30–0.95)",) * 3, "—")
