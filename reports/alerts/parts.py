"""What any message to a bureau is made of. Everything taken from an ad is made visible here."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from config.divisions import NATION, ancestors, name_of
from reports.alerts.links import NO_LINKS, Links
from reports.templating import external, visible
from reports.wording import source_name
from store.announcements import Evidence, Header
from store.hints import Hint

UNCLEAR: Final = "辖区不明"
_LOOSE: Final = " \t\r\n:：;；,，、。"
"""Punctuation that a clause was cut off with."""

Line = tuple[str, str]
"""A label and what stands behind it."""

Excerpt = tuple[str, str, str]
"""Words of an ad in three parts, of which the one in the middle is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one ad says, and where it is to be found."""

    excerpts: tuple[Excerpt, ...]
    title: str
    link: str
    """An http(s) address, or empty."""
    link_text: str
    facts: str
    """Source, the date the ad claims, and when it was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case, or what a pack found at one employer, as a bureau reads it."""

    number: str
    page: str = ""
    """Path of its page on the console; empty where it has none."""
    urgent: bool = False
    severity: str
    """Colour: red, orange, yellow or grey."""
    level: str
    """How grave it is, in Chinese."""
    heading: str
    division: str | None
    place: str = ""
    employer: str = ""
    """Empty where the entry is about none."""
    poster: str = ""
    facts: tuple[Line, ...] = ()
    quotes: tuple[Quote, ...] = ()
    advice: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Whom and what it is about, with labels."""
        whom = (("单位", f"{self.employer}（{self.poster}）"), ("地点", self.place)) if self.employer else ()
        return *whom, *self.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFile:
    """A file that a letter tells of."""

    name: str
    format: str
    size: str
    sha256: str
    page: str
    """Its path on the console."""
    content: bytes | None
    """What the letter carries of it: all, or None."""

    @property
    def carried(self) -> str:
        return "随信附上" if self.content is not None else "未随信附上"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    news: Header
    topic: str
    """What the message is, in a few words."""
    count: str
    """How many of what, for the subject."""
    summary: str
    disclaimer: str
    urgent: bool = False
    entries: tuple[Entry, ...]
    left: int = 0
    """So many entries are not set out."""
    listing: str = ""
    """The command that lists them; empty for objections, which only the console does."""
    links: Links = NO_LINKS
    steps: tuple[str, ...]
    points: tuple[str, ...] = ()
    """What a report says, in lines that stand on their own."""
    files: tuple[LetterFile, ...] = ()
    texts: tuple[str, ...] = ()
    """The legal texts in full that the entries name in brief."""

    @property
    def subject(self) -> str:
        """Topic, the bureau's area (辖区不明 where all lies there), count and day."""
        unclear = self.news.bureau == NATION and {entry.division for entry in self.entries} == {None}
        area = UNCLEAR if unclear else name_of(self.news.bureau)
        return f"【{self.topic}】{area} {self.count}（{self.news.created_at:%Y-%m-%d}）"

    @property
    def more(self) -> str:
        """How many entries are not set out, and how to see them; empty when all are."""
        if not self.left:
            return ""
        command = f"用 qingdan cases {self.listing} --bureau {self.news.bureau} "
        where = "在工作台" if self.more_link else command if self.listing else "在工作台“异议”页"
        return f"另有 {self.left} 件未在本件列出，{where}查看。"

    @property
    def more_link(self) -> str:
        """Where they are on the console; empty where it has no address or no such page, or none is left."""
        return self.links.whole(self.news) if self.left else ""

    @property
    def addressee(self) -> str:
        return one_line(self.news.bureau_name, limit=60)

    @property
    def reference(self) -> str:
        return self.news.key


def place_of(division: str | None) -> str:
    """`division` from the province down, as in 广东省深圳市南山区; 辖区不明 for None."""
    if division is None:
        return UNCLEAR
    return "".join(name_of(code) for code in (*reversed(ancestors(division)), division) if code != NATION)


def excerpt_of(item: Evidence) -> Excerpt:
    before, marked, after = item.clause.strip(_LOOSE).partition(item.quote)
    return one_line(before, keep_end=True), one_line(marked), one_line(after)


def quote_of(item: Evidence | Hint, *excerpts: Excerpt, gone: bool = False) -> Quote:
    """What the ad of `item` says; `gone`, where it is no longer at its source."""
    link = external(item.url)
    posted = f"，标注发布日期 {item.posted}" if item.posted else ""
    source = source_name(one_line(item.source, limit=60), gone=gone)
    return Quote(
        excerpts=excerpts,
        title=one_line(item.title, limit=60),
        link=link,
        # The host as it is, without a user name in front that would look like one.
        link_text=one_line((urlsplit(link).hostname or "") if link else item.url, limit=80),
        facts=f"来源 {source}{posted}，首次发现 {item.first_seen:%Y-%m-%d}",
    )


def one_line(text: str, *, limit: int = 200, keep_end: bool = False) -> str:
    """`text` without line breaks, at most `limit` characters of it, its hidden characters spelled out."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = f"…{line[-limit:]}" if keep_end else f"{line[:limit]}…"
    return visible(line)
