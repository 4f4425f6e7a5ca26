"""Decides how a mention is tied to the job: which cue governs it, or what its heading says."""

import re
from bisect import bisect
from itertools import pairwise
from operator import attrgetter
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from config.reading import Cue, Cues, Sections
from nlp.clause import Candidate, Item
from nlp.reach import Found, Reach

_ORDER: Final = ("negated", "after_hire", "mentioned", "preferred", "alternative")
_CUES_EACH_WAY: Final = 12
_BEGIN: Final = attrgetter("start")
# Members of one enumeration: what leads to the first holds for all (入职后考取A、B或C).
_JOINT: Final = re.compile(
    r"(?:[\s\"”》』」)]|证书?|等|级|及?以上){0,4}(?:[、/\\+|&,]|或者?|以?及|和|与|,?或者?)[\s\"“《『(]{0,2}"
)
# A point under 岗位职责 that tells what kind of person is wanted is no duty.
_PERSON: Final = re.compile("学历|本科|大专|中专|研究生|硕士|毕业|周岁|岁以|应届|年以上|优先|^[^,]{0,6}$")


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
        reach = Reach(item, ends=self._ends, predicates=self._predicates)
        # The cue of a class noun matters only where it opens the list of a name.
        leaders = [noun for noun in item.nouns if any(name.leader is noun for name in accepted)]
        for candidate in (*leaders, *accepted):
            self._judge_one(item, candidate, _around(found, candidate), reach)
        for candidate in accepted:
            _follow_leader(candidate)
        for left, right in pairwise(accepted):
            _follow_list(item, left, right)

    def _find(self, item: Item) -> list[Found]:
        found = [
            Found(start, end, cue)
            for index, start, end in self._automaton.find_matches_as_indexes(item.text)
            for cue in self._by_word[index]
        ]
        for pattern, cue in self._patterns:
            found += [Found(*match.span(), cue) for match in pattern.finditer(item.text)]
        return sorted(found, key=_BEGIN) if len(found) > 2 * _CUES_EACH_WAY else found

    def _judge_one(self, item: Item, candidate: Candidate, found: list[Found], reach: Reach) -> None:
        present = {cue.cue.strength for cue in found}
        for strength in _ORDER:
            anchored = self._anchored(item, candidate, strength)
            if strength not in present and not anchored:
                continue
            fitting = [
                cue
                for cue in (*found, *anchored)
                if cue.cue.strength == strength and reach.governs(cue, candidate)
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
        self._by_heading(item, candidate, found, reach)

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

    def _by_heading(self, item: Item, candidate: Candidate, found: list[Found], reach: Reach) -> None:
        if item.text[candidate.start : candidate.end].endswith("持证上岗"):
            candidate.strength, candidate.rule, candidate.cue = "required", "required.work_with", None
            return
        demands = [cue for cue in found if cue.cue.strength == "required" and reach.governs(cue, candidate)]
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


def _follow_list(item: Item, left: Candidate, right: Candidate) -> None:
    """A name in an enumeration takes what softens the first of it, which may stand far ahead."""
    soft = (
        left.cue is not None and left.cue[1] <= left.start and left.strength not in {"required", "mentioned"}
    )
    if soft and right.strength == "required" and _JOINT.fullmatch(item.text[left.end : right.start]):
        right.strength, right.rule, right.cue = left.strength, left.rule, left.cue
