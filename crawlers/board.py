"""Boards: one YAML file in crawlers/boards each, which says where a board is and how to treat it."""

import ipaddress
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

FOLDER: Final = Path(__file__).parent / "boards"
ENGINES: Final = {"jsonld-sitemap": "crawlers.spiders.jsonld_sitemap.JsonLdSitemapSpider"}
"""The spider class of each kind of board, by the name that a board file gives."""
POLITE_DELAY: Final = 2.0
"""Seconds between two requests that a board on the network gets at the least."""


class BoardError(Exception):
    """A board file cannot be used; the message names the file and the field."""


class Board(BaseModel):
    """One board. `{base}` and `{host}` stand for an address that is given when the crawl starts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    name: Annotated[str, Field(min_length=1)]
    engine: str
    start: Annotated[tuple[str, ...], Field(min_length=1)]
    """Sitemaps to begin with."""
    hosts: Annotated[tuple[str, ...], Field(min_length=1)]
    """Every host the crawl may speak to, in full; a local board gives `host:port`."""
    delay: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """Seconds between two requests; robots.txt may ask for more."""
    timeout: Annotated[float, Field(gt=0, le=300)] = 30.0
    """Seconds that one download may take."""
    max_pages: Annotated[int, Field(gt=0)] = 50_000
    """Pages of one run; a board that lists more is crawled up to here and the run is incomplete."""
    encoding: str = ""
    """Encoding of the pages where the board declares a wrong one; empty means as declared or detected."""
    local: bool = False
    """Served on this machine: loopback and any port are allowed, for `hosts` alone."""
    notes: str = ""

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
    def _polite(self) -> Self:
        if not self.local and self.delay < POLITE_DELAY:
            raise ValueError(f"delay: below {POLITE_DELAY} seconds only for a local board")
        return self

    @model_validator(mode="after")
    def _at_home(self) -> Self:
        if self.needs_address:
            if not self.local:
                raise ValueError("start: {base} is for local boards")
            return self
        for url in self.start:
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or parts.netloc not in self.hosts:
                raise ValueError(f"start: {url} is not on one of the board's hosts")
        for host in self.hosts:
            if self.local and not _is_loopback(host):
                raise ValueError(f"hosts: {host} is not on this machine, so the board is not local")
            if not self.local and ":" in host:
                raise ValueError(f"hosts: {host}: a port is for local boards")
        return self

    @property
    def needs_address(self) -> bool:
        """Is the address to be given by `at` before the board can be crawled?"""
        return any("{" in place for place in (*self.start, *self.hosts))

    def at(self, base_url: str) -> "Board":
        """The board at `base_url` (`http://127.0.0.1:8000`), with the placeholders filled in.

        Raises:
            BoardError: the address is not one of this machine.
        """
        base = base_url.rstrip("/")
        host = urlsplit(base).netloc
        filled = self.model_dump() | {
            "start": [url.replace("{base}", base) for url in self.start],
            "hosts": [name.replace("{host}", host) for name in self.hosts],
        }
        return _validated(filled, place=f"board {self.id} at {base_url}")


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _validated(content: object, *, place: str) -> Board:
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
    board = _validated(content, place=str(file))
    if board.id != file.stem:
        raise BoardError(f"{file}: id: {board.id!r} differs from the file's name")
    return board


def load_boards(folder: Path = FOLDER) -> dict[str, Board]:
    """All boards, by id."""
    return {file.stem: read_board(file) for file in sorted(folder.glob("*.yaml"))}
