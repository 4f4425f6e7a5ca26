"""`qingdan intake report`, `intake reports` and `crawl reported`, from a terminal."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli.crawl import command as crawl
from cli.intake import command as intake
from cli.wiring import open_database
from crawlers.public.desk import Receipts
from crawlers.public.objection import take_objection
from store.access_models import Read
from store.database import snapshot
from store.objections import contact_of
from store.public_report_models import ReportAction
from store.seal import opened
from tests.crawlers.serving import Answer, collected, serving
from tests.factory import WEDNESDAY
from tests.recorded import migrated

TEXT = "招聘会计一名，须持有会计从业资格证\x1b[31m，电话13812345678"


@pytest.fixture(autouse=True)
def _store(home: Path) -> None:
    (home / "qingdan.db").write_bytes(migrated())


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(intake, words, input=stdin)


def reported(*words: str, stdin: str = "") -> str:
    done = run("report", *words, stdin=stdin)
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def actions() -> list[tuple[str, str, str]]:
    engine = open_database()
    with snapshot(engine) as session:
        found = session.scalars(select(ReportAction).order_by(ReportAction.at))
        return [(row.action, row.actor, row.why) for row in found]


def reads() -> list[tuple[str, str, str]]:
    engine = open_database()
    with snapshot(engine) as session:
        found = session.scalars(select(Read).order_by(Read.number))
        return [(row.subject, row.actor, row.why) for row in found]


def test_a_text_is_taken_in_and_shown_as_text(tmp_path: Path) -> None:
    receipt = reported("-", "--employer", "某公司", "--note", "来电13912345678", stdin=TEXT)
    assert re.fullmatch(r"JB(-[2-9A-HJ-NP-Z]{4}){4}", receipt)
    (ad,) = collected()
    assert (ad.company, ad.source_kind) == ("某公司", "report")
    copy = tmp_path / "ad.txt"
    copy.write_text(TEXT, encoding="utf-8")
    again = run("report", str(copy), "--employer", "某公司")
    assert "the same was reported before" in again.stderr
    listed = run("reports").output
    assert f"{receipt}  " in listed
    assert "此前已有相同线索，已合并（已收录，待判读）  共 2 次" in listed
    shown = run("reports", "show", receipt).output
    assert "渠道 工作人员录入" in shown
    assert "说明 来电***********" in shown
    assert "[U+001B]" in shown
    assert "\x1b" not in shown + listed
    assert "13812345678" not in shown + listed


def test_who_looks_at_a_contact_leaves_his_name() -> None:
    receipt = reported("-", "--contact", "王某 13712345678", stdin=TEXT)
    assert "13712345678" not in run("reports").output + run("reports", "show", receipt).output
    told = run("reports", "contact", receipt, "--by", "李某", "--why", "回访").stdout
    assert told == "王某 13712345678\n"
    assert reads() == [(receipt, "李某", "回访")]
    other = reported("-", stdin="另一则招聘广告")
    assert "no contact" in run("reports", "contact", other, "--by", "李某", "--why", "回访").stdout


def test_contacts_get_a_new_key_and_a_report_comes_in_without_one(home: Path) -> None:
    def contact(of: str) -> Result:
        return run("reports", "contact", of, "--by", "李某", "--why", "回访")

    receipt = reported("-", "--contact", "王某 13712345678", stdin=TEXT)
    before = (home / "contact.keys").read_text()
    changed = run("reports", "new-key")
    assert changed.stdout == "1 contacts and secrets are encrypted with the newest key\n"
    assert (home / "contact.keys").read_text().split()[1:] == before.split()
    assert contact(receipt).stdout == "王某 13712345678\n"
    (home / "contact.keys").chmod(0o644)
    other = reported("-", "--contact", "张某", stdin="另一则招聘广告")
    assert len(collected()) == 2
    assert contact(other).stdout.startswith("no contact")
    assert contact(receipt).exit_code == 1
    assert reads()[-1] == (receipt, "李某", "回访")  # who tries leaves his name too
    assert run("reports", "new-key").exit_code == 1


def test_contacts_of_objections_get_a_new_key_too() -> None:
    engine = open_database()
    fields = {"about": "QD", "organisation": "某公司", "reasons": "不属实", "contact": "陈某"}
    take_objection(engine, Receipts(lambda: "YY-1", 90), fields, WEDNESDAY)
    with snapshot(engine) as session:
        before = contact_of(session, 1)
    assert run("reports", "new-key").stdout.startswith("1 contacts and secrets")
    with snapshot(engine) as session:
        after = contact_of(session, 1)
    engine.dispose()
    assert after != before
    assert opened(before) == opened(after) == "陈某"


def test_a_page_that_holds_no_ad_is_for_people() -> None:
    with serving({"/7": Answer("<p>招聘电工，须持电工证</p>".encode())}) as site:
        receipt = reported(f"{site.base}/7")
        assert "已收到，待处理" in run("reports").output
        fetched = CliRunner().invoke(crawl, ["reported", "--base-url", site.base])
        assert fetched.exit_code == 1
        assert "no page held a posting" in fetched.output
    assert receipt in run("reports", "--open").output
    assert "| 招聘电工，须持电工证" in run("reports", "show", receipt).output
    who = ("--by", "李某", "--why", "抄自网页")
    done = run("reports", "admit", receipt, "-", "--title", "电工", *who, stdin="招聘电工，须持电工证")
    assert done.exit_code == 0, done.output
    (ad,) = collected()
    assert (ad.title, ad.url) == ("电工", f"{site.base}/7")
    assert "已收录，待判读" in run("reports").output
    assert run("reports", "--open").output == "no reports\n"
    assert actions() == [("admitted", "李某", "抄自网页")]


def test_a_person_ends_a_report_or_has_its_page_asked_for_again() -> None:
    receipt = reported("http://127.0.0.1:1/7")
    assert "not on the public web" in CliRunner().invoke(crawl, ["reported"]).output
    assert "页面无法抓取" in run("reports").output
    who = ("--by", "李某", "--why", "x")
    assert run("reports", "retry", receipt, *who).exit_code == 0
    assert "已收到，待处理" in run("reports").output
    assert run("reports", "dismiss", receipt, *who).exit_code == 0
    assert "已办结" in run("reports").output
    assert [action for action, _, _ in actions()] == ["retried", "dismissed"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("report", "nowhere.txt"), "neither an address nor a file"),
        (("report", "-"), "either url or text is expected"),
        (("report", "http://"), "url: "),
        (("reports", "show", "JB-1"), "no report 'JB-1'"),
        (("reports", "retry", "JB-1", "--by", "李某", "--why", "x"), "no report 'JB-1'"),
    ],
)
def test_wrong_use_is_named(words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert done.exit_code == 2
    assert told in done.output


def test_a_text_has_no_page_to_ask_for() -> None:
    receipt = reported("-", stdin=TEXT)
    who = ("--by", "李某", "--why", "x")
    assert run("reports", "retry", receipt, *who).exit_code == 2
    assert run("reports", "admit", receipt, "-", *who, stdin=TEXT).exit_code == 2
    assert actions() == []
