"""What decisions say about rules, from a terminal; and that the report and doctor tell of a suspension."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.cases import command as cases
from cli.doctor import command as doctor
from cli.rules import command
from cli.wiring import open_database
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

RULE = "required.must/delisted/须"
SAID = {"row": "delisted"}
WHO = ("--by", "孙主任", "--why", "经抽查")


@pytest.fixture(autouse=True)
def one_case(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    add(engine, violation(1, said=SAID))
    engine.dispose()


def rules(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def case(number: int, *arguments: str) -> Result:
    name, *rest = arguments
    return CliRunner().invoke(cases, [name, f"QD-310000-2026-{number:06d}", *rest])


def test_nothing_is_told_before_anybody_decides() -> None:
    assert rules("list").stdout == "nobody has decided about a clue yet; see: qingdan cases next\n"
    assert rules("labels").stdout == ""


def test_a_decision_is_counted_by_rule_and_written_as_a_label() -> None:
    case(1, "act", "dismiss", "--by", "王初核", "--why", "并非要求")
    told = "已决定案件 1 件，确认 0 件  精确率 0.0%（95% 区间 0.0%—79.3%）"
    assert rules("list").stdout == f"{RULE}  {told}  下限 80%  使用中（少于 10 件，不作判断）\n"
    assert rules("list", "--by-version").stdout == f"{RULE}  规则版本 r1  {told}\n"
    (label,) = (json.loads(line) for line in rules("labels").stdout.splitlines())
    assert label["mentions"][0]["verdict"] == "false_alarm"


def test_a_person_suspends_a_rule_and_lifts_it_again() -> None:
    assert rules("suspend", RULE, *WHO).stdout == f"{RULE}  停用\n"
    engine = open_database()
    add(engine, violation(2, said=SAID, company="第二测试有限公司", observed_at=WEDNESDAY))
    engine.dispose()
    assert "停用" in rules("list").stdout
    assert "待人工复核" in CliRunner().invoke(cases, ["list"]).stdout
    assert "〔待人工复核〕“" in case(2, "show").stdout
    assert f"ok   rule suspended: {RULE}" in CliRunner().invoke(doctor).stdout
    assert rules("lift", RULE, *WHO).exit_code == 0
    assert "规则恢复，线索计入" in case(2, "show").stdout
    assert [line.split("  ")[2] for line in rules("history").stdout.splitlines()] == ["停用", "恢复"]


@pytest.mark.parametrize(
    ("rule", "status", "told"),
    [
        ("required.must", 2, "is no rule; write it as `qingdan rules list` does"),
        (RULE, 1, f"{RULE} is not suspended"),
        ("no.such/rule/", 1, "no clue rests on a rule no.such/rule/"),
    ],
)
def test_what_cannot_be_lifted_is_named(rule: str, status: int, told: str) -> None:
    refused = rules("lift", rule, *WHO)
    assert (refused.exit_code, told in refused.stderr) == (status, True)
