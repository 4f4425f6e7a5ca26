"""Boards: one YAML file in crawlers/boards each, which says where a board is and how to treat it."""

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from config.settings import CHINA
from crawlers.expect import Expect
from crawlers.extract.rules import Detail, Listing

FOLDER: Final = Path(__file__).parent / "boards"
ENGINES: Final = {
    "jsonld-sitemap": "crawlers.spiders.jsonld_sitemap.JsonLdSitemapSpider",
    "listing": "crawlers.spiders.listing.ListingSpider",
    "notices": "crawlers.spiders.notices.NoticesSpider",
    "recheck": "crawlers.spiders.recheck.RecheckSpider",
    "reported": "crawlers.spiders.reported.ReportedSpider",
}
"""The spider class of each kind of board, by the name that a board file gives."""
_WITH_LIST: Final = frozenset({"listing", "notices"})
_PLACEHOLDERS: Final = ("{base}", "{host}")
POLITE_DELAY: Final = 2.0
"""Seconds between two requests that a board on the network gets at the least."""


class BoardError(Exception):
    """A board file cannot be used; the message names the file and the field."""


class Approval(BaseModel):
    """A person's word that a board may be crawled: public, no login, allowed by robots.txt and its terms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Annotated[str, Field(min_length=1)]
    on: date
    basis: Annotated[str, Field(min_length=1)]
    """What was looked at: the terms, robots.txt, an agreement."""


class Budget(BaseModel):
    """How many requests one host may be sent, robots.txt and redirects among them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    requests: Annotated[int, Field(gt=0)]
    per: Literal["night", "day"] = "night"
    """Each counts 24 hours in China: a night from noon to noon, a day from midnight to midnight."""

    def began(self, moment: datetime) -> datetime:
        """When the night or the day began that `moment` is in."""
        now = moment.astimezone(CHINA)
        first = time(12) if self.per == "night" else time(0)
        day = now.date() - timedelta(days=now.time() < first)
        return datetime.combine(day, first, CHINA)


class Board(BaseModel):
    """One board. `{base}` and `{host}` stand for an address that is given when the crawl starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    name: Annotated[str, Field(min_length=1)]
    engine: str
    start: tuple[str, ...] = ()
    """Sitemaps to begin with, for the engine `jsonld-sitemap`."""
    listing: Listing | None = None
    """Where the list of postings is and what it says, or for the engine `notices` that of notices."""
    detail: Detail | None = None
    """What the page of one posting says, where the list does not hold it all."""
    hosts: Annotated[tuple[str, ...], Field(min_length=1)]
    """Every host the crawl may speak to, in full; a local board gives `host:port`."""
    delay: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """Seconds between two requests; robots.txt may ask for more."""
    timeout: Annotated[float, Field(gt=0, le=300)] = 30.0
    """Seconds that one download may take."""
    max_pages: Annotated[int, Field(gt=0)] = 50_000
    """Pages of one run; a board that lists more is crawled up to here and the run is incomplete."""
    recheck: Annotated[float, Field(ge=0, le=365)] = 7.0
    """Days after which a page that was read is asked for again, whatever the lists say of it."""
    encoding: str = ""
    """Encoding of the pages where the board declares a wrong one; empty means as declared or detected."""
    hours: Annotated[str, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] = ""
    """When it may be crawled, in China: `22:00-06:00`; empty means always."""
    budget: Budget | None = None
    """How many requests each of its hosts may be sent; None means as the settings say."""
    local: bool = False
    """Served on this machine: loopback and any port are allowed, for `hosts` alone."""
    blocked: tuple[str, ...] = ()
    """Words that a page of this board holds when it is a challenge, besides those in crawlers/signs.py."""
    closed: tuple[str, ...] = ()
    """Words that the page of a posting holds when the posting has ended, besides those."""
    approved: Approval | None = None
    """Without it a board on the network can be tried (`qingdan crawl try`), and not crawled."""
    ignore: tuple[str, ...] = ()
    """Names of fields of its records that say nothing we need; `contact*` stands for all that begin so."""
    expect: Expect = Expect()
    """What a run must bring to be published."""
    notes: str = ""

    def open_at(self, moment: datetime) -> bool:
        """Is `moment` within the board's hours?"""
        if not self.hours:
            return True
        first, last = (time.fromisoformat(each) for each in self.hours.split("-"))
        now = moment.astimezone(CHINA).time()
        return first <= now < last if first <= last else now >= first or now < last

    @property
    def may_be_crawled(self) -> bool:
        """Is it on this machine, or has a person approved it?"""
        return self.local or self.approved is not None

    @field_validator("engine")
    @classmethod
    def _known_engine(cls, engine: str) -> str:
        if engine not in ENGINES:
            raise ValueError(f"no engine {engine!r}; there are: {', '.join(sorted(ENGINES))}")
        return engine

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        if encoding:
            try:
                "".encode(encoding)
            except LookupError as error:
                raise ValueError(f"unknown encoding {encoding!r}") from error
        return encoding

    @model_validator(mode="after")
    def _fits_the_engine(self) -> Self:
        if (self.engine in _WITH_LIST) != (self.listing is not None):
            raise ValueError(
                f"listing: {'expected' if self.listing is None else 'not used'} by {self.engine}"
            )
        if (self.engine in _WITH_LIST) == bool(self.start):
            raise ValueError(f"start: {'not used' if self.start else 'expected'} by {self.engine}")
        if self.detail is not None:
            if self.listing is None or self.engine == "notices":
                raise ValueError(f"detail: not used by {self.engine}")
            if strange := self.detail.needs - set(self.listing.fields):
                raise ValueError(f"detail.address: the list gives no {', '.join(sorted(strange))}")
        return self

    @model_validator(mode="after")
    def _polite(self) -> Self:
        if not self.local and self.delay < POLITE_DELAY:
            raise ValueError(f"delay: below {POLITE_DELAY} seconds only for a local board")
        return self

    @model_validator(mode="after")
    def _at_home(self) -> Self:
        if self.needs_address:
            if not self.local:
                raise ValueError("{base} and {host} are for local boards")
            return self
        for place, url in self._addresses():
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or parts.netloc not in self.hosts:
                raise ValueError(f"{place}: {url} is not on one of the board's hosts")
        for host in self.hosts:
            if self.local and not is_loopback(host):
                raise ValueError(f"hosts: {host} is not on this machine, so the board is not local")
            if not self.local and host_of(f"//{host}") != host:
                raise ValueError(f"hosts: {host}: expected in lower case; a port is for local boards")
        return self

    @property
    def needs_address(self) -> bool:
        """Is the address to be given by `at` before the board can be crawled?"""
        addresses = (url for _, url in self._addresses())
        return any(name in place for place in (*addresses, *self.hosts) for name in _PLACEHOLDERS)

    def _addresses(self) -> Iterator[tuple[str, str]]:
        """The addresses that a crawl begins with, each after its place in the file."""
        for url in self.start:
            yield "start", url
        if self.listing is not None:
            yield "listing.request.url", self.listing.request.url

    def walked_whole(self) -> "Board":
        """The board with lists that are walked to their ends, also behind what is known."""
        if self.listing is None or self.listing.pages is None:
            return self
        pages = self.listing.pages.model_copy(update={"known": 0})
        return self.model_copy(update={"listing": self.listing.model_copy(update={"pages": pages})})

    def at(self, base_url: str) -> "Board":
        """The board at `base_url` (`http://127.0.0.1:8000`), with the placeholders filled in.

        Raises:
            BoardError: the address is not one of this machine.
        """
        base = base_url.rstrip("/")
        host = urlsplit(base).netloc
        filled = _filled(self.model_dump(by_alias=True), dict(zip(_PLACEHOLDERS, (base, host), strict=True)))
        return validated(filled, place=f"board {self.id} at {base_url}")


def _filled(written: Any, values: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever YAML can hold
    """`written` with the placeholders in all its texts replaced."""
    if isinstance(written, str):
        for name, value in values.items():
            written = written.replace(name, value)
        return written
    if isinstance(written, Mapping):
        return {key: _filled(value, values) for key, value in written.items()}
    return [_filled(each, values) for each in written] if isinstance(written, list | tuple) else written


def host_of(url: str) -> str:
    """The host that `url` names, in lower case, without port; an IPv6 address in its brackets."""
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


def is_loopback(host: str) -> bool:
    """Is `host` (a name or an address, perhaps with a port) this machine?"""
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def validated(content: object, *, place: str) -> Board:
    """The board that `content` describes.

    Raises:
        BoardError: it is none; names `place` and the field.
    """
    try:
        return Board.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise BoardError(f"{place}: {field}: {message}" if field else f"{place}: {message}") from error


def read_board(file: Path) -> Board:
    """The board in `file`.

    Raises:
        BoardError: no YAML, a wrong field, or an id that is not the file's name.
    """
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BoardError(f"{file}: {error}") from error
    board = validated(_from_template(content, file), place=str(file))
    if board.id != file.stem:
        raise BoardError(f"{file}: id: {board.id!r} differs from the file's name")
    return board


def _from_template(content: object, file: Path) -> object:
    """What a board file means that names a `template` and says only what differs from it."""
    if not isinstance(content, dict) or "template" not in content:
        return content
    own = dict(content)
    name, values = str(own.pop("template")), own.pop("values", {})
    known = {each.stem: each for each in (FOLDER / "templates").glob("*.yaml")}
    if name not in known:
        raise BoardError(f"{file}: template: no template {name!r}; there are: {', '.join(sorted(known))}")
    template = yaml.safe_load(known[name].read_text("utf-8"))
    wanted = set(template.pop("values"))
    if not isinstance(values, dict) or set(values) != wanted:
        raise BoardError(f"{file}: values: {name} wants exactly {', '.join(sorted(wanted))}")
    return _filled(template, {f"{{{key}}}": str(value) for key, value in values.items()}) | own


def load_boards(folder: Path = FOLDER) -> dict[str, Board]:
    """All boards, by id."""
    return {file.stem: read_board(file) for file in sorted(folder.glob("*.yaml"))}
