"""自查: an ad is pasted, and the page says what in it may not be demanded; nothing of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, cast

from starlette.responses import Response

from config.packs import Pack
from events.types import FieldName, Mention, PackFinding, PosterType, Reading, Verdict
from nlp.explanation import STRENGTHS, VERDICTS, conclusion, grounds, post_of, scope_told
from nlp.rules import Rules
from reports.public.gate import Visit
from reports.wording import POSTERS

_POSTERS: Final = {**POSTERS, "unknown": "不说明"}
LONGEST_TITLE: Final = 400
LONGEST_TEXT: Final = 20_000
"""Characters of an ad."""

MOST_MENTIONS: Final = 50
"""Papers of one ad that are answered one by one."""


@dataclass(frozen=True, slots=True)
class Ad:
    """What is to be judged."""

    title: str
    text: str
    poster: PosterType
    on: date


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an ad's words, and the verdict on the paper that they name; empty where they name none."""

    text: str
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Point:
    """What is said of one mention."""

    mention: Mention
    kind: str
    grounds: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """An ad with what was found in it, as the page shows it."""

    reading: Reading
    edition: str
    conclusion: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    points: tuple[Point, ...]
    """The gravest first."""
    hints: tuple[tuple[Pack, tuple[PackFinding, ...]], ...]


def ask(visit: Visit) -> Response:
    return _page(visit)


def check(visit: Visit) -> Response:
    """Judge what was pasted; what cannot be judged is told, and nothing typed is lost."""
    form = visit.form
    problem = _problem(form)
    if problem:
        return _page(visit, problem=problem)
    poster = cast("PosterType", form.get("poster") or "unknown")
    on = date.fromisoformat(form["on"]) if form.get("on") else visit.now.date()
    return _page(visit, checked=_checked(visit, Ad(form.get("title", ""), form.get("text", ""), poster, on)))


def _problem(form: Mapping[str, str]) -> str:
    """Why there is nothing that could be judged; empty where there is."""
    title, text, on = (form.get(name, "") for name in ("title", "text", "on"))
    if not title and not text:
        return "请粘贴招聘信息。"
    if len(title) > LONGEST_TITLE or len(text) > LONGEST_TEXT:
        return f"标题至多 {LONGEST_TITLE} 个字符，正文至多 {LONGEST_TEXT} 个字符。"
    if form.get("poster", "") not in {"", *_POSTERS}:
        return "请选择发布单位的性质。"
    try:
        date.fromisoformat(on or "2026-01-01")
    except ValueError:
        return "日期须写作 2026-11-18 这样的形式。"
    return ""


def _page(visit: Visit, *, problem: str = "", checked: Checked | None = None) -> Response:
    return visit.page(
        "check",
        status=400 if problem else 200,
        problem=problem,
        checked=checked,
        typed=visit.form,
        posters=_POSTERS,
        verdicts=VERDICTS,
        strengths=STRENGTHS,
        longest_title=LONGEST_TITLE,
        longest_text=LONGEST_TEXT,
    )


def _checked(visit: Visit, ad: Ad) -> Checked:
    reader = visit.desk.reader
    reading = reader.read(title=ad.title, text=ad.text, on=ad.on, poster=ad.poster)
    found = {
        pack: tuple(each for each in reading.findings if each.pack == pack.id)
        for pack in reader.rules.data.packs
    }
    return Checked(
        reading=reading,
        edition=reader.rules.catalogue.edition_on(ad.on).row.title,
        conclusion=conclusion(reading),
        title=marked(ad.title, "title", reading.mentions),
        text=marked(ad.text, "text", reading.mentions),
        points=_points(reader.rules, ad, reading),
        hints=tuple((pack, findings) for pack, findings in found.items() if findings),
    )


def _points(rules: Rules, ad: Ad, reading: Reading) -> tuple[Point, ...]:
    post = post_of(rules, ad.title, ad.text) if reading.mentions else None
    return tuple(
        Point(
            mention,
            rules.policy.row_name(mention.row or mention.kind),
            tuple(grounds(mention, rules.policy)),
            tuple(scope_told(mention, rules.policy, post)),
        )
        for mention in gravest(reading.mentions)
    )


def gravest(mentions: Sequence[Mention]) -> list[Mention]:
    """At most `MOST_MENTIONS` of `mentions`, the gravest first; those of one verdict as they stand."""
    return sorted(mentions, key=lambda each: list(VERDICTS).index(each.verdict))[:MOST_MENTIONS]


def marked(text: str, field: FieldName, mentions: Sequence[Mention]) -> tuple[Piece, ...]:
    """`text`, which is that of `field`, in pieces that together are all of it."""
    here = [each for each in mentions if each.field == field]
    cuts = sorted({0, len(text), *(cut for each in here for cut in (each.start, each.end))})
    return tuple(Piece(text[start:end], _verdict(here, start, end)) for start, end in pairwise(cuts))


def _verdict(mentions: Sequence[Mention], start: int, end: int) -> Verdict | None:
    return next((each.verdict for each in mentions if each.start <= start and end <= each.end), None)
