"""Every hardened value of Scrapy's settings, as Scrapy resolves them for a run."""

import pytest
from scrapy.settings import Settings

import crawlers.settings
from crawlers.board import Board, load_boards
from crawlers.guards import LOOPBACK_SETTING

NETWORK = Board(
    id="somewhere",
    name="某招聘网",
    engine="jsonld-sitemap",
    start=("https://jobs.example.cn/sitemap.xml",),
    hosts=("jobs.example.cn",),
    delay=7,
)


def resolved(board: Board = NETWORK) -> Settings:
    return crawlers.settings.resolved(board)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROBOTSTXT_OBEY", True),
        ("CONCURRENT_REQUESTS", 1),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("CONCURRENT_ITEMS", 1),
        ("DOWNLOAD_DELAY_JITTER", 0),
        ("RETRY_TIMES", 2),
        ("TWISTED_DNS_RESOLVER", "crawlers.guards.PublicResolver"),
        ("HTTPPROXY_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 8 * 1024 * 1024),
        ("DOWNLOAD_WARNSIZE", 2 * 1024 * 1024),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("DOWNLOAD_TIMEOUT", 30),
        ("REDIRECT_MAX_TIMES", 5),
        ("METAREFRESH_ENABLED", False),
        ("CLOSESPIDER_TIMEOUT", 6 * 3600),
        ("MEMUSAGE_LIMIT_MB", 1024),
        ("AUTOTHROTTLE_ENABLED", True),
        ("AUTOTHROTTLE_TARGET_CONCURRENCY", 0.5),
        ("AUTOTHROTTLE_START_DELAY", 7),
        ("COOKIES_ENABLED", False),
        ("REFERRER_POLICY", "no-referrer"),
        ("HTTPCACHE_ENABLED", False),
        ("JOBDIR", None),
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("TWISTED_REACTOR", "twisted.internet.asyncioreactor.AsyncioSelectorReactor"),
        ("DOWNLOAD_DELAY", 7),
        (LOOPBACK_SETTING, ""),
    ],
)
def test_hardened_value(name: str, value: object) -> None:
    assert resolved()[name] == value


def test_only_http_and_https_are_spoken() -> None:
    handlers = {**resolved().getdict("DOWNLOAD_HANDLERS_BASE"), **resolved().getdict("DOWNLOAD_HANDLERS")}
    assert {scheme for scheme, handler in handlers.items() if handler is not None} == {"http", "https"}


def _name(component: str | type) -> str:
    return component if isinstance(component, str) else f"{component.__module__}.{component.__qualname__}"


def test_our_guards_replace_the_stock_ones_and_stand_in_order() -> None:
    active = resolved().get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    names = {_name(key): order for key, order in active.items()}
    stock = "scrapy.downloadermiddlewares"
    assert not names.keys() & {
        f"{stock}.offsite.OffsiteMiddleware",
        f"{stock}.robotstxt.RobotsTxtMiddleware",
        f"{stock}.retry.RetryMiddleware",
    }
    first = sorted(names, key=lambda name: names[name])[:3]
    assert first == ["crawlers.stops.PermitStop", "crawlers.guards.HostGuard", "crawlers.robots.StrictRobots"]
    assert names["crawlers.backoff.PoliteRetry"] < names[f"{stock}.redirect.RedirectMiddleware"]


def test_no_extension_opens_a_port_or_writes_a_file() -> None:
    active = resolved().get_component_priority_dict_with_base("EXTENSIONS")
    names = [_name(key) for key in active]
    assert not [name for name in names if any(word in name for word in ("telnet", "remote", "feed", "state"))]


def test_the_user_agent_says_who_we_are_and_how_to_reach_us() -> None:
    agent = resolved()["USER_AGENT"]
    assert agent.startswith("Qingdan/")
    assert "+mailto:" in agent


def test_a_local_board_may_use_its_own_loopback_name_only() -> None:
    settings = resolved(load_boards()["demo"].at("http://127.0.0.1:8123"))
    assert settings[LOOPBACK_SETTING] == "127.0.0.1"
    assert settings.getfloat("DOWNLOAD_DELAY") == 0
