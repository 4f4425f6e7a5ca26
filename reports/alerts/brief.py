"""A letter in brief, for chat groups: plain text of so many bytes, cut between entries only."""

import re
from collections.abc import Mapping
from typing import Final

from config.packs import Pack
from reports.alerts.letter import letter_of
from reports.alerts.parts import Entry
from store.deliveries import FOUND_AGAIN, NEW_CASES, RETURNED_CASES, Unsendable
from store.news import News

_VIEWS: Final = {NEW_CASES: "new", RETURNED_CASES: "new", FOUND_AGAIN: "corrected"}
# Chat programs call people at @ and <at>, and make links of whatever looks like an address.
_WIDE: Final = str.maketrans({"@": "＠", "<": "＜", ">": "＞"})
_DOT: Final = re.compile(r"(?<=[A-Za-z0-9])\.(?=[A-Za-z0-9])")


def brief(news: News, budget: int, *, packs: Mapping[str, Pack], console: str) -> str:
    """As many entries of `news` as fit into `budget` bytes, how many more there are, and where.

    `console` is its address; without one there is no link.

    Raises:
        Unsendable: there is nothing in it, something lies outside the bureau's area, or nothing fits.
    """
    letter = letter_of(news, {}, packs)
    head = [letter.subject, letter.summary, letter.disclaimer]
    lines = [_line(place, entry) for place, entry in enumerate(letter.entries, start=1)]
    link = f"{console.rstrip('/')}/cases?view={_VIEWS.get(news.kind, 'open')}" if console else ""
    reference = f"文号 {letter.reference}。系统自动发送，请勿转发至辖区以外。"
    for shown in range(len(lines), -1, -1):
        left = news.total - shown
        rest = [f"另有 {left} 件未在本消息列出。"] if left else []
        text = "\n".join([*head, *lines[:shown], *rest, *([link] if link else []), reference])
        if len(text.encode()) <= budget:
            return text
    raise Unsendable(f"delivery {news.delivery_id} does not fit into {budget} bytes")


def _line(place: int, entry: Entry) -> str:
    urgent = "【急】" if entry.urgent else ""
    words = f"{entry.heading}（{entry.level}），{entry.employer}，{entry.place}"
    return f"{place}. {urgent}{_DOT.sub('．', words.translate(_WIDE))}，{entry.number}"
