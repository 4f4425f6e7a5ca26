"""Logging in by the account service of the organisation: a real one, that is told apart from false ones."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import Engine, select

from cli.console import provider_of
from config.settings import Settings, SettingsError
from reports.console.provider import RETURN, Provider
from store.account_models import AccountEvent
from store.accounts import disable
from store.database import snapshot, transaction
from tests.crawlers.pushing import listening
from tests.factory import WEDNESDAY, Clock
from tests.reports.console.browsing import Answer, Browser
from tests.reports.console.conftest import LogIn
from tests.reports.console.identities import CLIENT, SECRET, Service, new_key

CONSOLE = "https://console.example"
Claims = dict[str, Any]


@pytest.fixture
def service(clock: Clock) -> Iterator[Service]:
    service = Service(clock)
    with listening(service.app()) as base:
        service.base = base
        yield service


@pytest.fixture
def provider(service: Service) -> Provider:
    return Provider(service.base, CLIENT, SECRET, "preferred_username", CONSOLE)


def come_back(base: str, **changed: str) -> tuple[Browser, Answer]:
    """Go to the service in a browser of one's own, and come back with what it answers."""
    browser = Browser(base)
    assert 'href="/login/provider"' in browser.get("/login").text
    asked = urlsplit(browser.get("/login/provider").place)
    at_service = Browser(f"{asked.scheme}://{asked.netloc}").get(f"{asked.path}?{asked.query}")
    answer = urlsplit(at_service.place)
    assert f"{answer.scheme}://{answer.netloc}{answer.path}" == CONSOLE + RETURN
    given = {name: values[0] for name, values in parse_qs(answer.query).items()}
    return browser, browser.get(f"{RETURN}?{urlencode(given | changed)}")


def test_whom_the_service_knows_comes_in_with_the_rights_of_the_account(
    base: str, log_in: LogIn, engine: Engine
) -> None:
    log_in(role="reader")
    browser, answer = come_back(base)
    assert (answer.status, answer.place) == (303, "/cases")
    assert "set-cookie" in answer.headers
    assert "王初核（只读）" in browser.get("/cases").words
    with snapshot(engine) as session:
        assert session.scalars(select(AccountEvent.action)).all()[-1] == "provider"


@pytest.mark.parametrize("person", ["无此人", "", "王初核 "])
def test_the_service_makes_no_accounts(base: str, log_in: LogIn, service: Service, person: str) -> None:
    log_in()
    service.person = person
    browser, answer = come_back(base)
    assert answer.status == 403
    assert browser.get("/cases").place == "/login"


def test_a_disabled_account_stays_out(base: str, log_in: LogIn, engine: Engine) -> None:
    log_in()
    with transaction(engine) as session:
        disable(session, "王初核", WEDNESDAY, by="root")
    assert come_back(base)[1].status == 403


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {other: value for other, value in claims.items() if other != name}


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims | {"iss": "https://other.example"},
        lambda claims: claims | {"aud": "another"},
        lambda claims: claims | {"aud": [CLIENT, "another"]},
        lambda claims: claims | {"nonce": "0" * 64},
        lambda claims: claims | {"exp": claims["exp"] - 3600},
        lambda claims: claims | {"preferred_username": ["王初核"]},
        *map(without, ("iss", "aud", "sub", "exp", "iat", "nonce", "preferred_username")),
    ],
)
def test_an_identity_that_is_not_for_us_now_is_refused(
    base: str, log_in: LogIn, service: Service, change: Callable[[Claims], Claims]
) -> None:
    log_in()
    service.change = change
    browser, answer = come_back(base)
    assert (answer.status, "统一身份认证没有成功" in answer.words) == (403, True)
    assert browser.get("/cases").place == "/login"


def test_an_identity_that_somebody_else_signed_is_refused(base: str, log_in: LogIn, service: Service) -> None:
    log_in()
    service.published = new_key()
    assert come_back(base)[1].status == 403


def test_a_key_that_the_service_changes_is_taken_up(base: str, log_in: LogIn, service: Service) -> None:
    log_in()
    assert come_back(base)[1].status == 303
    service.key = new_key("2")
    service.header["kid"] = "2"
    assert come_back(base)[1].status == 303


def test_an_answer_for_another_browser_or_from_another_service_is_refused(base: str, log_in: LogIn) -> None:
    log_in()
    for changed in ({"state": "0" * 64}, {"state": ""}, {"iss": "https://other.example"}, {"code": "x"}):
        assert come_back(base, **changed)[1].status == 403
    stranger = Browser(base)
    stranger.get("/login")
    assert stranger.get(f"{RETURN}?error=access_denied").status == 403
    assert stranger.get(RETURN).status == 403


def test_a_service_that_is_not_who_it_says_leaves_the_password(base: str, service: Service) -> None:
    service.base = "https://moved.example"
    answer = Browser(base).get("/login/provider")
    assert (answer.status, "用本系统的密码登录" in answer.words) == (403, True)


class TestWithSecondFactors:
    @pytest.fixture
    def strict(self) -> frozenset[str]:
        return frozenset({"reviewer"})

    def test_whom_the_service_lets_in_needs_no_second_factor_here(self, base: str, log_in: LogIn) -> None:
        log_in()
        browser, _ = come_back(base)
        assert browser.get("/cases").status == 200


def test_the_settings_name_a_service_that_is_asked_under_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    assert provider_of(Settings()) is None
    for variable, value, problem in (
        ("QINGDAN_OIDC_ISSUER", "http://login.example", "no https"),
        ("QINGDAN_OIDC_ISSUER", "https://login.example", "QINGDAN_CONSOLE_ADDRESS"),
        ("QINGDAN_CONSOLE_ADDRESS", f"{CONSOLE}/", "QINGDAN_OIDC_CLIENT"),
        ("QINGDAN_OIDC_CLIENT", CLIENT, "QINGDAN_OIDC_SECRET"),
    ):
        monkeypatch.setenv(variable, value)
        with pytest.raises(SettingsError, match=problem):
            provider_of(Settings())
    monkeypatch.setenv("QINGDAN_OIDC_SECRET", SECRET)
    found = provider_of(Settings())
    assert found == Provider("https://login.example", CLIENT, SECRET, "preferred_username", CONSOLE)
