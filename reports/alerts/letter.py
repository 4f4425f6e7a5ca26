"""What a message says, before it becomes text or HTML. Everything taken from an ad is made visible here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from config.divisions import NATION, ancestors, name_of
from reports.alerts.words import FIND_EMPLOYER, KINDS, NO_EMPLOYER, POSTERS, SEVERITIES
from reports.templating import external, visible
from store.announcements import AnnouncedCase, Announcement, Evidence
from store.deliveries import Unsendable, covers

UNCLEAR: Final = "辖区不明"
_LOOSE: Final = " \t\r\n:：;；,，、。"
"""Punctuation that a clause was cut off with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One ad's words: the clause in three parts, so that the credential in the middle can be marked."""

    title: str
    before: str
    marked: str
    after: str
    link: str
    """An http(s) address, or empty."""
    link_text: str
    facts: str
    """Source, the date the ad claims, and when it was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case as a bureau reads it."""

    number: str
    urgent: bool
    severity: str
    level: str
    """`severity` in Chinese."""
    heading: str
    place: str
    employer: str
    poster: str
    kind: str
    ads: int
    quotes: tuple[Quote, ...]
    basis: tuple[str, ...]
    measure: str
    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    subject: str
    addressee: str
    summary: str
    urgent: bool
    entries: tuple[Entry, ...]
    more: str
    """How many cases are not set out, and how to see them; empty when all are."""
    reference: str


def letter_of(news: Announcement, basis: Mapping[str, str]) -> Letter:
    """The letter for `news`; `basis` gives the title of each legal text by its id.

    Raises:
        Unsendable: there is no case in it, or one lies outside the bureau's area.
    """
    if not news.cases:
        raise Unsendable(f"delivery {news.delivery_id} is empty; an empty message is never sent")
    for case in news.cases:
        if not covers(news.bureau, case.division):
            raise Unsendable(f"case {case.number} lies outside the area of bureau {news.bureau}")
    return Letter(
        subject=_subject(news),
        addressee=one_line(news.bureau_name, limit=60),
        summary=_summary(news),
        urgent=news.urgent > 0,
        entries=tuple(_entry(case, basis) for case in news.cases),
        more=_more(news),
        reference=news.key,
    )


def place_of(division: str | None) -> str:
    """`division` from the province down, as in 广东省深圳市南山区; 辖区不明 for None."""
    if division is None:
        return UNCLEAR
    return "".join(name_of(code) for code in (*reversed(ancestors(division)), division) if code != NATION)


def _subject(news: Announcement) -> str:
    unclear = news.bureau == NATION and all(case.division is None for case in news.cases)
    area = UNCLEAR if unclear else name_of(news.bureau)
    urgent = f"，急件 {news.urgent} 件" if news.urgent else ""
    return f"【疑似线索待初核】{area} {news.total} 件{urgent}（{news.created_at:%Y-%m-%d}）"


def _summary(news: Announcement) -> str:
    urgent = f"，其中急件 {news.urgent} 件" if news.urgent else ""
    return f"新发现疑似线索 {news.total} 件{urgent}，涉及招聘信息 {news.ads} 条，请初核。"


def _more(news: Announcement) -> str:
    left = news.total - len(news.cases)
    return f"另有 {left} 件未在本件列出，用 qingdan cases list --bureau {news.bureau} 查看。" if left else ""


def _entry(case: AnnouncedCase, basis: Mapping[str, str]) -> Entry:
    cited = sorted({part for item in case.evidence for part in item.basis})
    measures = (item.measure for item in case.evidence if item.measure and case.employer)
    suggestions = (item.suggestion for item in case.evidence if item.suggestion)
    return Entry(
        number=case.number,
        urgent=case.urgent,
        severity=case.severity,
        level=SEVERITIES[case.severity],
        heading=one_line(case.qualification, limit=60),
        place=place_of(case.division),
        employer=one_line(case.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[case.poster],
        kind=KINDS.get(case.kind, case.kind),
        ads=case.ads,
        quotes=tuple(_quote(item) for item in case.evidence),
        basis=tuple(basis.get(part, part) for part in cited),
        measure=one_line(next(measures, FIND_EMPLOYER)),
        suggestion=one_line(next(suggestions, "")),
    )


def _quote(item: Evidence) -> Quote:
    before, marked, after = item.clause.strip(_LOOSE).partition(item.quote)
    link = external(item.url)
    posted = f"，标注发布日期 {item.posted}" if item.posted else ""
    return Quote(
        title=one_line(item.title, limit=60),
        before=one_line(before, keep_end=True),
        marked=one_line(marked),
        after=one_line(after),
        link=link,
        # The host as it is, without a user name in front that would look like one.
        link_text=one_line((urlsplit(link).hostname or "") if link else item.url, limit=80),
        facts=f"来源 {one_line(item.source, limit=60)}{posted}，首次发现 {item.first_seen:%Y-%m-%d}",
    )


def one_line(text: str, *, limit: int = 200, keep_end: bool = False) -> str:
    """`text` without line breaks, at most `limit` characters of it, its hidden characters spelled out."""
    line = " ".join(text.split())
    if len(line) > limit:
        line = f"…{line[-limit:]}" if keep_end else f"{line[:limit]}…"
    return visible(line)
