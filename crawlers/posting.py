"""A posting as a spider or a file reader hands it to the door: raw words, nothing masked or parsed yet."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from events.types import PosterType, SourceKind
from store.evidence import Original

_REPLACEMENT: Final = "\ufffd"


class Origin(NamedTuple):
    """An original, and where in it the posting stands; empty where the whole is meant."""

    original: Original
    locator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Every field as written at the source; only the door turns one of these into a `JobAd`."""

    source: str
    source_kind: SourceKind
    source_ad_id: str
    place: str
    """Where it stands, for error messages: `file:line`, `file:sheet!row` or the URL."""
    url: str = ""
    title: str = ""
    text: str = ""
    company: str = ""
    city: str = ""
    posted: str = ""
    valid_through: str = ""
    salary: str = ""
    poster: PosterType = "unknown"
    ownership: str = ""
    """What the source says of the employer's kind (公司性质): 民营, 国企 …"""
    employment: str = ""
    headcount: str = ""
    education: str = ""
    experience: str = ""
    raw_sha256: str = ""
    origins: tuple[Origin, ...] = field(default=(), repr=False, compare=False)
    """What it was read from, most telling first; empty where that is not to be kept."""


def storable(text: str) -> str:
    """`text` with NUL and lone surrogates replaced one for one: no database or encoder takes them."""
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
