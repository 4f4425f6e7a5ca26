import os
import signal
import tracemalloc
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from events.types import Pay, Terms
from reports.dataset.build import NothingToPublish
from reports.dataset.fields import RowError
from reports.dataset.folders import Folders
from reports.dataset.verify import problems
from reports.dataset.versions import release as release_version
from store import release
from store.database import connect, transaction
from store.feedback import Decision, RuleKey, change_rule
from store.intake import remember
from store.models import Clue
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention
from tests.processes import end, start
from tests.recorded import add, fresh_store, violation
from tests.reports.dataset.making import LATER, built, content, json_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "dataset"


def test_a_version_holds_what_the_store_says(engine: Engine, folder: Path) -> None:
    add(
        engine,
        checked_ad(job_ad(1, division="110105", poster="private"), mention(ended_by="国发〔2016〕35号")),
        checked_ad(job_ad(2, company="", division=None, posted=None)),
    )
    made = built(engine, folder)
    periods = made.rows.pop("qualifications")
    assert (made.new, made.rows) == (
        True,
        {"ads": 2, "clues": 1, "findings": 0, "weekly": 2, "weekly_occupations": 1, "weekly_sources": 1},
    )
    law = json_rows(made.folder, "qualifications")
    assert len(law) == periods
    told = [(row["since"], row["until"], row["kind"]) for row in law if row["name"] == "会计从业资格"]
    assert told == [
        (None, "2017-09-11", "licensing"),
        ("2017-09-12", "2017-11-04", "licensing"),
        ("2017-11-05", None, "delisted"),
    ]
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
    before = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    second = built(engine, folder)
    assert (second.version, second.new, second.folder) == (first.version, False, first.folder)
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before
    assert not folder.exists()


def test_a_new_ad_makes_a_new_version_beside_the_old(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    first = built(engine, folder)
    kept = content(first.folder)
    add(engine, violation(2, observed_at=WEDNESDAY + timedelta(days=7)))
    second = built(engine, folder)
    assert second.version.startswith("2026-11-25-")
    assert Folders(folder).waiting() == [first.folder, second.folder]
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
    assert Folders(folder).waiting() == []


def test_a_row_that_does_not_fit_stops_the_build(engine: Engine, folder: Path) -> None:
    add(engine, violation(1))
    first = built(engine, folder)
    add(engine, violation(2))
    with transaction(engine) as session:
        session.execute(update(Clue).where(Clue.ad_id == violation(2).ad.ad_id).values(severity="purple"))
    with pytest.raises(RowError, match=r"clues: row [0-9a-f]{32}: field severity: 'purple' is none of red"):
        built(engine, folder)
    assert Folders(folder).waiting() == [first.folder]


def build_and_die(url: str, folder: str, where: str) -> None:
    """Ends where that step would begin."""
    killed = partial(os.kill, os.getpid(), signal.SIGKILL)
    pytest.MonkeyPatch().setattr(where, lambda *_, **__: killed())
    built(connect(url), Path(folder))


@pytest.mark.parametrize(
    "where",
    [
        "reports.dataset.rows.clue_row",
        "reports.dataset.build.derive",
        "reports.dataset.describe.write_manifest",
        "reports.dataset.build._keep",
    ],
)
def test_an_interrupted_build_leaves_nothing_that_could_be_released(
    engine: Engine, folder: Path, where: str
) -> None:
    add(engine, violation(1))
    released = release_version(Folders(folder), built(engine, folder).version, LATER).folder
    add(engine, violation(3))
    first = built(engine, folder)
    add(engine, violation(2))
    url = engine.url.render_as_string(hide_password=False)
    assert end(start(build_and_die, url, folder, where)) == -signal.SIGKILL
    assert Folders(folder).latest() == released
    assert (Folders(folder).drafts / "draft.tmp").is_dir()
    assert Folders(folder).waiting() == [first.folder]
    second = built(engine, folder)
    assert second.rows["ads"] == 3
    assert sorted(Folders(folder).waiting()) == sorted([first.folder, second.folder])
    assert not (Folders(folder).drafts / "draft.tmp").exists()


def test_memory_does_not_grow_with_the_rows(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small batches, so that a few hundred rows already fill as many as a large store would.
    monkeypatch.setattr(release, "BATCH", 20)
    peaks = []
    for first, count in ((0, 150), (10_000, 600)):
        add(engine, *(violation(first + number) for number in range(count)))
        tracemalloc.start()
        built(engine, folder)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
