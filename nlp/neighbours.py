"""What the items around say of a mention: 以下条件之一: before it, or ;未取得的,须在一年内取得 behind it."""

import re
from functools import cached_property
from typing import Final

from config.reading import Cue, Cues
from nlp.clause import Candidate, Item
from nlp.needed import Patterns

_OR: Final = re.compile(r"[\s\d、.)①-⑳]*或")
_POINT: Final = " \n;。、.)0123456789①②③④⑤⑥⑦⑧⑨"
_LEADS: Final = ("preferred.one_of", "alternative.one_of")
_LEGENDS: Final = ("after_hire.legend", "negated.legend")
# What may begin the sentence behind.
_BEHIND: Final = frozenset(
    {
        "after_hire.else_later",
        "after_hire.paper_later",
        "after_hire.who_lacks_it",
        "negated.paper_not_needed",
        "preferred.paper_helps",
        "alternative.or_else",
        "alternative.or_other_way",
        "alternative.waived",
    }
)
# What closes a list of points speaks of all of them: 有以上证书者优先, 以上条件满足其一即可.
_ABOVE: Final = r"(?:^|[\s。;、.()\d])(?:有|持有?|具有|具备|取得|满足|符合)?(?:以上|上述)"
_CLOSINGS: Final = (
    "[^,。;]{0,4}(?:证书?|资格|证件)[^,。;]{0,6}(?:优先|加分|佳)",
    (
        "(?:(?!证|资格)[^,。;]){0,10}(?:之一|其一|任[一意]|一[项条个种点])"
        "[^,。;优]{0,4}(?:即可|均可|也可|可以|就可|就行|者)"
    ),
)
_ALL_ABOVE: Final = ("after_hire.all_above", "negated.all_above")
_ALMOST: Final = 4
# A wish that stands alone as a sentence: 有A证;优先录取。
_ALONE: Final = re.compile(
    r"[ ;。]*(?:者|的)?(?:可|将|予以)?(?:优先(?:考虑|录用|录取|聘用|安排)?|加分|[更尤]佳)(?:[。;!\n]|\Z)"
)
_FIRM: Final = re.compile("必须|必备|必需|务必|须(?!知)")
_INLINE: Final = re.compile(r"[^\S\n]*[^\s\d(①一•*-]")
_POINTS: Final = re.compile(r"\n|[。;]\s*\d{1,2}[、.)]|[①-⑳]")
_NUMBERS: Final = re.compile(r"(?<![\d(])(\d{1,2})[、.)]")


class Neighbours:
    """The cues that reach over the borders of items, each with its pattern."""

    def __init__(self, cues: Cues) -> None:
        by_id = {cue.id: cue for cue in cues.cues}
        pairs = [(by_id[lead], closing) for lead, closing in zip(_LEADS, _CLOSINGS, strict=True)]
        leads = [(re.compile(f"(?:{cue.pattern.rstrip(':')})[^。;:]{{0,12}}[:\n]"), cue) for cue, _ in pairs]
        legends = [(re.compile(by_id[legend].pattern), by_id[legend]) for legend in _LEGENDS]
        self.leads = Patterns([*leads, *legends])
        closings = [(re.compile(_ABOVE + closing), cue) for cue, closing in pairs]
        of_all = [(re.compile(by_id[each].pattern), by_id[each]) for each in _ALL_ABOVE]
        self.closings = Patterns([*closings, *of_all])
        self.wish = by_id[_LEADS[0]]
        self.behind = [(re.compile(cue.pattern), cue) for cue in cues.cues if cue.id in _BEHIND]
        self.before_or = [
            (re.compile(cue.pattern), cue)
            for cue in cues.cues
            if cue.strength == "alternative" and cue.pattern.endswith("$")
        ]

    def around(self, item: Item) -> "Around":
        """What the items around `item` say of its mentions."""
        return Around(self, item)


class Around:
    """The items around one item; what does not hang on the mention is looked for once for all of them."""

    def __init__(self, neighbours: Neighbours, item: Item) -> None:
        self._neighbours = neighbours
        self.item = item

    def say(self, candidate: Candidate) -> Cue | None:
        """The cue around the item that governs `candidate`; under 优先条件 none does."""
        if self.item.role == "preferred":
            return None
        return (
            self._lead
            or self._behind
            or self._wish_alone(candidate)
            or self._before_or(candidate)
            or self._closing
        )

    @cached_property
    def _lead(self) -> Cue | None:
        leads = self._neighbours.leads.possible(self.item.lead)
        return next((cue for pattern, cue in leads if _leads_to(self.item, pattern)), None)

    @cached_property
    def _behind(self) -> Cue | None:
        follow = self.item.follow.lstrip(_POINT)
        after_comma = "," + follow
        for pattern, cue in self._neighbours.behind:
            if (pattern.match(after_comma) or pattern.match(follow)) and not (
                cue.strength == "preferred" and _FIRM.search(self.item.text)
            ):
                return cue
        return None

    @cached_property
    def _closing(self) -> Cue | None:
        follow = self.item.follow
        closings = self._neighbours.closings.possible(follow)
        return next((cue for pattern, cue in closings if pattern.search(follow)), None)

    def _wish_alone(self, candidate: Candidate) -> Cue | None:
        rest = self.item.text[candidate.end : candidate.end + _ALMOST + 1]
        short = len(rest) <= _ALMOST and "\n" not in rest
        return self._neighbours.wish if short and _ALONE.match(self.item.follow) else None

    def _before_or(self, candidate: Candidate) -> Cue | None:
        if not _OR.match(self.item.text):
            return None
        lead = self.item.lead + self.item.text[: candidate.start]
        return next((cue for pattern, cue in self._neighbours.before_or if pattern.search(lead)), None)


def _leads_to(item: Item, lead: re.Pattern[str]) -> bool:
    """Whether the item is one of the points that `lead` opens, and no later point of the lead's own level."""
    opened = list(lead.finditer(item.lead))
    if not opened:
        return False
    between = item.lead[opened[-1].end() :]
    if _INLINE.match(between):
        return _POINTS.search(between) is None
    own = _NUMBERS.findall(item.lead, 0, opened[-1].start())
    inner = _NUMBERS.findall(between)
    return not (own and inner and int(inner[0]) == int(own[-1]) + 1)
