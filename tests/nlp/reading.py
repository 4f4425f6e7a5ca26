"""Shared by the tests of this folder: one reader, and a short way to ask it."""

from datetime import date
from functools import lru_cache
from typing import Final

from config.reading import shipped
from events.types import Mention, Reading
from nlp.reader import Reader

DAY: Final = date(2024, 6, 1)
PACKS: Final = {pack.id: pack for pack in shipped().packs}


@lru_cache(maxsize=1)
def reader() -> Reader:
    return Reader.load()


def read(text: str, *, title: str = "", on: date = DAY) -> Reading:
    return reader().read(title=title, text=text, on=on)


def strengths(text: str, *, title: str = "") -> list[tuple[str, str]]:
    return [(mention.quote, mention.strength) for mention in read(text, title=title).mentions]


def kinds(text: str, *, title: str = "") -> list[tuple[str, str]]:
    return [(mention.quote, mention.kind) for mention in read(text, title=title).mentions]


def only(text: str, *, title: str = "", on: date = DAY) -> Mention:
    mentions = read(text, title=title, on=on).mentions
    assert len(mentions) == 1, [mention.quote for mention in mentions]
    return mentions[0]


def found(text: str, title: str = "") -> list[tuple[str, str]]:
    """Pack and rule of each finding."""
    return [(finding.pack, finding.rule) for finding in read(text, title=title).findings]
