"""The list that a platform filled in, uploaded on the console, and kept as it came."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from urllib.request import Request

import openpyxl
import pytest
from selenium.webdriver import Chrome
from sqlalchemy import Engine

from reports.console.gate import LARGEST_FILE
from reports.notice.issue import kept_files
from store.database import snapshot
from store.notice_replies import latest
from tests.accessibility import faults
from tests.browser import another_page
from tests.factory import Clock
from tests.noticed import NUMBER, approved, issued
from tests.reports.console.browsing import Browser
from tests.reports.console.conftest import LogIn
from tests.reports.console.test_accessibility import look_as

PAGE = f"/notices/{NUMBER}"
LIST = f"{PAGE}/list"
SAID = {"处置结果": "已删除", "处置日期": "2026-11-18", "经办人": "王合规"}


@pytest.fixture
def officer(log_in: LogIn, engine: Engine) -> Browser:
    """Looks at a notice on three ads."""
    approved(engine, 1, 2, 3)
    issued(engine)
    browser = log_in("赵承办", "officer", "330000")
    assert "上传平台填回的清单" in browser.get(PAGE).words
    return browser


def filled(engine: Engine, said: dict[int, dict[str, str]]) -> bytes:
    """The list as CSV, with what is said of each item."""
    rows = list(csv.DictReader(kept_files(engine, NUMBER)["list.csv"].decode("utf-8-sig").splitlines()))
    text = StringIO()
    lines = csv.DictWriter(text, list(rows[0]))
    lines.writeheader()
    lines.writerows(row | said.get(int(row["序号"]), {}) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def answers(engine: Engine) -> dict[int, tuple[str, str]]:
    with snapshot(engine) as session:
        return {place: (each.outcome, each.noted_by) for place, each in latest(session, NUMBER).items()}


def test_good_rows_are_taken_and_bad_ones_named(officer: Browser, engine: Engine) -> None:
    content = filled(engine, {1: SAID, 2: SAID | {"处置日期": "昨天"}, 3: SAID | {"处置结果": "不同意"}})
    answer = officer.upload(LIST, "清单 (1).csv", content)
    assert answer.status == 409
    assert "新答复 1 条，已知 0 条，未导入 2 处" in answer.words
    assert "list.csv:3 处置日期：须在发函之日至今天之间" in answer.words
    assert "list.csv:4 说明：不同意的必须写明理由" in answer.words
    assert answers(engine) == {1: ("removed", "赵承办")}
    mended = filled(engine, {1: SAID, 2: SAID})
    answer = officer.upload(LIST, "mended.csv", mended)
    assert (answer.status, "新答复 1 条，已知 1 条，未导入 0 处" in answer.words) == (200, True)
    kept = {
        name: content for name, content in kept_files(engine, NUMBER).items() if name.startswith("reply-")
    }
    assert sorted(kept.values()) == sorted([content, mended])


def test_a_workbook_comes_through_byte_for_byte(officer: Browser, engine: Engine) -> None:
    book = openpyxl.load_workbook(BytesIO(kept_files(engine, NUMBER)["list.xlsx"]))
    sheet = book["清单"]
    columns = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
    for name, value in SAID.items():
        sheet.cell(2, columns[name], value)
    written = BytesIO()
    book.save(written)
    answer = officer.upload(LIST, "list.XLSX", written.getvalue())
    assert (answer.status, "新答复 1 条" in answer.words) == (200, True)
    assert written.getvalue() in kept_files(engine, NUMBER).values()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("", b""),
        ("list.xlsx", b""),
        ("list.xlsx", b"PK\x03\x04 broken"),
        ("list.xlsx", bytes(range(256)) * 40),
        ("list.pdf", b"%PDF-1.4"),
        ("../../list", b"x"),
        ("list.csv", "序号\n".encode() + b"1\n" * 6000),
    ],
)
def test_what_is_no_list_is_refused_and_not_kept(
    officer: Browser, engine: Engine, name: str, content: bytes
) -> None:
    answer = officer.upload(LIST, name, content)
    assert (answer.status, "没有导入" in answer.words) == (409, True)
    assert not [each for each in kept_files(engine, NUMBER) if each.startswith("reply-")]


def test_what_a_hostile_list_says_is_shown_and_does_nothing(officer: Browser, engine: Engine) -> None:
    hostile = "<script>alert(1)</script>\u202e"
    answer = officer.upload(LIST, f"{hostile}.csv", filled(engine, {1: SAID | {"处置结果": hostile}}))
    assert answer.status == 409
    assert "<script>" not in answer.text
    assert "\u202e" not in answer.text


def test_a_list_from_elsewhere_or_too_long_is_refused(officer: Browser, engine: Engine, base: str) -> None:
    good = filled(engine, {1: SAID})
    assert officer.upload(LIST, "list.csv", good, token="0" * 64).status == 403
    assert officer.upload(LIST, "list.csv", b"x" * LARGEST_FILE).status == 413
    stranger = Browser(base)
    stranger.get("/login")
    assert stranger.upload(LIST, "list.csv", good).place == "/login"
    assert officer.post(LIST).status == 409
    assert answers(engine) == {}


def test_readers_and_other_areas_upload_nothing(officer: Browser, engine: Engine, log_in: LogIn) -> None:
    assert officer.base
    good = filled(engine, {1: SAID})
    for role, bureau, status in (
        ("reader", "330000", 403),
        ("admin", "330000", 403),
        ("officer", "310000", 404),
    ):
        browser = log_in(f"{role}{bureau}", role, bureau)
        assert browser.upload(LIST, "list.csv", good).status == status
    assert answers(engine) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no parts",
        b"------edge\r\n\r\n",
        b"\xff" * 100,
        b"------edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n------edge--",
        b'------edge\r\nContent-Disposition: form-data; name="token"\r\n\r\n\xff\r\n------edge--',
        b'------edge\r\nContent-Disposition: form-data; name="token"\r\n\r\nx' * 200,
    ],
)
def test_a_body_that_is_no_form_is_refused(officer: Browser, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=----edge"}
    request = Request(officer.base + LIST, data=body, headers=headers)
    assert officer.ask(request).status == 400


def test_a_real_browser_uploads_and_every_state_of_the_page_is_accessible(
    chrome: Chrome, engine: Engine, log_in: LogIn, clock: Clock, tmp_path: Path
) -> None:
    approved(engine, 1, 2)
    issued(engine)
    clock.now += timedelta(days=8)
    browser = log_in("王处长", bureau="330000")
    look_as(chrome, browser)
    chrome.get(f"{browser.base}/notices?view=overdue")
    assert list(faults(chrome)) == []
    chrome.get(browser.base + PAGE)
    assert list(faults(chrome)) == []
    with another_page(chrome):
        chrome.find_element("css selector", "form[action$=remind] textarea").send_keys("逾期未答复")
        chrome.find_element("css selector", "form[action$=remind] button").click()
    assert "限 2026-12-01" in chrome.find_element("css selector", ".facts").text
    assert list(faults(chrome)) == []
    file = tmp_path / "清单.csv"
    file.write_bytes(filled(engine, {1: SAID, 2: SAID | {"处置日期": "昨天"}}))
    chrome.find_element("css selector", "input[type=file]").send_keys(str(file))
    with another_page(chrome):
        chrome.find_element("css selector", "form[action$=list] button").click()
    assert "新答复 1 条" in chrome.find_element("css selector", "[role=alert]").text
    assert list(faults(chrome)) == []
    assert answers(engine) == {1: ("removed", "王处长")}
    assert file.read_bytes() in kept_files(engine, NUMBER).values()
