"""Decides how a mention is tied to the job: which cue governs it, or what its heading says."""

import re
from bisect import bisect, bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from operator import attrgetter, itemgetter
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from config.reading import Cue, Cues, Sections
from nlp.clause import Candidate, Item

_ORDER: Final = ("negated", "after_hire", "mentioned", "preferred", "alternative")
_NEAR: Final = 6
_REACH: Final = 24
_OPENING: Final = 8
_CUES_EACH_WAY: Final = 12
_BEGIN: Final = attrgetter("start")
_END: Final = attrgetter("end")
# A blank between two Chinese words separates like a comma.
_COMMA: Final = re.compile(r",|(?<=[一-龥)]) +(?=[一-龥])")
_CONTINUES: Final = re.compile(r"\s*(?:、|/|或者?|以?及|和|与|等|且|并且?|其他|其它|\()")
_BARE: Final = re.compile(
    r"(?:者|的|均|可|都|则|将|予以|会|条件|同等条件下?|同等情况下?|符合|满足|具备|具有|以上|上述|一|项|之一|任意|证书?|持证|予|给予|也|更|为|在|同等学历|优秀|可以|并|年龄|学历|专业|工作经验|经验|限制|要求|[\d一二三四五、或至,])*"
)
_NEW_PREDICATE: Final = re.compile(
    r"(?<![且并及和与或、还])(?:有(?![关限效机])|具有|具备|熟悉|从事|懂|男|女|退伍|应届|能够|熟练|住|离家|本地|精通|了解)"
)
_NEW_CLAUSE: Final = re.compile(",|" + _NEW_PREDICATE.pattern)
_DEMAND: Final = re.compile("(?:有(?![关限效机])|具有|具备|持有|须|需要?|必须|要求|优先|限)")
_LEADING_DEMAND: Final = re.compile(
    '(?:持有|具有|具备|有|持|考取|取得|提供|出示|任何|专业|相关|的|:|"|“|《|《)*'
)


@dataclass(frozen=True, slots=True)
class Found:
    """A cue in an item, by offsets."""

    start: int
    end: int
    cue: Cue


class CueReader:
    """Component `qingdan_cues`."""

    def __init__(self, cues: Cues, sections: Sections) -> None:
        self._roles = sections.roles
        by_word: dict[str, list[Cue]] = {}
        for cue in cues.cues:
            for word in cue.words:
                by_word.setdefault(word, []).append(cue)
        self._words = list(by_word)
        self._by_word = list(by_word.values())
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest, store_patterns=False)
        patterns = [(re.compile(cue.pattern), cue) for cue in cues.cues if cue.pattern]
        self._anchors = {
            strength: [
                each for each in patterns if each[1].pattern.endswith("$") and each[1].strength == strength
            ]
            for strength in _ORDER
        }
        self._patterns = [each for each in patterns if not each[1].pattern.endswith("$")]
        self._predicates = tuple(sorted(cues.predicates, key=len, reverse=True))
        self._ends = re.compile("|".join(map(re.escape, cues.terminations)))
        self._listwide = [cue for cue in cues.cues if cue.id == "alternative.one_of"]

    def judge(self, item: Item) -> None:
        """Sets strength, rule and cue of every accepted candidate of `item`."""
        accepted = item.accepted
        if not accepted:
            return
        found = self._find(item)
        clauses = self._clauses(item)
        # The cue of a class noun matters only where it opens the list of a name.
        leaders = [noun for noun in item.nouns if any(name.leader is noun for name in accepted)]
        for candidate in (*leaders, *accepted):
            self._judge_one(item, candidate, _around(found, candidate), clauses)
        for candidate in accepted:
            _follow_leader(candidate)

    def _find(self, item: Item) -> list[Found]:
        found = [
            Found(start, end, cue)
            for index, start, end in self._automaton.find_matches_as_indexes(item.text)
            for cue in self._by_word[index]
        ]
        for pattern, cue in self._patterns:
            found += [Found(*match.span(), cue) for match in pattern.finditer(item.text)]
        return sorted(found, key=_BEGIN) if len(found) > 2 * _CUES_EACH_WAY else found

    @staticmethod
    def _clauses(item: Item) -> list[tuple[int, int]]:
        commas = [match.end() for match in _COMMA.finditer(item.text)]
        cuts = [0, *(cut for cut in commas if not _inside(item.candidates, cut)), len(item.text)]
        return list(pairwise(cuts))

    def _judge_one(
        self, item: Item, candidate: Candidate, found: list[Found], clauses: list[tuple[int, int]]
    ) -> None:
        present = {cue.cue.strength for cue in found}
        for strength in _ORDER:
            anchored = self._anchored(item, candidate, strength)
            if strength not in present and not anchored:
                continue
            fitting = [
                cue
                for cue in (*found, *anchored)
                if cue.cue.strength == strength and self._governs(item, cue, candidate, clauses)
            ]
            if fitting:
                best = min(
                    fitting,
                    key=lambda cue: min(abs(cue.start - candidate.end), abs(cue.end - candidate.start)),
                )
                candidate.strength, candidate.rule = best.cue.strength, best.cue.id
                candidate.cue = (best.start, best.end)
                return
        if self._led(item, candidate):
            return
        self._by_heading(item, candidate, found, clauses)

    def _anchored(self, item: Item, candidate: Candidate, strength: str) -> list[Found]:
        """Cues whose pattern ends where the name begins."""
        window = max(0, candidate.start - 40)
        return [
            Found(window + match.start(), candidate.start, cue)
            for pattern, cue in self._anchors[strength]
            if (match := pattern.search(item.text[window : candidate.start]))
        ]

    def _led(self, item: Item, candidate: Candidate) -> bool:
        for cue in self._listwide:
            if any(word in item.lead for word in cue.words):
                candidate.strength, candidate.rule = cue.strength, cue.id
                return True
        return False

    def _by_heading(
        self, item: Item, candidate: Candidate, found: list[Found], clauses: list[tuple[int, int]]
    ) -> None:
        if item.text[candidate.start : candidate.end].endswith("持证上岗"):
            candidate.strength, candidate.rule, candidate.cue = "required", "required.work_with", None
            return
        demands = [
            cue
            for cue in found
            if cue.cue.strength == "required" and self._governs(item, cue, candidate, clauses)
        ]
        nearest = min(demands, key=lambda cue: abs(cue.end - candidate.start), default=None)
        rule = self._roles.get(item.role)  # type: ignore[call-overload]
        words = {item.text[cue.start : cue.end] for cue in demands}
        lifted = rule is not None and any(word.startswith(unless) for word in words for unless in rule.unless)
        if rule is not None and rule.strength != "required" and not lifted:
            candidate.strength, candidate.rule = rule.strength, item.section
            return
        candidate.strength = "required"
        candidate.rule = nearest.cue.id if nearest else "required.listed"
        candidate.cue = (nearest.start, nearest.end) if nearest else None

    def _governs(
        self, item: Item, found: Found, candidate: Candidate, clauses: list[tuple[int, int]]
    ) -> bool:
        before = found.end <= candidate.start
        after = found.start >= candidate.end
        direction = found.cue.direction
        if not ((before and direction != "after") or (after and direction != "before")):
            return False
        gap = item.text[found.end : candidate.start] if before else item.text[candidate.end : found.start]
        if self._ends.search(gap):
            return False
        if found.cue.scope == "item":
            return True
        if found.cue.scope == "near":
            return len(gap.strip()) <= (_NEAR if direction == "both" else 2) and "," not in gap
        if before:
            return self._governs_ahead(item, found, gap)
        return self._governs_back(item, found, candidate, clauses)

    @staticmethod
    def _governs_ahead(item: Item, found: Found, gap: str) -> bool:
        if found.cue.strength == "required":
            return "," not in gap and len(gap) <= 2 * _REACH
        if "," in gap or len(gap) > _REACH:
            return False
        word = item.text[found.start : found.end]
        if word.startswith(("优先", "加分")) and not _at_clause_start(item.text, found.start):
            return False
        rest = _LEADING_DEMAND.match(gap)
        return _DEMAND.search(gap, rest.end() if rest else 0) is None

    def _governs_back(
        self, item: Item, found: Found, candidate: Candidate, clauses: list[tuple[int, int]]
    ) -> bool:
        bracket = _bracket(item.text, found.start)
        if bracket is not None and not bracket[0] < candidate.start < bracket[1]:
            inside = _next_start(item, bracket[0] + 1) < bracket[1]
            return not inside and not _NEW_CLAUSE.search(item.text[candidate.end : bracket[0]])
        mine = _index(clauses, candidate.end - 1)
        its = _index(clauses, found.start)
        gap = item.text[candidate.end : found.start]
        if mine == its:
            return (found.cue.scope == "list" and not _NEW_PREDICATE.search(gap)) or (
                found.cue.scope == "clause" and len(gap) <= _REACH
            )
        if found.cue.scope != "list":
            return False
        if its == mine + 1 and self._is_bare(item.text, clauses[its], found):
            return True
        return all(
            self._continues(item, clauses[i]) for i in range(mine + 1, its + 1)
        ) and not _NEW_PREDICATE.search(
            item.text, max(clauses[its][0], _last_end(item, found.start)), found.start
        )

    @staticmethod
    def _is_bare(text: str, clause: tuple[int, int], found: Found) -> bool:
        return _BARE.fullmatch(text[clause[0] : found.start].strip(' )"”')) is not None

    def _continues(self, item: Item, clause: tuple[int, int]) -> bool:
        """Whether a comma clause goes on with the enumeration of the one before."""
        if _CONTINUES.match(item.text, clause[0]):
            return True
        head = item.text[clause[0] : clause[1]].lstrip()
        if head.startswith(self._predicates):
            return False
        begin = clause[1] - len(item.text[clause[0] : clause[1]].lstrip())
        return _next_start(item, begin) <= begin + _OPENING


def _around(found: list[Found], candidate: Candidate) -> list[Found]:
    """The cues nearest to the name, where an item holds more than any writer means for one name.

    Without the limit a hostile item (有证有证有证 …) would cost its length squared.
    """
    if len(found) <= 2 * _CUES_EACH_WAY:
        return found
    middle = bisect(found, candidate.start, key=_BEGIN)
    return found[max(0, middle - _CUES_EACH_WAY) : middle + _CUES_EACH_WAY]


def _follow_leader(candidate: Candidate) -> None:
    """A name in a list that a softer noun opened takes the noun's cue (证书优先,如CFA)."""
    leader = candidate.leader
    if leader is not None and candidate.strength == "required" and leader.strength != "required":
        candidate.strength, candidate.rule, candidate.cue = leader.strength, leader.rule, leader.cue


def _at_clause_start(text: str, position: int) -> bool:
    before = text[position - 1 : position] if position else ""
    return not before or before in ",:(可会将我们" or before.isspace()


def _bracket(text: str, position: int) -> tuple[int, int] | None:
    """The round brackets around `position`, if they open within reach."""
    opened = text.rfind("(", max(0, position - 60), position)
    if opened < 0 or text.find(")", opened, position) >= 0:
        return None
    closed = text.find(")", position)
    return opened, closed if closed >= 0 else len(text)


def _index(clauses: list[tuple[int, int]], position: int) -> int:
    return bisect(clauses, position, key=itemgetter(0)) - 1


def _inside(candidates: list[Candidate], position: int) -> bool:
    """Whether `position` stands inside one of `candidates`, which are in the order of their text."""
    index = bisect_left(candidates, position, key=_BEGIN) - 1
    return index >= 0 and position < candidates[index].end


def _next_start(item: Item, position: int) -> float:
    """Where the first candidate at or after `position` begins; infinite if there is none."""
    index = bisect_left(item.candidates, position, key=_BEGIN)
    return item.candidates[index].start if index < len(item.candidates) else inf


def _last_end(item: Item, position: int) -> int:
    """Where the last candidate that ends at or before `position` does."""
    index = bisect(item.candidates, position, key=_END)
    return item.candidates[index - 1].end if index else 0
