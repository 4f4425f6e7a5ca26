from pathlib import Path

from click.testing import CliRunner

from cli.cases import command
from cli.wiring import open_database
from store.database import transaction
from store.recording import record
from tests.factory import checked_ad, job_ad, mention


def test_an_inspector_finds_a_case_and_reads_its_evidence(home: Path) -> None:
    engine = open_database()
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(), mention(suggestion="熟悉会计实务"))])
    engine.dispose()
    listed = CliRunner().invoke(command, ["list"])
    assert "QD-310000-2026-000001  橙  疑似线索  会计从业资格  1 条  上海测试有限公司" in listed.output
    shown = CliRunner().invoke(command, ["show", "QD-310000-2026-000001"])
    assert shown.exit_code == 0
    for words in (
        "“须持有会计从业资格证”",
        "规则 required.must",
        "依据 P1",
        "建议表述 熟悉会计实务",
        "opened",
    ):
        assert words in shown.output
    assert (home / "qingdan.db").exists()


def test_an_unknown_number_is_trouble_not_a_traceback(home: Path) -> None:
    assert home.is_dir()
    result = CliRunner().invoke(command, ["show", "QD-1"])
    assert result.exit_code == 1
    assert "no case QD-1" in result.output


def test_an_empty_list_says_what_to_do(home: Path) -> None:
    assert home.is_dir()
    assert "qingdan run --until-idle" in CliRunner().invoke(command, ["list"]).output
