"""Decides how a mention is tied to the job: which cue governs it, or what its heading says."""

import re
from bisect import bisect
from itertools import pairwise
from operator import attrgetter
from typing import Final, Literal

from ahocorasick_rs import AhoCorasick, MatchKind

from config.reading import Cue, Cues, RoleRule, Sections
from nlp.clause import Candidate, Item
from nlp.needed import Patterns
from nlp.neighbours import Around, Neighbours
from nlp.reach import Found, Reach

Place = Literal["before", "within", "behind"]
CuePattern = tuple[re.Pattern[str], Cue]
Possible = dict[Place, list[CuePattern]]
_ORDER: Final = ("negated", "after_hire", "mentioned", "preferred", "alternative")
# Under 优先条件 one of several ways in is a preference; to train others is a duty, no offer to the holder;
# a sum beside a name under 福利待遇 is what one gets for it.
_IMPOSSIBLE: Final = frozenset(
    {("alternative", "preferred"), ("after_hire.trained", "duties"), ("preferred.paid", "benefits")}
)
_WINDOW: Final = 40
_CUES_EACH_WAY: Final = 12
_BEGIN: Final = attrgetter("start")
# A firm that lets its people get a paper demands none.
_GETS: Final = ("取得", "获得", "考取", "通过", "拥有")
# A paper of a school tells nothing of the person who brings it.
_SCHOOL_PAPER: Final = re.compile("学[历位]证|毕业证")
_OPENING_QUOTES: Final = '《“"「『'
_CLOSING_QUOTES: Final = ("》", "”", '"', "」", "』")
# Brackets that tell no more of a paper than its grade or class; what is said of it stands behind them.
_GRADE: Final = re.compile(
    r"\s?\((?:[a-z]?\d|[一二三四五六七八九十初中高级类甲乙丙丁等正副本及含以上或、/])+\)"
)
# What is said of those who lack a paper makes no wish of it (没有A证的不必打电话).
_LACKED: Final = re.compile("(?:没有?|无|未取得|未持有|未获得|不具备|缺少?)(?:此|该|相关|有效)?\\Z")
_BRACKET: Final = 120
_ADJOINING: Final = 2
_WISH_LENGTH: Final = 16
_WISH: Final = re.compile(
    "(?:证书?|资格|认证|资质|证照)[^,。;]{0,6}(?:优先(?:考虑|录用|录取|选择)?|加分|更佳|者佳|为佳|更好)\\Z"
)
_DEMAND: Final = re.compile("须|必须|要求|务必")
_SHARED: Final = frozenset({"negated", "after_hire", "mentioned", "preferred", "alternative"})
_UP_TO_COMMA: Final = frozenset({"alternative", "mentioned"})
_BETWEEN_NAMES: Final = re.compile(r"[\s\d、,;。.()/*-]*")
# Members of one enumeration: what leads to the first holds for all (入职后考取A、B或C).
_JOINT: Final = re.compile(
    r"(?:[\s\"”》』」)]|\((?:[^()]{1,4}不限|不限[^()]{1,4})\)|证书?|等|级|及?以上){0,4}"
    # Members that nobody has listed stand between two that are.
    r"(?:[、/](?![有持须具能会懂熟身])[^、/,;:。()]{1,14}){0,3}?"
    r"(?:[、/\\+|&,]|或者?|以?及|和|与|,?或者?|(?<=[师员]))[\s\"“《『(]{0,2}"
)


class CueReader:
    """The last step over an item: how each of its mentions is tied to the job."""

    def __init__(self, cues: Cues, sections: Sections) -> None:
        self._roles = sections.roles
        by_word: dict[str, list[Cue]] = {}
        for cue in cues.cues:
            for word in cue.words:
                by_word.setdefault(word, []).append(cue)
        self._words = list(by_word)
        self._by_word = list(by_word.values())
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest, store_patterns=False)
        self._patterns = Patterns(
            (re.compile(cue.pattern.removeprefix("^")), (_place(cue), cue))
            for cue in cues.cues
            if cue.pattern and cue.scope != "ad"
        )
        self._of_ads = [(re.compile(cue.pattern), cue) for cue in cues.cues if cue.scope == "ad"]
        self._predicates = tuple(sorted(cues.predicates, key=len, reverse=True))
        self._ends = re.compile("|".join(map(re.escape, cues.terminations)))
        self._neighbours = Neighbours(cues)

    def judge(self, item: Item) -> None:
        """Sets strength, rule and cue of every accepted candidate of `item`."""
        accepted = item.accepted
        if not accepted:
            return
        for pattern, cue in self._of_ads:
            if pattern.search(item.opening):
                for candidate in accepted:
                    candidate.strength, candidate.rule = cue.strength, cue.id
                return
        possible = self._possible(item.text)
        found = self._find(item, possible["within"])
        reach = Reach(item, ends=self._ends, predicates=self._predicates)
        around = self._neighbours.around(item)
        # The cue of a class noun matters only where it opens the list of a name.
        leaders = [noun for noun in item.nouns if any(name.leader is noun for name in accepted)]
        for candidate in (*leaders, *accepted):
            near = [*_around(found, candidate), *_adjoining(item, candidate, possible, reach)]
            self._judge_one(candidate, near, reach, around)
        for candidate in accepted:
            _follow_leader(candidate)
        for left, right in pairwise(accepted):
            _follow_list(item, left, right)

    def _possible(self, text: str) -> Possible:
        """The patterns that may match in `text`, by the place in which they are looked for."""
        possible: Possible = {"before": [], "within": [], "behind": []}
        for pattern, (place, cue) in self._patterns.possible(text):
            possible[place].append((pattern, cue))
        return possible

    def _find(self, item: Item, patterns: list[CuePattern]) -> list[Found]:
        found = [
            Found(start, end, cue)
            for index, start, end in self._automaton.find_matches_as_indexes(item.text)
            for cue in self._by_word[index]
        ]
        for pattern, cue in patterns:
            found += [Found(*match.span(), cue) for match in pattern.finditer(item.text)]
        return sorted(found, key=_BEGIN) if len(found) > 2 * _CUES_EACH_WAY else found

    def _judge_one(self, candidate: Candidate, found: list[Found], reach: Reach, around: Around) -> None:
        item = around.item
        fitting = self._fitting(item, candidate, found, reach)
        if fitting:
            best = min(
                fitting, key=lambda cue: min(abs(cue.start - candidate.end), abs(cue.end - candidate.start))
            )
            candidate.strength, candidate.rule = best.cue.strength, best.cue.id
            candidate.cue = (best.start, best.end)
        elif _wished_for(item, candidate):
            candidate.strength, candidate.rule = "preferred", "preferred.such_as"
        elif said := around.say(candidate):
            candidate.strength, candidate.rule = said.strength, said.id
        else:
            self._by_heading(item, candidate, found, reach)

    def _fitting(self, item: Item, candidate: Candidate, found: list[Found], reach: Reach) -> list[Found]:
        """The cues of the first strength that has some which govern `candidate`."""
        present = {cue.cue.strength for cue in found}
        for strength in _ORDER:
            if strength not in present or (strength, item.role) in _IMPOSSIBLE:
                continue
            fitting = [
                cue
                for cue in found
                if cue.cue.strength == strength
                and (cue.cue.id, item.role) not in _IMPOSSIBLE
                and reach.governs(cue, candidate)
            ]
            if fitting and not (
                strength == "after_hire" and self._preferred_at_once(found, candidate, fitting, reach)
            ):
                return fitting
        return []

    def _preferred_at_once(
        self, found: list[Found], candidate: Candidate, offers: list[Found], reach: Reach
    ) -> bool:
        """Whether its own clause prefers it, and only another offers to train (有证优先,无证可培训)."""
        return not any(reach.at_once(offer, candidate) for offer in offers) and any(
            cue.cue.strength == "preferred"
            and reach.at_once(cue, candidate)
            and reach.governs(cue, candidate)
            for cue in found
        )

    def _by_heading(self, item: Item, candidate: Candidate, found: list[Found], reach: Reach) -> None:
        if item.text[candidate.start : candidate.end].endswith("持证上岗"):
            candidate.strength, candidate.rule, candidate.cue = "required", "required.work_with", None
            return
        demands = [cue for cue in found if cue.cue.strength == "required" and reach.governs(cue, candidate)]
        nearest = min(demands, key=lambda cue: abs(cue.end - candidate.start), default=None)
        rule = self._roles.get(item.role)  # type: ignore[call-overload]
        if rule is not None and rule.strength != "required" and not _lifted(item, rule, demands):
            candidate.strength, candidate.rule = rule.strength, item.section
            return
        candidate.strength = "required"
        candidate.rule = nearest.cue.id if nearest else "required.listed"
        candidate.cue = (nearest.start, nearest.end) if nearest else None


def _lifted(item: Item, rule: RoleRule, demands: list[Found]) -> bool:
    """Whether words of the item make a requirement of what its heading would soften."""
    words = {item.text[cue.start : cue.end] for cue in demands}
    if item.role == "duties" and _names_only(item):
        return True
    return (
        (item.apart and any(not word.startswith(_GETS) for word in words))
        or any(word.startswith(unless) for word in words for unless in rule.unless)
        or any(word in _SCHOOL_PAPER.sub("", item.text) for word in rule.persons)
    )


def _names_only(item: Item) -> bool:
    """Whether it says nothing but the names of papers, which is no duty (工作内容:泡茶。茶艺师证、健康证)."""
    last = 0
    for candidate in item.accepted:
        if not _BETWEEN_NAMES.fullmatch(item.text, last, max(last, candidate.start)):
            return False
        last = candidate.end
    return _BETWEEN_NAMES.fullmatch(item.text, last) is not None


def _place(cue: Cue) -> Place:
    """Where the pattern of a cue is looked for: right before or behind a name, or in all of the item."""
    if cue.pattern.endswith("$"):
        return "before"
    return "behind" if cue.pattern.startswith("^") else "within"


def _adjoining(item: Item, candidate: Candidate, possible: Possible, reach: Reach) -> list[Found]:
    """Cues whose pattern ends where the name begins, or begins where it ends; none ends within a name."""
    window = max(0, candidate.start - _WINDOW)
    left = item.text[window : candidate.start].rstrip(_OPENING_QUOTES)
    end = candidate.end
    while item.text.startswith(_CLOSING_QUOTES, end):
        end += 1
    ends = [end, *(gloss.end() for gloss in [_GRADE.match(item.text, end)] if gloss)]
    before = [
        Found(window + match.start(), candidate.start, cue)
        for pattern, cue in possible["before"]
        if (match := pattern.search(left))
    ]
    behind = [
        Found(*match.span(), cue)
        for pattern, cue in possible["behind"]
        for place in ends
        if (match := pattern.match(item.text, place))
        and not (cue.strength == "preferred" and _LACKED.search(left))
        and not reach.inside(match.end())
        and not reach.passes_another(candidate, match.end())
    ]
    return before + behind


def _around(found: list[Found], candidate: Candidate) -> list[Found]:
    """The cues nearest to the name, where an item holds more than any writer means for one name.

    Without the limit a hostile item (有证有证有证 …) would cost its length squared.
    """
    if len(found) <= 2 * _CUES_EACH_WAY:
        return found
    middle = bisect(found, candidate.start, key=_BEGIN)
    return found[max(0, middle - _CUES_EACH_WAY) : middle + _CUES_EACH_WAY]


def _wished_for(item: Item, candidate: Candidate) -> bool:
    """Whether it stands in brackets that say what 优先 before them means (有证书优先(A、B等))."""
    opened = item.text.rfind("(", max(0, candidate.start - _BRACKET), candidate.start)
    if opened < 0 or ")" in item.text[opened : candidate.start].replace("()", ""):
        return False
    return _WISH.search(item.text, max(0, opened - _WISH_LENGTH), opened) is not None and not (
        _DEMAND.search(item.text, opened, candidate.start)
    )


def _follow_leader(candidate: Candidate) -> None:
    """A name in a list that a softer noun opened takes the noun's cue (证书优先,如CFA)."""
    leader = candidate.leader
    if leader is None or leader.strength == "required":
        return
    if candidate.strength == "required" or candidate.cue is None:
        candidate.strength, candidate.rule, candidate.cue = leader.strength, leader.rule, leader.cue


def _follow_list(item: Item, left: Candidate, right: Candidate) -> None:
    """Names of an enumeration share what stands before the first, and a denial behind the last."""
    gap = item.text[left.end : right.start]
    if (
        not _JOINT.fullmatch(gap)
        or _of_two_posts(gap)
        or ("," in gap and (left.strength in _UP_TO_COMMA or right.cue))
    ):
        return
    if right.strength == "required" and left.strength in _SHARED and left.cue and left.cue[1] <= left.start:
        right.strength, right.rule, right.cue = left.strength, left.rule, left.cue
    elif _said_of_both(item, left, right, gap):
        left.strength, left.rule, left.cue = right.strength, right.rule, right.cue


def _of_two_posts(gap: str) -> bool:
    """Whether each name stands in the brackets of a post of its own: 店长(A证)、营业员(B证优先)."""
    return gap.startswith(")") and gap.endswith("(")


def _said_of_both(item: Item, left: Candidate, right: Candidate, gap: str) -> bool:
    """Whether what follows the last name speaks of the one before too: A、B都不用, but not A,B不作要求."""
    if left.strength != "required" or right.cue is None or right.cue[0] < right.end:
        return False
    adjoins = right.strength == "negated" or right.cue[0] - right.end <= _ADJOINING
    if right.strength == "required" or not adjoins:
        return False
    return "," not in gap or item.text.startswith(("都", "均"), right.end)
