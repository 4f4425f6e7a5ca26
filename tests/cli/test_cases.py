from datetime import date, timedelta
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from cli.cases import command
from cli.wiring import open_database
from store.database import snapshot, transaction
from store.intake import remember
from store.models import Clue
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention
from tests.postings import LONG, reworded
from tests.recorded import add, baited


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
        f"线索 {clue_id()[:12]}",
        "建议表述 熟悉会计实务",
        "系统  立为疑似案件",
    ):
        assert words in shown.output
    assert (home / "qingdan.db").exists()


def clue_id() -> str:
    with snapshot(open_database()) as session:
        return session.scalars(select(Clue.id)).one()


def test_a_clue_tells_its_dates_apart_and_for_whom_its_poster_hires(home: Path) -> None:
    assert home.is_dir()
    ad = job_ad(valid_through=date(2026, 11, 20), acting_for="青禾纺织有限公司")
    engine = open_database()
    add(engine, checked_ad(ad, mention()))
    with transaction(engine) as session:
        remember(session, [ad.model_copy(update={"observed_at": WEDNESDAY + timedelta(days=1)})])
    shown = CliRunner().invoke(command, ["show", "QD-310000-2026-000001"]).output
    assert "标注发布日期 2026-11-16" in shown
    assert "首次发现 2026-11-18，最近见到 2026-11-19，标注截止日期 2026-11-20" in shown
    assert "招聘信息写明的用工单位 青禾纺织有限公司" in shown


def test_a_case_shows_re_posts_and_what_makes_them_one_posting(home: Path) -> None:
    assert home.is_dir()
    copy = job_ad(2, text=reworded(1), source="other-board", url="https://o.example/2", title="会计（急聘）")
    add(open_database(), checked_ad(job_ad(1, text=LONG), mention()), checked_ad(copy))
    shown = CliRunner().invoke(command, ["show", "QD-310000-2026-000001"]).output
    assert "重复发布 1：同一招聘共发布 2 次" in shown
    assert "单位 上海测试有限公司；岗位 会计；地区 上海市；文字重合 85% 以上" in shown
    assert "board  会计  与首次重合 100%  本案线索" in shown
    assert "other-board  会计（急聘）  与首次重合 9" in shown
    assert "无本案线索  https://o.example/2" in shown


def test_an_unknown_number_is_trouble_not_a_traceback(home: Path) -> None:
    assert home.is_dir()
    result = CliRunner().invoke(command, ["show", "QD-1"])
    assert result.exit_code == 1
    assert "no case QD-1" in result.output


def test_an_empty_list_says_what_to_do(home: Path) -> None:
    assert home.is_dir()
    assert "qingdan run --until-idle" in CliRunner().invoke(command, ["list"]).output


def test_a_long_list_says_that_there_is_more(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(n, company=f"单位{n}"), mention()) for n in range(3)])
    engine.dispose()
    cut = CliRunner().invoke(command, ["list", "--limit", "2"])
    assert len(cut.stdout.splitlines()) == 2
    assert "there may be more: --limit" in cut.stderr
    assert not CliRunner().invoke(command, ["list"]).stderr


def test_a_cancelled_paper_is_cited_with_the_document_that_ended_it(home: Path) -> None:
    assert home.is_dir()
    add(
        open_database(), checked_ad(job_ad(), mention(basis=("P1", "cancelled"), ended_by="国发〔2016〕35号"))
    )
    shown = CliRunner().invoke(command, ["show", "QD-310000-2026-000001"])
    assert "依据 P1；国发〔2016〕35号\n" in shown.output


def test_hints_are_listed_for_the_bureau_whose_area_they_lie_in(home: Path) -> None:
    assert home.is_dir()
    promise = finding("百分百\x1b就业", start=10, rule="training.post-promised")
    add(
        open_database(),
        checked_ad(job_ad(1, company="甲学校"), findings=(finding(), promise)),
        baited(2, company="", division="110105", url="https://board.example/2"),
        baited(3, division=None),
    )
    shanghai = CliRunner().invoke(command, ["hints", "--bureau", "310000"]).stdout
    assert "疑似培训招生（招转培）  甲学校  上海市" in shanghai
    assert "“先就业后付款”\n  “百分百[U+001B]就业”" in shanghai
    assert "board.example" not in shanghai
    assert CliRunner().invoke(command, ["hints"]).stdout.count("疑似培训招生") == 3
    cut = CliRunner().invoke(command, ["hints", "--limit", "1"])
    assert cut.stdout.count("疑似培训招生") == 1
    assert "there may be more: --limit" in cut.stderr
    assert (
        CliRunner().invoke(command, ["hints", "--bureau", "440300"]).stdout == "no hints of bureau 440300\n"
    )


def test_a_bureau_that_does_not_exist_is_wrong_use(home: Path) -> None:
    assert home.is_dir()
    result = CliRunner().invoke(command, ["list", "--bureau", "999999"])
    assert result.exit_code == 2
    assert "no bureau of config/bureaus.csv" in result.stderr


def test_hidden_characters_of_an_ad_reach_no_terminal(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(company="某\x1b[31m公司\n"), mention())])
    engine.dispose()
    for arguments in (["list"], ["show", "QD-310000-2026-000001"]):
        shown = CliRunner().invoke(command, arguments).output
        assert "\x1b" not in shown
        assert "公司" in shown
