"""A posting as a spider or a file reader hands it to the door: raw words, nothing masked or parsed yet."""

from dataclasses import dataclass

from events.types import PosterType, SourceKind


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
    raw_sha256: str = ""
