"""Where we post to: an address from the settings, and what it leads to at the moment at which we connect.

The same guard as for crawlers: only public addresses are connected to, whatever a name resolves to, unless
the operator has named the host as one of the house.
"""

import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import TypeAdapter, ValidationError

from config.addresses import is_public
from config.bureaus import UnknownBureauError, bureau_name
from config.settings import SettingsError

INSIDE_SETTING: Final = "QINGDAN_INSIDE_HOSTS"

Shape = TypeVar("Shape")


class NotPublic(OSError):  # noqa: N818 - reads as what is the matter
    """A host leads inside, and is not one of those that may."""


class _Plain(HTTPConnection):
    """Connects to what the guard lets through, so that no second look-up can lead elsewhere."""

    inside = False

    def connect(self) -> None:
        self.sock = _open(self.host, self.port, inside=self.inside, seconds=self.timeout)


class _Encrypted(HTTPSConnection, _Plain):
    """The same below TLS: `HTTPSConnection.connect` encrypts what the one after it in line has opened."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """One address over HTTP."""

    parts: SplitResult
    inside: bool
    """The operator has named its host as one that may lie in the house."""

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def path(self) -> str:
        return f"{self.parts.path or '/'}{'?' if self.parts.query else ''}{self.parts.query}"

    def connection(self, seconds: float) -> HTTPConnection:
        """A connection that is not open yet, each step of which may take so many seconds."""
        kind = _Encrypted if self.parts.scheme == "https" else _Plain
        connection = kind(self.host, self.parts.port, timeout=seconds)
        connection.inside = self.inside
        return connection


def receiver_at(url: str, *, setting: str, inside: Collection[str]) -> Receiver:
    """The receiver at `url`, which `setting` names; plain HTTP is for hosts that are named as `inside`.

    Raises:
        SettingsError: `url` is no address that may be posted to. An error does not repeat its path.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"{setting}: no http(s)://host/path: {error}") from error
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        raise SettingsError(f"{setting}: {parts.scheme}://{host or ''} is no http(s)://host/path")
    if parts.scheme == "http" and host not in inside:
        raise SettingsError(f"{setting}: http://{host} is for hosts named in {INSIDE_SETTING}; use https")
    return Receiver(parts, host in inside)


def by_bureau(written: str, shape: type[Shape], *, setting: str) -> Mapping[str, Shape]:
    """What a setting says for each bureau: a JSON object of codes.

    Raises:
        SettingsError: it is no such object, or names something that is no bureau. Secrets are not repeated.
    """
    try:
        found: dict[str, Shape] = TypeAdapter(dict[str, shape]).validate_json(written)  # type: ignore[valid-type]
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SettingsError(f"{setting}: {place}: {first['msg']}") from None
    for bureau in found:
        try:
            bureau_name(bureau)
        except UnknownBureauError as error:
            raise SettingsError(f"{setting}: {error}") from error
    return found


def _open(host: str, port: int, *, inside: bool, seconds: float | None) -> socket.socket:
    """A connection to the first address of `host` that answers, of those that may be connected to."""
    found = [place[0] for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [str(address) for address in found if inside or is_public(str(address))]
    failure: OSError = NotPublic(f"leads to {found[0]}, which is not public; see {INSIDE_SETTING}")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            failure = error
    raise failure
