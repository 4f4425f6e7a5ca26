"""Working cases from a terminal."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import casework
from cli.cases import command
from cli.wiring import open_database
from config.clock import now_in_china
from tests.corrected import correct
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

NUMBER = "QD-310000-2026-000001"


@pytest.fixture
def on_wednesday(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    engine = open_database()
    add(engine, violation(1))
    engine.dispose()
    monkeypatch.setattr(casework, "now_in_china", lambda: WEDNESDAY)


def cases(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.mark.usefixtures("on_wednesday")
def test_a_case_is_worked_and_shows_its_history() -> None:
    offered = cases("next", NUMBER)
    assert "confirm    初核确认" in offered.stdout
    assert "sign" not in offered.stdout
    done = cases("act", NUMBER, "confirm", "--by", "王初核", "--why", "原文确有此要求")
    assert done.stdout == f"{NUMBER}  初核通过待复核  复核限 2026-11-20 前\n"
    shown = cases("show", NUMBER).stdout
    assert "初核通过待复核" in shown
    assert "王初核  初核确认  原文确有此要求" in shown
    assert cases("overdue").exit_code == 0


@pytest.mark.usefixtures("on_wednesday")
def test_a_refusal_names_every_reason_and_is_status_1() -> None:
    refused = cases("act", NUMBER, "verify", "--by", "张承办", "--why", "开始", "--outcome", "lawful")
    assert refused.exit_code == 1
    assert "status: verify is for signed; the case is suspected" in refused.stderr
    assert "inspectors: verify needs it" in refused.stderr
    assert "outcome: verify does not ask for it" in refused.stderr
    assert cases("act", "QD-1", "confirm", "--by", "甲", "--why", "乙").exit_code == 1
    assert cases("next", "QD-1").exit_code == 1


@pytest.mark.usefixtures("on_wednesday")
def test_what_is_overdue_is_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    cases("act", NUMBER, "confirm", "--by", "王初核", "--why", "属实")
    monkeypatch.setattr(casework, "now_in_china", lambda: WEDNESDAY.replace(day=23))
    late = cases("overdue")
    assert (late.exit_code, late.stdout) == (1, f"{NUMBER}  复核  已于 2026-11-20 到期\n")


@pytest.mark.usefixtures("on_wednesday")
def test_the_audit_chain_is_sealed_and_verified() -> None:
    cases("act", NUMBER, "confirm", "--by", "王初核", "--why", "属实")
    assert "1 links" in cases("verify-audit").stdout
    sealed = cases("seal")
    assert sealed.stdout.startswith("sealed 2 events; the chain ends with 3:")
    printed = sealed.stdout.split()[-1]
    held = cases("verify-audit", "--printed", printed)
    assert held.exit_code == 0
    assert "0 events are not sealed yet" in held.stdout
    forged = cases("verify-audit", "--printed", "3:" + "0" * 64)
    assert forged.exit_code == 1
    assert "link 3: printed as" in forged.stderr
    assert cases("verify-audit", "--printed", "three").exit_code == 2


@pytest.mark.usefixtures("on_wednesday")
def test_what_comes_after_a_judgement_is_shown() -> None:
    cases("act", NUMBER, "dismiss", "--by", "王初核", "--why", "系误读")
    assert cases("list", "--added").stdout == "no cases with added clues\n"
    engine = open_database()
    add(engine, violation(2, observed_at=WEDNESDAY + timedelta(days=1)))
    engine.dispose()
    for command_ in (["list"], ["list", "--added"], ["show", NUMBER], ["next", NUMBER]):
        assert "新增 1 条（曾判定为误报）" in cases(*command_).stdout
    cases("act", NUMBER, "reopen", "--by", "王初核", "--why", "又有新的")
    for name in ("confirm", "dispatch", "sign"):
        cases("act", NUMBER, name, "--by", "王初核", "--why", "属实")
        cases("act", NUMBER, "approve", "--by", "李复核", "--why", "属实")
    cases("act", NUMBER, "transfer", "--by", "张承办", "--why", "移送", "--recipient", "教育局")
    engine = open_database()
    add(engine, violation(3, observed_at=WEDNESDAY + timedelta(days=2)))
    engine.dispose()
    after = "QD-310000-2026-000002"
    assert f"后案 {after}" in cases("show", NUMBER).stdout
    for command_ in (["list"], ["show", after], ["next", after]):
        assert f"复发（前案 {NUMBER}）" in cases(*command_).stdout


def test_what_is_due_is_looked_at_again_once(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    add(engine, violation(1))
    correct(engine, now_in_china() - timedelta(days=7))
    engine.dispose()
    done = cases("recheck")
    assert (done.stdout, done.exit_code) == ("1 ads concluded without asking for a page\n", 0)
    assert cases("recheck").stdout == "0 ads concluded without asking for a page\n"
    shown = cases("show", NUMBER).stdout
    assert "  回头看 第7日  须人工查看（待人工处理）  没有网址\n" in shown
    assert "  回头看 第90日  待回头看，下次 " in shown
    assert "系统  回头看  整改后第7日：须人工查看（没有网址）（整改后日数 7；广告 " in shown
