"""Position tables of public notices: how to know one, and what its columns and its title say.

The words are data: config/positions.yaml.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, cast

import yaml

from config.divisions import NATION, ancestors, name_of
from config.settings import ROOT
from crawlers.intake.headers import Headers, bare, ordinary
from crawlers.places import locate
from events.types import PosterType

FILE: Final = ROOT / "config" / "positions.yaml"
_KINDS: Final = 3
"""Kinds of head words that make a head."""
_OF_EXPORTS: Final = frozenset({"duties", "demands"})
"""Kinds of columns that hold the text of an ad in the exports of boards."""
BESIDES: Final = frozenset({"ownership", "employment", "headcount", "education", "experience"})
"""Fields that describe an ad beside its wording; in a table of positions they are text as well."""
_SUM_PARTS: Final = 3
"""Filled cells that a row of sums may have."""
_NUMBERING: Final = re.compile(r"^[（(]?附件[一二三四五六七八九十\d]*[）)]?[：:、.\s]*")
_BETWEEN: Final = re.compile(r"[、，,及和\s]")
_YEAR: Final = re.compile(
    r"^(?:关于)?(?:公布|发布|印发)?[《“]?(?:\d{4}年?度?)?(?:[上下]半年|第[一二三四\d]+批)?"
)


@dataclass(frozen=True, slots=True)
class Words:
    head: Mapping[str, re.Pattern[str]]
    notices_only: frozenset[str]
    partial: re.Pattern[str]
    longest_header: int
    whole_ad: re.Pattern[str]
    left_out: re.Pattern[str]
    note: re.Pattern[str]
    heading: re.Pattern[str]
    sum: re.Pattern[str]
    posters: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def words() -> Words:
    with FILE.open(encoding="utf-8") as lines:
        written: Mapping[str, Any] = yaml.safe_load(lines)
    return Words(**{name: _compiled(value) for name, value in written.items()})


def _compiled(written: object) -> Any:  # noqa: ANN401 - a pattern, a table of them, names, or a number
    if isinstance(written, list):
        return frozenset(written)
    if isinstance(written, Mapping):
        return {name: _compiled(value) for name, value in written.items()}
    return re.compile(written, re.IGNORECASE) if isinstance(written, str) else written


def are_head(headers: Iterable[str]) -> bool:
    """Do these cells name the columns of a table of positions?"""
    known = words()
    names = [bare(header) for header in headers if 0 < len(header.strip()) <= known.longest_header]
    if any(known.whole_ad.search(name) for name in names):
        return False
    kinds = {kind for name in names if (kind := _kind(name))}
    a_notice = not kinds & _OF_EXPORTS or bool(kinds & known.notices_only)
    return "position" in kinds and len(kinds) >= _KINDS and a_notice


def _kind(name: str) -> str:
    """The most special kind of head word in `name`: 岗位代码 is a code and no position."""
    kinds = [kind for kind, pattern in words().head.items() if pattern.search(name)]
    return kinds[-1] if kinds else ""


def columns_of(kind: str, names: Sequence[str]) -> list[int]:
    """Which of the columns so named are of a kind of head words."""
    return [at for at, name in enumerate(names) if _kind(bare(name)) == kind]


def is_partial(header: str) -> bool:
    """Does this name say something only together with the one above it?"""
    return bool(words().partial.search(bare(header)))


def fields_of(headers: tuple[str, ...]) -> Headers:
    """The columns of each field in a table of positions: whatever is no other field is text.

    What is above the employer is named in its place where it has no column, or an empty cell.
    """
    fields = dict(ordinary(headers))
    of = {kind: tuple(headers[at] for at in columns_of(kind, headers)) for kind in words().head}
    fields |= {"id": of["code"], "title": of["position"], "company": of["employer"] or of["above"]}
    fields["city"] = of["place"] or fields["city"]
    fields["headcount"] = of["number"] or fields["headcount"]
    fixed = fields.keys() - BESIDES - {"text"}
    taken = {header for name in fixed for header in fields[name]}
    fields["text"] = tuple(
        header for header in headers if header not in taken and not words().left_out.search(bare(header))
    )
    return fields | {"company": tuple(dict.fromkeys((*fields["company"], *of["above"])))}


class Notes:
    """Rows of a table of positions that are no positions: notes, headings of its parts, sums."""

    def __init__(self) -> None:
        self._begun = False

    def hold(self, opening: str, *, parts: int) -> bool:
        """Is the next row one of them? `opening` is its first filled cell, one of `parts`."""
        known, opening = words(), opening.strip()
        if parts <= _SUM_PARTS and known.sum.search(opening):
            return True
        if parts > 1:
            return False
        self._begun = self._begun or bool(known.note.search(opening))
        return self._begun or bool(known.heading.search(opening))


@lru_cache(maxsize=1024)
def place_in(title: str) -> str:
    """The place that the title of a notice begins with, in full (河北省石家庄市); empty where none is clear.

    北京市科委、中关村管委会 names two offices and means Beijing; 桥西区、新华区 means the city of both.
    """
    for line in title.splitlines():
        opening = _YEAR.sub("", _NUMBERING.sub("", line.strip()))
        read = (locate(opening), locate(_BETWEEN.split(opening, maxsplit=1)[0]))
        if codes := [code for code in read if code is not None]:
            code = min(codes, key=lambda each: len(ancestors(each)))
            above = [each for each in ancestors(code) if each != NATION]
            return "".join(name_of(each) for each in (*reversed(above), code))
    return ""


@lru_cache(maxsize=1024)
def poster_in(title: str) -> PosterType:
    """Who posts, as far as the title of a notice says so."""
    found = [poster for poster, pattern in words().posters.items() if pattern.search(title)]
    return cast("PosterType", found[0]) if len(found) == 1 else "unknown"


def place_of(written: str, title: str) -> str:
    """The place of a position: its own, within that of the notice's title where it is unclear alone."""
    return written if locate(written) else f"{place_in(title)} {written}".strip()


def text_of(cells: Mapping[str, str]) -> str:
    """The text of an ad: a line for each column that says something, `column：value`."""
    return "\n".join(f"{header}：{value.strip()}" for header, value in cells.items() if value.strip())
