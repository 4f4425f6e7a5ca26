"""A letter in brief, for chat groups: plain text of so many bytes, cut between entries only."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from config.packs import Pack
from reports.alerts.letter import letter_of
from reports.alerts.links import NO_LINKS, Links
from reports.alerts.parts import Entry
from store.deliveries import Unsendable
from store.news import News

# Chat programs call people at @ and <at>, and make links of whatever looks like an address; a percentage
# does not.
_WIDE: Final = str.maketrans({"@": "＠", "<": "＜", ">": "＞"})
_DOT: Final = re.compile(r"(?<=[A-Za-z0-9])\.(?![0-9]+%)(?=[A-Za-z0-9])")


def brief(news: News, budget: int, *, packs: Mapping[str, Pack], links: Links = NO_LINKS) -> str:
    """As many entries of `news` as fit into `budget` bytes, how many more there are, and where.

    Raises:
        Unsendable: there is nothing in it, something lies outside the bureau's area, or nothing fits.
    """
    letter = letter_of(news, {}, packs, links)
    head = [letter.subject, letter.summary, letter.disclaimer]
    lines = [_line(place, entry) for place, entry in enumerate(letter.entries, start=1)]
    points = [_harmless(point) for point in letter.points]
    link = links.whole(news)
    reference = f"文号 {letter.reference}。系统自动发送，请勿转发至辖区以外。"
    for shown, said in _cuts(len(lines), len(points)):
        left = news.total - shown
        rest = [f"另有 {left} 件未在本消息列出。"] if left else []
        told = [*head, *lines[:shown], *points[:said], *rest, *([link] if link else []), reference]
        text = "\n".join(told)
        if len(text.encode()) <= budget:
            return text
    raise Unsendable(f"delivery {news.delivery_id} does not fit into {budget} bytes")


def _cuts(entries: int, points: int) -> Iterator[tuple[int, int]]:
    """How many entries and key points to tell, less each time."""
    yield from ((entries, said) for said in range(points, 0, -1))
    yield from ((shown, 0) for shown in range(entries, -1, -1))


def _line(place: int, entry: Entry) -> str:
    urgent = "【急】" if entry.urgent else ""
    whom = f"，{entry.employer}，{entry.place}" if entry.employer else ""
    return f"{place}. {urgent}{_harmless(f'{entry.heading}（{entry.level}）{whom}')}，{entry.number}"


def _harmless(words: str) -> str:
    return _DOT.sub("．", words.translate(_WIDE))
