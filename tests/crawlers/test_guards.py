"""No byte may reach an address inside the house, however a page spells it."""

import socket
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import pytest
import twisted.internet.base
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet._resolver import GAIResolver
from twisted.python.failure import Failure

import crawlers.guards
from config.addresses import is_public
from crawlers.board import Board
from crawlers.forks import start
from crawlers.guards import LOOPBACK_SETTING, refusal_of
from crawlers.run import crawl
from tests.crawlers.serving import HOUSE, Answer, collected, posting_page, rejections, serving

INSIDE = [
    "127.0.0.1", "localhost", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001",
    "0177.0.0.1", "127.0.0.1.", "0.0.0.0", "0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "127.127.127.127",
    "LOCALHOST", "ⓛocalhost", "１２７.０.０.１", "127。0。0。1",
]  # fmt: skip
"""Spellings of this machine's own address."""

NETWORK = Board(
    id="somewhere",
    name="某招聘网",
    engine="jsonld-sitemap",
    start=("https://jobs.example.cn/sitemap.xml",),
    hosts=("jobs.example.cn", "[2400:3200::1]"),
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "255.255.255.255", "224.0.0.1", "192.88.99.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1",
        "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2002:df05:505::1",
        "2001:0:0:0:0:0:f5ff:fffe", "::127.0.0.1", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::808:808",
        "fec0::1", "3fff::1", "2001:db8::1", "ff02::1", "", "jobs.example.cn", "127.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "::ffff:223.5.5.5"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4, network="10.0.0.0/8"))
def test_wrapping_a_private_address_does_not_make_it_public(address: object) -> None:
    high, low = divmod(int(address), 65536)  # type: ignore[call-overload]
    for wrapped in (f"::ffff:{address}", f"2002:{high:x}:{low:x}::1", f"64:ff9b::{high:x}:{low:x}"):
        assert not is_public(wrapped)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://jobs.example.cn/a", ""),
        ("http://jobs.example.cn:80/a", ""),
        ("https://JOBS.example.cn/a", ""),
        ("https://jobs.example.cn./a", ""),
        ("https://jobs.example.cn:8443/a", "port 8443"),
        ("https://evil.example/a", "host 'evil.example'"),
        ("https://jobs.example.cn.evil.example/", "host 'jobs.example.cn.evil.example'"),
        ("https://sub.jobs.example.cn/", "host 'sub.jobs.example.cn'"),
        ("https://jobs.example.cn@evil.example/", "user name"),
        ("https://evil.example\\@jobs.example.cn/", "backslash"),
        ("https://evil.example%5C@jobs.example.cn/", "backslash"),
        ("file:///etc/hostname", "scheme 'file'"),
        ("ftp://jobs.example.cn/", "scheme 'ftp'"),
        ("data:text/html,x", "scheme 'data'"),
        ("https://jobs.example.cn:99999/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://[2400:3200::1]/a", ""),
        ("https://[2400:3200::1]:443/a", ""),
        ("https://[2400:3200::2]/a", "host '[2400:3200::2]'"),
        ("https://[2400:3200::1%25eth0]/a", "host"),
        ("https://[::ffff:127.0.0.1]/a", "host"),
    ],
)
def test_urls_that_may_be_asked_for(url: str, reason: str) -> None:
    found = refusal_of(url, NETWORK)
    assert reason in found
    assert bool(found) == bool(reason)


@pytest.mark.parametrize("spelling", INSIDE)
def test_no_spelling_of_this_machine_is_one_of_a_boards_hosts(spelling: str) -> None:
    assert refusal_of(f"http://{spelling}/secret", NETWORK)


def test_a_local_board_reaches_its_own_port_only(home: Path) -> None:
    """Neither another port of this machine nor another spelling of it, in the sitemap or by redirect."""
    assert home.is_dir()
    with serving() as inside, serving() as site:
        port = inside.base.rpartition(":")[2]
        spellings = [f"http://{spelling}:{port}" for spelling in INSIDE if spelling.isascii()]
        listed = [f"{url}/listed/{n}" for n, url in enumerate(spellings)]
        moved = {f"/moved/{n}": Answer(b"", 302, {"Location": f"{url}/x"}) for n, url in enumerate(spellings)}
        odd = ["file:///etc/hostname", "data:text/html,x"]
        urls = [*listed, *odd, *(site.base + path for path in moved)]
        site.answers |= moved
        site.sitemap(*urls, host="\n")
        summary = crawl(site.board(), HOUSE)
        assert inside.hits == []
    assert summary.outcome.counts["rejected"] == len(urls)
    reasons = rejections()
    assert sum("is not one of the board's" in reason for reason in reasons.values()) >= 2 * len(spellings) - 4
    assert reasons["file:///etc/hostname"] == "the URL is not http or https"


class Bare(Spider):
    """Asks for every spelling, with no guard but the resolver."""

    name = "bare"

    async def start(self):  # type: ignore[no-untyped-def]  # noqa: ANN201
        for url in self.urls:  # type: ignore[attr-defined]
            yield Request(url, callback=self.parse, errback=self.failed, dont_filter=True)

    def parse(self, response: Response) -> None:
        self.reached.append(response.url)  # type: ignore[attr-defined]

    def failed(self, failure: Failure) -> None:
        self.refused.append(str(failure.value))  # type: ignore[attr-defined]


def _ask(urls: list[str], connection: Connection) -> None:
    settings = Settings({"TWISTED_DNS_RESOLVER": "crawlers.guards.PublicResolver", "LOG_ENABLED": False})
    settings.update({"TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
    settings.update({LOOPBACK_SETTING: "localhost", "RETRY_ENABLED": False, "DNSCACHE_ENABLED": False})
    settings.update({"CONCURRENT_REQUESTS": 1})
    reached: list[str] = []
    refused: list[str] = []
    process = AsyncCrawlerProcess(settings)
    process.crawl(Bare, urls=urls, reached=reached, refused=refused)
    process.start()
    connection.send((reached, refused))


def test_the_resolver_alone_keeps_every_spelling_out_but_the_one_that_is_allowed() -> None:
    spellings = [*INSIDE, socket.gethostname()]
    with serving() as inside:
        port = inside.base.rpartition(":")[2]
        urls = [f"http://{spelling}:{port}/{n}" for n, spelling in enumerate(spellings)]
        process, ours = start(_ask, urls)
        reached, refused = ours.recv()
        process.join()
        arrived = {spellings[int(path.strip("/"))] for path in inside.paths}
    # The last two are how a browser, too, writes the first.
    assert arrived <= {"localhost", "LOCALHOST", "ⓛocalhost"}
    assert "localhost" in arrived
    assert len(reached) + len(refused) == len(urls)


def _looked_up(*answers: list[str]) -> None:
    """Have every name lead to the next of `answers`: a real look-up would ask outside of the house."""
    left = iter(answers)

    def look_up(_name: str, port: int, *_: object) -> Any:
        return [_found(host, port) for host in next(left)]

    resolver = partial(GAIResolver, getaddrinfo=cast("Any", look_up))
    vars(twisted.internet.base)["_GAIResolver"] = resolver


def _found(host: str, port: int) -> tuple[object, ...]:
    """An address as getaddrinfo tells it."""
    family, end = (socket.AF_INET6, (host, port, 0, 0)) if ":" in host else (socket.AF_INET, (host, port))
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", end


def _rebind(port: int, connection: Connection) -> None:
    """Ask three times for a name that leads elsewhere each time it is looked up."""
    _looked_up(["127.0.0.2"], ["127.0.0.1"], ["127.0.0.1"])
    # 127.0.0.2 plays a public address.
    vars(crawlers.guards)["is_public"] = lambda address: address == "127.0.0.2"
    _ask([f"http://jobs.example.cn:{port}/{n}" for n in range(3)], connection)


def test_a_name_that_changes_its_address_leads_nowhere_but_to_the_address_that_was_checked() -> None:
    with serving() as inside:
        port = int(inside.base.rpartition(":")[2])
        with serving({f"/{n}": Answer(b"x") for n in range(3)}, at=("127.0.0.2", port)) as public:
            process, ours = start(_rebind, port)
            reached, refused = ours.recv()
            process.join()
        assert inside.hits == []
        assert len(public.hits) == 1
    assert (len(reached), len(refused)) == (1, 2)


def _both_families(port: int, connection: Connection) -> None:
    """Ask for names that have addresses of both families, of which some lead inside."""
    _looked_up(["127.0.0.1", "::1"], ["fe80::1", "127.0.0.1"], ["::1"])
    vars(crawlers.guards)["is_public"] = lambda address: address == "::1"  # plays a public address
    _ask([f"http://jobs{n}.example.cn:{port}/{n}" for n in range(3)], connection)


def test_of_a_names_addresses_only_those_are_connected_to_that_are_public() -> None:
    with serving({"/0": Answer(b"x"), "/2": Answer(b"x")}, at=("::1", 0)) as public:
        port = int(public.base.rpartition(":")[2])
        with serving(at=("127.0.0.1", port)) as inside:
            process, ours = start(_both_families, port)
            reached, refused = ours.recv()
            process.join()
        assert inside.hits == []
        assert public.paths == ["/0", "/2"]
    assert (len(reached), len(refused)) == (2, 1)


@pytest.mark.usefixtures("home")
def test_a_board_at_an_ipv6_address_is_crawled() -> None:
    with serving({"/1": posting_page(1)}, at=("::1", 0)) as site:
        site.sitemap("/1")
        assert crawl(site.board(), HOUSE).complete
    assert [ad.title for ad in collected()] == ["岗位1"]
