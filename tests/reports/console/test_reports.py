"""The page of issued reports: what was issued, byte by byte, and nothing that was changed after it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from config.weeks import Week
from reports.weekly.issue import Signing, issue
from reports.weekly.publish import Order
from store.database import snapshot, transaction
from store.issued import file_bytes, file_lines
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.console.conftest import LogIn

ORDER = Order(period=Week.of(WEDNESDAY), bureau="310000")
MONDAY = ORDER.period.end + timedelta(hours=8)
NUMBER = "310000-2026-W47-N-1"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A report on one case of Shanghai, and its correction."""
    add(engine, violation(1))
    issue(engine, ORDER, Signing(by="machine", at=MONDAY))
    issue(engine, ORDER, Signing(by="张处长", at=MONDAY + timedelta(hours=1), reason="漏计一家<b>单位"))
    return engine


def test_reports_are_listed_with_who_issued_them_and_what_they_correct(log_in: LogIn) -> None:
    words = log_in(bureau="310000").get("/reports").words
    second, first = words.index(f"{NUMBER[:-1]}2"), words.rindex(f"{NUMBER}2026 年第 47 周")
    assert second < first
    assert f"内部版，更正 {NUMBER}：漏计一家<b>单位2026-11-23 09:00 张处长" in words
    assert "2026-11-23 08:00 系统" in words[first:]


def test_a_file_is_handed_out_as_it_was_issued(log_in: LogIn, engine: Engine) -> None:
    browser = log_in(bureau="310000")
    answer = browser.get(f"/reports/{NUMBER}/weekly-internal.html")
    with snapshot(engine) as session:
        (line,) = file_lines(session, NUMBER)
        assert answer.body == file_bytes(session, line)
    assert answer.headers["content-disposition"] == f'attachment; filename="{NUMBER}.html"'
    assert browser.get(f"/reports/{NUMBER}/weekly-public.html").status == 404


def test_a_file_that_was_changed_in_the_database_is_handed_to_nobody(log_in: LogIn, engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(text("DROP TRIGGER issued_files_no_UPDATE"))
        session.execute(text("UPDATE issued_files SET content = X'00'"))
    answer = log_in(bureau="310000").get(f"/reports/{NUMBER}/weekly-internal.html")
    assert (answer.status, "已损坏" in answer.words) == (500, True)
