"""Logging in and out, and what every answer carries."""

import re
from datetime import timedelta
from http.cookiejar import Cookie

from sqlalchemy import Engine, select

from reports.console.app import PAGES
from reports.console.gate import LARGEST_FORM
from store.account_models import AccountEvent
from store.accounts import ATTEMPTS, IDLE, LOCKED_FOR, attempt
from store.database import snapshot, transaction
from tests.factory import Clock
from tests.reports.console.browsing import Browser
from tests.reports.console.conftest import PASSWORD, LogIn


def actions(engine: Engine) -> list[str]:
    with snapshot(engine) as session:
        return list(session.scalars(select(AccountEvent.action).order_by(AccountEvent.number)))


def test_logging_in_gives_another_token_and_leads_to_the_cases(base: str, log_in: LogIn) -> None:
    log_in()
    browser = Browser(base)
    browser.get("/login")
    before = browser.cookie
    answer = browser.log_in("王初核", PASSWORD)
    assert (answer.status, answer.place) == (303, "/cases")
    assert browser.cookie not in {"", before}
    assert "王初核（初核）" in browser.get("/cases").words
    # A token that somebody planted before is nobody's.
    planted = Browser(base)
    planted.get("/login")
    next(iter(planted.cookies)).value = before
    assert planted.get("/cases").place == "/login"


def test_logging_out_ends_the_session_not_only_the_cookie(base: str, log_in: LogIn) -> None:
    browser = log_in()
    token = browser.cookie
    assert browser.post("/logout").place == "/login"
    assert browser.get("/cases").place == "/login"
    thief = Browser(base)
    thief.get("/login")
    next(iter(thief.cookies)).value = token
    assert thief.get("/cases").place == "/login"


def test_wrong_unknown_and_locked_are_told_alike(
    base: str, log_in: LogIn, clock: Clock, engine: Engine
) -> None:
    log_in()
    browser = Browser(base)
    wrong = browser.log_in("王初核", "wrong horse battery")
    unknown = browser.log_in("无此人", PASSWORD)
    assert wrong.status == unknown.status == 403
    assert wrong.words == unknown.words
    for _ in range(ATTEMPTS - 1):
        with transaction(engine) as session:
            attempt(session, "王初核", clock())
    assert browser.log_in("王初核", PASSWORD).words == wrong.words
    assert actions(engine)[-1] == "locked"
    clock.now += LOCKED_FOR
    assert browser.log_in("王初核", PASSWORD).status == 303


def test_people_change_their_own_password_and_log_in_with_it(
    base: str, log_in: LogIn, engine: Engine
) -> None:
    browser = log_in()
    browser.get("/password")
    new = "another horse battery"
    for given in (
        {"password": PASSWORD, "new": new, "again": new + "x"},
        {"password": PASSWORD, "new": "short", "again": "short"},
        {"password": "wrong horse battery", "new": new, "again": new},
    ):
        assert browser.post("/password", **given).status == 400
    assert browser.get("/cases").status == 200
    assert browser.post("/password", password=PASSWORD, new=new, again=new).place == "/login"
    assert browser.get("/cases").place == "/login"
    assert Browser(base).log_in("王初核", new).status == 303
    assert actions(engine)[-2:] == ["password", "logged_in"]


def test_who_does_nothing_is_logged_out(log_in: LogIn, clock: Clock) -> None:
    browser = log_in()
    for _ in range(3):
        clock.now += IDLE - timedelta(seconds=1)
        assert browser.get("/cases").status == 200
    clock.now += IDLE
    assert browser.get("/cases").place == "/login"


def test_the_cookie_is_secure_and_no_scripts(base: str) -> None:
    browser = Browser(base)
    answer = browser.get("/login")
    (cookie,) = browser.cookies
    assert isinstance(cookie, Cookie)
    assert cookie.name.startswith("__Host-")
    for mark in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert mark in answer.headers["set-cookie"]


def test_every_answer_carries_the_headers(base: str) -> None:
    browser = Browser(base)
    for path in ("/login", "/console.css", "/cases", "/nowhere", "/cases/none/confirm"):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_no_form_is_taken_without_the_token_of_its_page(log_in: LogIn, engine: Engine) -> None:
    browser = log_in()
    stranger = Browser(browser.base)
    stranger.get("/login")
    before = actions(engine)
    for page in PAGES:
        if page.method == "POST":
            path = re.sub(r"\{\w+\}", "none", page.path)
            assert browser.post(path, token="").status == 403
            assert browser.post(path, token=stranger.token).status == 403
            assert Browser(browser.base).post(path).status == 403
    assert actions(engine) == before


def test_what_is_no_form_is_refused(base: str) -> None:
    browser = Browser(base)
    browser.get("/login")
    assert browser.send("/login", b"a" * (LARGEST_FORM + 1)).status == 413
    assert browser.send("/login", b"name=%ff&token=x").status == 400
    assert browser.send("/login", "name=王".encode()).status == 400
    assert browser.send("/login", b"&".join(b"a=1" for _ in range(101))).status == 400
    assert browser.post("/login", name="a\0b").status == 400
    assert browser.get("/cases/a%00b").status == 400


def test_a_page_that_is_none_says_so_in_chinese(base: str) -> None:
    answer = Browser(base).get("/nowhere")
    assert (answer.status, "没有找到" in answer.words) == (404, True)
    assert Browser(base).post("/accounts").status == 405
