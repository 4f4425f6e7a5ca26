import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result

from cli.catalogue import command
from cli.wiring import open_database
from config.settings import settings
from config.tables import DATA
from store.curation import Choice, Decision, decide
from store.database import transaction
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention


def catalogue(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rules, in use."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "*.csv")
    folder = Path(shutil.copytree(DATA, tmp_path / "rules", ignore=ignored))
    monkeypatch.setenv("QINGDAN_RULES", str(folder))
    settings.cache_clear()
    yield folder
    settings.cache_clear()


def test_lookup_explains_in_chinese() -> None:
    done = catalogue("lookup", "教师资格证", "--on", "2024-06-01")
    assert done.exit_code == 0
    for part in (
        "教师资格",
        "准入类",
        "可以作为录用条件",
        "教育部",
        "教师法",
        "沿革",
        "2021-11-23起",
        "出处",
    ):
        assert part in done.stdout


def test_lookup_marks_what_was_not_verified() -> None:
    text = catalogue("lookup", "保安员证", "--on", "2024-06-01").stdout
    assert "〔待核〕" in text
    assert "拟依法调整为准入类" in text


def test_lookup_answers_with_the_date() -> None:
    texts = [
        catalogue("lookup", "会计从业资格证", "--on", day).stdout
        for day in ("2016-06-01", "2017-10-01", "2018-01-01")
    ]
    assert "该日期尚无国家职业资格目录，不作判断" in texts[0]
    assert "性质：准入类" in texts[1]
    assert "不得作为录用条件" in texts[2]


def test_lookup_as_json_has_every_meaning() -> None:
    answer = json.loads(catalogue("lookup", "电工证", "--on", "2024-06-01", "--json").stdout)
    assert answer["on"] == "2024-06-01"
    assert len(answer["meanings"]) == 4
    assert [each["default"] for each in answer["meanings"]] == [True, False, False, False]


def test_an_unknown_name_brings_those_that_are_like_it() -> None:
    done = catalogue("lookup", "飞天证")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "'飞天证' is not in the data; try another name" in done.stderr
    assert "did you mean 护士执业资格" in catalogue("lookup", "护士").stderr
    assert json.loads(catalogue("lookup", "护士", "--json").stdout)["near"][0] == "护士执业资格"


def test_list_show_and_diff() -> None:
    assert [line.split("\t")[0] for line in catalogue("list").stdout.splitlines()] == [
        "before-2017", "2017", "2017-139", "2020-exit-1", "2020-exit-2", "2021",
    ]  # fmt: skip
    assert len(catalogue("show", "2017").stdout.splitlines()) == 141
    assert "企业人力资源管理师" in catalogue("show", "2019-01-01", "--item", "72").stdout
    assert "退出" in catalogue("diff", "2017", "2018-01-01").stdout
    changes = json.loads(catalogue("diff", "2020-exit-2", "2021", "--json").stdout)["changes"]
    assert sum(change["change"] == "entered" for change in changes) == 7


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("show", "2022"), 2, "neither a state of the catalogue"),
        (("show", "2021", "--item", "99"), 1, "2021 has no item 99"),
        (("diff", "2021", "2017"), 2, "2017 came before 2021"),
        (("lookup", "PMP", "--on", "soon"), 2, "does not match the format"),
    ],
)
def test_wrong_use_is_said(arguments: tuple[str, ...], status: int, message: str) -> None:
    done = catalogue(*arguments)
    assert done.exit_code == status
    assert message in done.stderr


def test_lint_says_when_all_is_well() -> None:
    done = catalogue("lint")
    assert (done.exit_code, done.stdout) == (0, "no problems\n")


def test_lint_of_a_folder_names_each_problem(rules: Path) -> None:
    with (rules / "catalogue" / "aliases.tsv").open("a", encoding="utf-8") as file:
        file.write("茶艺师证优先\tP01\tname\town\n")
    done = catalogue("lint", "--rules", str(rules))
    assert done.exit_code == 1
    assert "aliases.tsv, line " in done.stderr
    assert "1 problems" in done.stdout
    (problem,) = json.loads(catalogue("lint", "--json").stdout)["problems"]
    assert (problem["file"], problem["field"]) == ("aliases.tsv", "alias")


def test_lint_finds_a_pattern_that_no_reader_can_be_built_of(rules: Path) -> None:
    path = rules / "cues.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("pattern: '", "pattern: '(", 1), encoding="utf-8")
    done = catalogue("lint")
    assert done.exit_code == 1
    assert "no reader can be built" in done.stderr


def test_data_that_cannot_be_used_end_a_command_with_their_problems(rules: Path) -> None:
    path = rules / "catalogue" / "edition-2021.tsv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\tlicensing\t", "\tlicencing\t", 1), encoding="utf-8")
    for arguments in (("lookup", "PMP"), ("list",), ("curation",)):
        done = catalogue(*arguments)
        assert done.exit_code == 1
        assert "edition-2021.tsv, line 2: class" in done.stderr


def test_curation_lists_the_open_questions_in_chinese() -> None:
    assert "保安员" in catalogue("curation").stdout
    questions = json.loads(catalogue("curation", "--json").stdout)["questions"]
    assert all(each["question"] and each["sources"] for each in questions)


def test_curation_lists_the_credentials_that_nobody_has_listed(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    with transaction(engine) as session:
        named = mention(name="某某新师证", qualification=None, kind="other")
        learnt = mention(name="教师资格证", qualification=None, kind="other")
        record(session, [checked_ad(job_ad(1), named), checked_ad(job_ad(2), named, learnt)])
    done = catalogue("curation", "--unknown")
    assert done.stdout.startswith("2\t某某新师证\t")
    assert "教师资格证" not in done.stdout
    (row,) = json.loads(catalogue("curation", "--unknown", "--json").stdout)["unknown"]
    assert (row["name"], row["ads"], len(row["examples"])) == ("某某新师证", 2, 2)


def test_an_empty_tray_says_so(home: Path) -> None:
    assert home.is_dir()
    assert "no unknown credentials" in catalogue("curation", "--unknown").stderr


def test_decisions_about_names_are_adopted_into_a_copy_and_never_into_what_is_in_use(
    home: Path, rules: Path, tmp_path: Path
) -> None:
    assert home.is_dir()
    choices = {"甲类园丁教书证": "alias", "某某新师证": "row", "某某培训班": "ignore"}
    with transaction(open_database()) as session:
        for name, choice in choices.items():
            row = "P01" if choice == "alias" else ""
            found = Decision(
                name=name,
                choice=cast("Choice", choice),
                qualification=row,
                by="王初核",
                at=WEDNESDAY,
                why="见广告",
            )
            decide(session, found)
    copy = Path(shutil.copytree(rules, tmp_path / "next"))
    done = catalogue("curation", "--adopt", str(copy))
    assert done.exit_code == 0, done.output
    assert "+ 甲类园丁教书证\tP01\tname\tads" in done.stdout
    assert "1 aliases, 1 questions" in done.stderr
    assert "某某培训班" not in done.stdout
    assert catalogue("lookup", "甲类园丁教书证").exit_code == 1
    refused = catalogue("curation", "--adopt", str(rules))
    assert (refused.exit_code, "is in use" in refused.stderr) == (2, True)
