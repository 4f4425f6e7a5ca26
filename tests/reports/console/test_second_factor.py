"""The second factor: setting it up, logging in with it, doing without it, and roles that must have one."""

import re
from datetime import timedelta
from html import unescape

import pytest
from pyotp import TOTP, parse_uri
from sqlalchemy import Engine

from reports.console.gate import FACTOR
from store.account_models import Account
from store.accounts import ATTEMPTS
from store.database import transaction
from store.second_factors import RECOVERY_CODES
from tests.factory import Clock
from tests.reports.console.browsing import Answer, Browser
from tests.reports.console.conftest import PASSWORD, LogIn

pytestmark = pytest.mark.usefixtures("home")
HALF_MINUTE = timedelta(seconds=30)
RECOVERY = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}")


def secret_on(page: Answer) -> str:
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)
    assert found
    return found[1]


def set_up(browser: Browser, clock: Clock) -> tuple[TOTP, list[str]]:
    """A telephone that shows the codes of the account, and its recovery codes."""
    phone = TOTP(secret_on(browser.get(FACTOR)))
    told = browser.post(FACTOR, secret=phone.secret, code=phone.at(clock()), password=PASSWORD)
    assert told.status == 200
    return phone, RECOVERY.findall(told.text)


def enter(base: str, code: str, password: str = PASSWORD) -> Answer:
    browser = Browser(base)
    browser.get("/login")
    return browser.post("/login", name="王初核", password=password, code=code)


def test_the_page_shows_what_a_telephone_reads(log_in: LogIn) -> None:
    page = log_in().get(FACTOR)
    address = re.search(r"地址 <code>([^<]+)</code>", page.text)
    assert address
    phone = parse_uri(unescape(address[1]))
    assert (phone.secret, phone.name, phone.issuer) == (secret_on(page), "王初核", "清单")
    assert "<svg" in page.text
    assert " style=" not in page.text


def test_whoever_has_a_second_factor_logs_in_with_it(log_in: LogIn, base: str, clock: Clock) -> None:
    phone, codes = set_up(log_in(), clock)
    assert len(set(codes)) == RECOVERY_CODES
    clock.now += HALF_MINUTE
    assert enter(base, "").status == 403
    wrong, unknown = enter(base, "000000"), enter(base, phone.at(clock()), password="wrong horse battery")
    assert wrong.status == unknown.status == 403
    assert wrong.words == unknown.words
    assert enter(base, phone.at(clock())).place == "/cases"


def test_wrong_codes_lock_the_account_like_wrong_passwords(
    log_in: LogIn, base: str, clock: Clock, engine: Engine
) -> None:
    phone, _ = set_up(log_in(), clock)
    clock.now += HALF_MINUTE
    with transaction(engine) as session:
        session.get_one(Account, "王初核").attempts = ATTEMPTS - 1
    assert enter(base, "000000").status == 403
    assert enter(base, phone.at(clock())).status == 403


def test_a_wrong_password_uses_up_no_code(log_in: LogIn, base: str, clock: Clock) -> None:
    _, codes = set_up(log_in(), clock)
    assert enter(base, codes[0], password="wrong horse battery").status == 403
    assert enter(base, codes[0]).status == 303


def test_setting_up_asks_for_the_password_and_a_right_code(log_in: LogIn, clock: Clock) -> None:
    browser = log_in()
    phone = TOTP(secret_on(browser.get(FACTOR)))
    code = phone.at(clock())
    for given in (
        {"secret": phone.secret, "code": code, "password": "wrong horse battery"},
        {"secret": phone.secret, "code": "000000", "password": PASSWORD},
        {"secret": "A" * 31, "code": TOTP("A" * 31).at(clock()), "password": PASSWORD},
        {"secret": "不是密钥", "code": code, "password": PASSWORD},
    ):
        refused = browser.post(FACTOR, **given)
        assert refused.status == 400
        assert "启用" in refused.words
    # What the telephone has read stays right after a wrong code.
    assert secret_on(browser.post(FACTOR, secret=phone.secret, code="000000")) == phone.secret


def test_one_does_without_a_second_factor_again(log_in: LogIn, base: str, clock: Clock) -> None:
    browser = log_in()
    phone, codes = set_up(browser, clock)
    assert f"还有 {RECOVERY_CODES} 个恢复码" in browser.get(FACTOR).words
    assert browser.post(f"{FACTOR}/remove", password=PASSWORD, code="000000").status == 400
    assert browser.post(f"{FACTOR}/remove", password=PASSWORD, code=codes[0]).place == FACTOR
    assert enter(base, "").status == 303
    assert enter(base, phone.at(clock())).status == 303


class TestDemanded:
    @pytest.fixture
    def strict(self) -> frozenset[str]:
        return frozenset({"reviewer"})

    def test_a_role_that_must_have_one_gets_no_further_without(self, log_in: LogIn, clock: Clock) -> None:
        browser = log_in()
        for path in ("/cases", "/password", "/"):
            assert browser.get(path).place == FACTOR
        assert "您的角色须使用动态验证码" in browser.get(FACTOR).words
        assert browser.post("/cases/QD-310000-2026-000001/confirm", why="属实").place == FACTOR
        set_up(browser, clock)
        assert browser.get("/cases").status == 200
        assert log_in("赵只读", "reader").get("/cases").status == 200
        browser.get(FACTOR)
        assert browser.post("/logout").place == "/login"
