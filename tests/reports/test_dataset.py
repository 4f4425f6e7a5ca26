import csv
import json
import os
import shutil
import signal
import subprocess
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from events.types import Pay, Terms
from reports.dataset.build import NothingToPublish, Release, build, latest
from reports.dataset.fields import RowError, Table, Value
from reports.dataset.schema import TABLES
from reports.dataset.verify import problems
from store import release
from store.database import connect, snapshot, transaction
from store.feedback import Decision, RuleKey, change_rule
from store.intake import remember
from store.models import Clue
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention
from tests.processes import end, start
from tests.recorded import add, fresh_store, violation

KEY = b"k" * 32


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dataset"


def built(engine: Engine, folder: Path) -> Release:
    with snapshot(engine) as session:
        return build(session, folder, KEY)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def json_rows(version: Path, table: str) -> list[dict[str, Any]]:
    lines = (version / f"{table}.jsonl").read_text("utf-8").split("\n")
    return [json.loads(line) for line in lines if line]


def typed(table: Table, cells: dict[str, str]) -> dict[str, Value]:
    """A row of the canonical CSV, read the way the data dictionary says."""
    convert: dict[str, Callable[[str], Value]] = {
        "integer": int,
        "boolean": lambda text: {"true": True, "false": False}[text],
        "list": lambda text: text.split(";"),
    }
    types = {field.name: field.type for field in table.fields}
    return {name: convert.get(types[name], str)(text) if text else None for name, text in cells.items()}


def test_a_version_holds_what_the_store_says(engine: Engine, folder: Path) -> None:
    add(
        engine,
        checked_ad(job_ad(1, division="110105", poster="private"), mention(ended_by="国发〔2016〕35号")),
        checked_ad(job_ad(2, company="", division=None, posted=None)),
    )
    made = built(engine, folder)
    assert (made.new, made.rows) == (True, {"clues": 1, "findings": 0, "ads": 2, "weekly": 2})
    assert made.version.startswith("2026-11-18-")
    (clue,) = json_rows(made.folder, "clues")
    assert clue["case"] == "QD-110000-2026-000001"
    assert clue["place"] == "北京市/朝阳区"
    assert (clue["clause"], clue["cue"], clue["basis"]) == ("须持有会计从业资格证", "须", ["P1"])
    assert clue["ended_by"] == "国发〔2016〕35号"
    assert (clue["week"], clue["status"], clue["poster"]) == ("2026-W47", "suspected", "private")
    read, unclear = sorted(json_rows(made.folder, "ads"), key=lambda ad: str(ad["verdict"]), reverse=True)
    assert (read["mentions"], read["verdict_violation"], read["kind_delisted"]) == (1, 1, 1)
    assert read["employer"] == clue["employer"]
    assert [unclear[name] for name in ("division", "place", "posted", "employer")] == [None] * 4
    assert unclear["mentions"] == 0


def test_an_ad_shows_its_dates_places_and_terms_apart(engine: Engine, folder: Path) -> None:
    pay = Pay(low=800_000, high=1_200_050, currency="CNY", per="month", months=13)
    terms = Terms(
        pay=pay,
        employment="全职",
        employment_types=("full_time",),
        headcount=2,
        education="不限",
        schooling="none",
    )
    full = job_ad(
        1, valid_through=date(2026, 11, 30), division="320100", divisions=("320102", "320106"),
        acting_for="青禾纺织有限公司", poster="agency", terms=terms,
    )  # fmt: skip
    add(engine, checked_ad(full), checked_ad(job_ad(2, company="青禾纺织有限公司", divisions=("310000",))))
    with transaction(engine) as session:
        remember(session, [full.model_copy(update={"valid_through": date(2026, 12, 31)})])
    one, other = sorted(
        json_rows(built(engine, folder).folder, "ads"), key=lambda ad: ad["headcount"] is None
    )
    said = {
        "posted": "2026-11-16", "valid_through": "2026-12-31", "last_seen": "2026-11-18",
        "divisions": ["320102", "320106"], "acting_for": other["employer"], "poster": "agency",
        "salary_low": "8000", "salary_high": "12000.5", "salary_currency": "CNY", "salary_period": "month",
        "salary_months": 13, "salary_negotiable": False, "employment": ["full_time"], "headcount": 2,
        "schooling": "none", "experience_years": None,
    }  # fmt: skip
    assert {name: one[name] for name in said} == said
    assert {name: other[name] for name in said if name not in ("posted", "poster")} == dict.fromkeys(
        said.keys() - {"posted", "poster"}
    )


def test_what_rule_packs_find_is_a_row_for_each_rule(engine: Engine, folder: Path) -> None:
    bait = finding("上海测试学校先就业后付款"), finding("百分百就业", rule="training.post-promised", basis=())
    known = {"division": "110105", "poster": "private", "company": "上海测试学校有限公司"}
    nameless = job_ad(2, company="", division=None)
    add(
        engine,
        checked_ad(job_ad(1, **known), mention(), findings=bait),
        checked_ad(nameless, findings=(finding("挂靠", pack="leasing", rule="leasing.word"),)),
    )
    version = built(engine, folder).folder
    (clue,) = json_rows(version, "clues")
    loan, promise = (row for row in json_rows(version, "findings") if row["pack"] == "training")
    assert (loan["rule"], loan["clause"], loan["basis"]) == ("training.loan", "［单位］先就业后付款", ["P2"])
    assert (promise["clause"], promise["basis"], promise["status"]) == ("百分百就业", None, "suspected")
    same = ("ad", "employer", "poster", "place", "week", "source", "edition", "rules_version")
    assert [loan[name] for name in same] == [clue[name] for name in same]
    (leasing,) = (row for row in json_rows(version, "findings") if row["pack"] == "leasing")
    assert [leasing[name] for name in ("employer", "poster", "division")] == [None] * 3
    assert list(problems(version)) == []


def test_csv_and_json_lines_say_the_same(engine: Engine, folder: Path) -> None:
    awkward = '须"持有",\r\n证;书'
    add(
        engine,
        violation(1, said={"quote": "证;书", "text": awkward}),
        *(violation(number, division="440305", source="b,1") for number in range(2, 9)),
        checked_ad(job_ad(9), findings=(finding(awkward, basis=()),)),
    )
    version = built(engine, folder).folder
    for table in TABLES:
        with (version / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [typed(table, row) for row in reader]
        assert reader.fieldnames == table.header
        assert rows == json_rows(version, table.name)
    assert awkward in [row["clause"] for row in json_rows(version, "clues")]


def test_the_same_state_gives_the_same_bytes(engine: Engine, folder: Path, tmp_path: Path) -> None:
    add(engine, *(violation(number) for number in range(30)))
    first, second = built(engine, folder), built(engine, tmp_path / "elsewhere")
    assert content(first.folder) == content(second.folder)


def test_the_order_of_arrival_does_not_matter(engine: Engine, folder: Path, tmp_path: Path) -> None:
    ads = [violation(number, company=f"公司{number}") for number in range(10)]
    add(engine, *ads)
    first = built(engine, folder)
    with fresh_store(tmp_path / "other") as other:
        add(other, *ads)
        add(other, *reversed(ads))
        assert content(built(other, tmp_path / "other").folder) == content(first.folder)


def test_nothing_new_changes_nothing(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    first = built(engine, folder)
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"}
    second = built(engine, folder)
    assert (second.version, second.new) == (first.version, False)
    after = {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if path.name != ".lock"}
    assert after.keys() == before.keys()
    assert {path for path in after if after[path] != before[path]} == {folder / "versions"}


def test_a_new_ad_makes_a_new_version_beside_the_old(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    first = built(engine, folder)
    kept = content(first.folder)
    add(engine, violation(2, observed_at=WEDNESDAY + timedelta(days=7)))
    second = built(engine, folder)
    assert second.version.startswith("2026-11-25-")
    assert latest(folder) == second.folder
    assert content(first.folder) == kept
    assert not [path for path in first.folder.iterdir() if path.stat().st_mode & 0o222]
    assert list(problems(first.folder)) == list(problems(second.folder)) == []


def test_a_person_s_verdict_is_published(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    with transaction(engine) as session:
        session.execute(update(Clue).values(human_verdict="confirmed"))
    assert [row["status"] for row in json_rows(built(engine, folder).folder, "clues")] == ["confirmed"]


def test_what_a_suspended_rule_found_is_not_published(engine: Engine, folder: Path) -> None:
    add(engine, violation(1, said={"rule": "required.listed"}), violation(2, company="第二测试有限公司"))
    key = RuleKey("required.must", "", "须")
    with transaction(engine) as session:
        change_rule(session, key, Decision(action="suspended", at=WEDNESDAY, by="孙主任", why="经抽查"))
    add(engine, violation(3, company="第三测试有限公司"))
    version = built(engine, folder).folder
    assert len(json_rows(version, "clues")) == 2
    verdicts = [(row["verdict"], row["verdict_violation"]) for row in json_rows(version, "ads")]
    assert sorted(verdicts) == [("for_review", 0), ("violation", 1), ("violation", 1)]


def test_a_long_clause_is_cut_around_the_credential(engine: Engine, folder: Path) -> None:
    add(
        engine,
        violation(1, said={"quote": "会计证", "text": f"{'甲' * 500}会计证{'乙' * 500}"}),
        violation(2, said={"quote": "会计证", "text": f"会计证{'乙' * 500}"}),
        violation(3, said={"quote": "会计证", "text": f"{'甲' * 500}会计证"}),
    )
    clauses = sorted(row["clause"] for row in json_rows(built(engine, folder).folder, "clues"))
    assert clauses == [
        f"…{'甲' * 150}会计证",
        f"…{'甲' * 150}会计证{'乙' * 145}…",
        f"会计证{'乙' * 295}…",
    ]


def test_an_empty_store_publishes_nothing(engine: Engine, folder: Path) -> None:
    with pytest.raises(NothingToPublish):
        built(engine, folder)
    assert latest(folder) is None
    assert list((folder / "versions").iterdir()) == []


def test_a_row_that_does_not_fit_stops_the_build(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    first = built(engine, folder)
    add(engine, violation(2))
    with transaction(engine) as session:
        session.execute(update(Clue).where(Clue.ad_id == violation(2).ad.ad_id).values(severity="purple"))
    with pytest.raises(RowError, match=r"clues: row [0-9a-f]{32}: field severity: 'purple' is none of red"):
        built(engine, folder)
    assert latest(folder) == first.folder
    assert [path.name for path in (folder / "versions").iterdir()] == [first.version]


def build_and_die(url: str, folder: str) -> None:
    """Ends before the manifest is written."""
    killed = partial(os.kill, os.getpid(), signal.SIGKILL)
    pytest.MonkeyPatch().setattr("reports.dataset.build.manifest_of", lambda *_: killed())
    built(connect(url), Path(folder))


def test_an_interrupted_build_leaves_latest_alone(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    first = built(engine, folder)
    add(engine, violation(2))
    url = engine.url.render_as_string(hide_password=False)
    assert end(start(build_and_die, url, folder)) == -signal.SIGKILL
    assert latest(folder) == first.folder
    assert (folder / "versions" / "draft.tmp").is_dir()
    second = built(engine, folder)
    assert second.rows["ads"] == 2
    assert sorted(path.name for path in (folder / "versions").iterdir()) == sorted(
        [first.version, second.version]
    )


def test_small_counts_are_left_empty(engine: Engine, folder: Path) -> None:
    add(
        engine,
        *(violation(number, division="110105") for number in range(4)),
        *(violation(number, division="440305") for number in range(10, 15)),
        *(checked_ad(job_ad(number, division="440303")) for number in range(20, 25)),
        *(violation(number, division="310115") for number in range(30, 33)),
        *(checked_ad(job_ad(number, division="310115")) for number in range(40, 50)),
    )
    rows = {row["province"]: row for row in json_rows(built(engine, folder).folder, "weekly")}
    names = ("ads", "ads_violation", "ads_advisory", "clues", "suppressed")
    assert {province: [row[name] for name in names] for province, row in rows.items()} == {
        "北京市": [None, None, None, None, True],
        "广东省": [10, 5, 0, 5, False],
        "上海市": [13, None, 0, None, True],
    }


def test_verify_finds_what_was_changed(engine: Engine, folder: Path, tmp_path: Path) -> None:
    add(engine, violation(1), violation(2))
    version = built(engine, folder).folder

    def found(change: Callable[[Path], object]) -> str:
        copy = tmp_path / "copy" / version.name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(version, copy)
        for path in copy.iterdir():
            path.chmod(0o644)
        change(copy)
        return "\n".join(problems(copy))

    def edit(name: str, old: str, new: str) -> Callable[[Path], object]:
        return lambda copy: (copy / name).write_text((copy / name).read_text().replace(old, new, 1))

    assert found(lambda _: None) == ""
    assert "README.md: is missing" in found(lambda copy: (copy / "README.md").unlink())
    assert "extra: is not in the manifest" in found(lambda copy: (copy / "extra").touch())
    assert "clues.jsonl: SHA-256 differs" in found(edit("clues.jsonl", "orange", "red"))
    assert "field severity: 'blue' is none of" in found(edit("clues.jsonl", "orange", "blue"))
    assert "clues.jsonl:1: differs from the same row" in found(edit("clues.csv", "orange", "red"))
    assert "differ in length" in found(lambda copy: (copy / "ads.csv").write_bytes(b"ad\r\n"))
    assert "does not follow from the files" in found(edit("manifest.json", '"sha256": "', '"sha256": "0'))
    assert "manifest.json: cannot be read" in found(lambda copy: (copy / "manifest.json").write_text("{"))


DANGEROUS = (
    "=1+1",
    "+86",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "　＝1",
)


def test_no_cell_of_the_spreadsheet_edition_is_a_formula(engine: Engine, folder: Path) -> None:
    add(
        engine,
        *(
            violation(number, said={"quote": "证", "text": f"{start}证", "name": f"{start}名"})
            for number, start in enumerate(DANGEROUS)
        ),
    )
    version = built(engine, folder).folder
    data = (version / "clues.excel.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines(keepends=True)))
    assert len(rows) == len(DANGEROUS)
    assert {row["clause"] for row in rows} == {f"'{start}证" for start in DANGEROUS}
    for row in rows:
        assert not [cell for cell in row.values() if cell.lstrip().startswith(tuple("=+-@＝＋－＠"))]
    assert {row["clause"] for row in json_rows(version, "clues")} == {f"{start}证" for start in DANGEROUS}


@pytest.mark.skipif(shutil.which("localc") is None, reason="LibreOffice Calc is not installed")
def test_libreoffice_reads_the_spreadsheet_edition_as_text(engine: Engine, folder: Path) -> None:
    add(engine, violation(1, said={"quote": "证", "text": "=1+1证"}))
    version = built(engine, folder).folder
    subprocess.run(
        ["localc", "--headless", "--convert-to", "fods", "--outdir", str(folder), "clues.excel.csv"],
        cwd=version, check=True, timeout=120, capture_output=True, env=os.environ | {"HOME": str(folder)},
    )  # fmt: skip
    sheet = (folder / "clues.excel.fods").read_text("utf-8")
    assert "table:formula" not in sheet
    assert "'=1+1证" in sheet


def test_memory_does_not_grow_with_the_rows(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small batches, so that a few hundred rows already fill as many as a large store would.
    monkeypatch.setattr(release, "BATCH", 50)
    peaks = []
    for first, count in ((0, 400), (10_000, 1_600)):
        add(engine, *(violation(first + number) for number in range(count)))
        tracemalloc.start()
        built(engine, folder)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
