"""The list of a notice as its platform filled it in: answers, and what is wrong with which row and column."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.platforms import platforms
from reports.notice.files import FACTS, REPLY_COLUMNS
from store.notice_replies import Reply

COLUMNS: Final = dict(zip(("outcome", "done_on", "said_by", "why"), REPLY_COLUMNS, strict=True), place="序号")
"""Field of an answer → how its column is called."""
AD: Final = "广告编号"
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ][\d:.]+)?")

Rows = Iterable[tuple[str, Mapping[str, object]]]
"""Where each row stands in its file, and its cells by header."""


@dataclass(frozen=True, slots=True)
class FilledIn:
    """One row that says something."""

    at: str
    """Where it stands in the file."""
    reply: Reply
    ad: str
    """What the row calls the ad."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was not taken."""

    at: str
    """Where it stands in the file."""
    column: str
    """Empty where the whole row is meant."""
    told: str

    def __str__(self) -> str:
        return f"{self.at}: {self.column or 'row'}: {self.told}"


class _RowError(ValueError):
    """A row cannot be read."""

    def __init__(self, at: str, column: str, told: str) -> None:
        super().__init__(told)
        self.problem = Problem(at, column, told)


def filled_in(rows: Rows) -> Iterator[FilledIn | Problem]:
    """The rows that answer something, and those that cannot be read; rows left empty are no answers yet."""
    seen: dict[int, str] = {}
    for at, cells in rows:
        if f":{FACTS}!" in at:
            continue
        written = {name: str(cells.get(name) or "").strip() for name in (*COLUMNS.values(), AD)}
        if not any(written[name] for name in REPLY_COLUMNS):
            if COLUMNS["outcome"] not in cells:
                yield Problem(at, COLUMNS["outcome"], "the column is missing")
            continue
        try:
            found = _read(at, written)
        except _RowError as error:
            yield error.problem
            continue
        if found.reply.place in seen:
            told = f"{found.reply.place} stands at {seen[found.reply.place]} already"
            yield Problem(at, COLUMNS["place"], told)
            continue
        seen[found.reply.place] = at
        yield found


def _read(at: str, written: Mapping[str, str]) -> FilledIn:
    place, day = written[COLUMNS["place"]], _DAY.fullmatch(written[COLUMNS["done_on"]])
    if not (place.isascii() and place.isdecimal() and len(place) <= 6):  # noqa: PLR2004 - what a column holds
        raise _RowError(at, COLUMNS["place"], f"{place[:40]!r} is no number")
    outcome = platforms().outcome_named(written[COLUMNS["outcome"]])
    if not outcome:
        names = "、".join(each.name for each in platforms().outcomes.values())
        told = f"{written[COLUMNS['outcome']][:40]!r} is none of {names}"
        raise _RowError(at, COLUMNS["outcome"], told)
    try:
        done_on = date(*map(int, day.groups())) if day else None
    except ValueError:
        done_on = None
    if done_on is None:
        told = f"{written[COLUMNS['done_on']][:40]!r} is no day like 2026-11-18"
        raise _RowError(at, COLUMNS["done_on"], told)
    reply = Reply(
        place=int(place),
        outcome=outcome,
        done_on=done_on,
        said_by=written[COLUMNS["said_by"]],
        why=written[COLUMNS["why"]],
    )
    return FilledIn(at, reply, written[AD].removeprefix("'"))
