"""What a spider yields besides postings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A page, a sitemap or a part of one that gave no posting."""

    place: str
    """The URL."""
    reason: str
    field: str = ""
    excerpt: str = ""
    lost: bool = False
    """There may be postings that we did not get: a run with one of these is incomplete."""
    fetched: bool = True
    """It was had and read; otherwise the request failed."""
    gone: bool = False
    """The board says that the page, or its posting, is no more."""
