"""Looking at a site before it becomes a board: its page, its sitemaps, a page that each of them names."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawlers.apart import items_of
from crawlers.board import Board, is_loopback, validated
from crawlers.items import Refused

_REQUESTS = 12
"""A probe asks for no more than about this many documents."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A document of the site, as a spider hands it over."""

    address: str
    text: str
    pages: int = 0
    """Of a sitemap: how many pages it names."""
    named: bool = False
    """A sitemap named it."""
    linked: bool = False
    """A list on the page named it."""


@dataclass(slots=True)
class Site:
    """What a probe found."""

    address: str
    page: str = ""
    """The text at the address; empty where there was none to be had."""
    sitemaps: dict[str, int] = field(default_factory=dict)
    """Address of a sitemap → how many pages it names."""
    sample: Looked | None = None
    """A page that a sitemap names, the first whose address looks like that of a job."""
    linked: Looked | None = None
    """The page that the first row of a list on the page leads to."""
    refused: list[str] = field(default_factory=list)
    """What could not be had, and why."""


def probe(address: str) -> Site:
    """Look at the site behind an address, as politely as a run.

    Raises:
        BoardError: the address is none that may be asked for.
        SpiderDied: the process that looks died.
    """
    items, _ended = items_of(_board(address), "crawlers.spiders.probe.ProbeSpider", most=_REQUESTS)
    site = Site(address)
    for item in items:
        if isinstance(item, Refused):
            site.refused.append(f"{item.place}: {item.reason}")
        elif isinstance(item, Looked):
            _note(site, item)
    return site


def _note(site: Site, found: Looked) -> None:
    if found.pages:
        site.sitemaps[found.address] = found.pages
    elif found.named:
        site.sample = found
    elif found.linked:
        site.linked = found
    else:
        site.page = found.text


def _board(address: str) -> Board:
    """A board that allows nothing but the host of the address."""
    host = urlsplit(address).netloc
    local = is_loopback(host)
    content = {
        "id": "probe",
        "name": host or "?",
        "engine": "jsonld-sitemap",
        "start": [address],
        "hosts": [host or "?"],
        "local": local,
        "delay": 0 if local else 2,
    }
    return validated(content, place=address)
