"""What keeps the crawler on the public web: the URLs it may ask for, the addresses it may connect to."""

import ipaddress
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.address import IPv4Address, IPv6Address

from config.addresses import is_public
from crawlers.board import Board, host_of
from crawlers.spiders.base import BoardSpider

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

_log: Final = logging.getLogger(__name__)

LOOPBACK_SETTING: Final = "QINGDAN_LOOPBACK_HOST"
"""Scrapy setting: the one host name that may resolve to this machine; empty for boards on the network."""
WEB_PORTS: Final = frozenset({80, 443})


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def refusal_of(url: str, board: Board) -> str:
    """Why `url` must not be asked for on behalf of `board`; empty when it may."""
    # Parsers disagree about a backslash, so no URL with one is safe to hand on.
    if "\\" in url or "%5c" in url.partition("?")[0].lower():
        return "the URL holds a backslash"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"the URL is malformed: {error}"
    if parts.scheme not in {"http", "https"}:
        return f"scheme {parts.scheme!r} is not http or https"
    if "@" in parts.netloc:
        return "the URL carries a user name"
    if not board.local and (port or 80) not in WEB_PORTS:
        return f"port {port} is not a web port"
    host = parts.netloc.lower() if board.local else host_of(url).rstrip(".")
    return "" if host in board.hosts else f"host {host!r} is not one of the board's"


class HostGuard:
    """Downloader middleware, before all others: also every redirect passes here."""

    def __init__(self, board: Board) -> None:
        self._board = board

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "HostGuard":
        return cls(cast("BoardSpider", crawler.spider).board)

    def process_request(self, request: Request) -> None:
        if reason := refusal_of(request.url, self._board):
            raise IgnoreRequest(reason)


class PublicResolver(CachingHostnameResolver):
    """Hands on only those addresses of a name, of either family, that are public.

    Scrapy asks it for literal addresses too, and connects to what it answers, so that neither redirects,
    odd spellings (`0x7f000001`) nor a name that changes its address can lead inside. A proxy would resolve
    by itself; proxies are switched off in crawlers/settings.py.
    """

    _loopback = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: "ReactorBase") -> "PublicResolver":
        resolver = super().from_crawler(crawler, reactor)
        resolver._loopback = crawler.settings.get(LOOPBACK_SETTING) or ""  # noqa: SLF001 - its own
        return resolver

    # Twisted's name, and its receiver, whose interface mypy cannot read.
    def resolveHostName(self, receiver: Any, name: str, *rest: Any, **options: Any) -> Any:  # type: ignore[override]  # noqa: ANN401, N802
        allowed = _is_loopback if name == self._loopback else is_public
        passing = cast("Any", _AllowedOnly(receiver, name, allowed))
        return super().resolveHostName(passing, name, *rest, **options)


class _AllowedOnly:
    """Passes on the addresses that are `allowed`, to Twisted's receiver of what a name resolves to."""

    def __init__(self, receiver: Any, name: str, allowed: Callable[[str], bool]) -> None:  # noqa: ANN401
        self._name = name
        self._allowed = allowed
        self._found = receiver.addressResolved
        self.resolutionBegan = receiver.resolutionBegan
        self.resolutionComplete = receiver.resolutionComplete

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802 - Twisted's
        if self._allowed(address.host):
            self._found(address)
        else:
            # Twisted says no more than that there was no address, so the reason is told here.
            _log.warning("%s resolves to %s, which is not a public address", self._name, address.host)
