"""What an ad offers beside work: the loan of a certificate (挂靠), a course sold as a job (招转培).

Words decide, as config/packs.py lays down. One pass tells whether there is anything to look for; then each
pack takes one for core words and traps, and one for the hints of each rule. All are linear in the length
of the text: what stands beside a word is looked for within a bounded window.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from config.packs import Core, Hints, Pack

_BEFORE: Final = 8
"""Characters before a core word in which it may be refused."""
Reason = Literal["trap", "refused", "exempt", "alone"]
"""A trap; refused; under the title of those whose work it is; without what must stand beside it."""
_SENTENCE_END: Final = re.compile("[。;!?\n]")
_FURTHER: Final = 4
"""Characters that may stand between a longer refusal and the core word."""


class Stretch(NamedTuple):
    """Where one of an ad's texts shows something, in characters of that text."""

    text: int
    start: int
    end: int


class PassedOver(NamedTuple):
    """A core word, or a trap that holds one, of which nothing was made."""

    pack: Pack
    where: Stretch
    reason: Reason


class Finding(NamedTuple):
    """The rule that found something, and the shortest stretch that shows it."""

    pack: Pack
    rule: str
    where: Stretch


@dataclass(frozen=True, slots=True)
class _Hit:
    word: str
    where: Stretch


class _Words:
    """Finds words in texts, in order; of overlapping ones the leftmost and longest, or all of them."""

    def __init__(self, words: Iterable[str], *, overlapping: bool = False) -> None:
        self._words = sorted({*words})
        self._overlapping = overlapping
        kind = MatchKind.Standard if overlapping else MatchKind.LeftmostLongest
        self._automaton = AhoCorasick(
            self._words, matchkind=kind, implementation=Implementation.ContiguousNFA
        )

    def meet(self, text: str) -> bool:
        """Whether one of the words is in `text`."""
        return bool(self._words and self._automaton.find_matches_as_indexes(text))

    def hits(self, texts: Sequence[str]) -> Iterator[_Hit]:
        if not self._words:
            return
        for number, text in enumerate(texts):
            for index, start, end in self._automaton.find_matches_as_indexes(
                text, overlapping=self._overlapping
            ):
                yield _Hit(self._words[index], Stretch(number, start, end))


class PackReader:
    """Applies all packs to the normalised texts of an ad, its title first."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._anchors = _Words(word for pack in packs for word in pack.anchors)
        self._packs = [_OnePack(pack) for pack in packs]

    def find(self, texts: Sequence[str]) -> list[Finding]:
        """For each rule that finds something its shortest stretch, in the order of the packs."""
        if not self._anchors.meet("\n".join(texts)):
            return []
        return [found for pack in self._packs for found in pack.find(texts)]

    def passed_over(self, texts: Sequence[str]) -> list[PassedOver]:
        """The words that were looked at and found wanting, each with the reason."""
        return [each for pack in self._packs for each in pack.passed_over(texts)]


class _OnePack:
    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._rules = {word: rule for rule in pack.core for word in rule.words}
        self._order = [rule.id for rule in (*pack.core, *pack.hints)]
        self._then = {rule.id: re.compile(rule.then) for rule in pack.core if rule.then}
        self._core = _Words([*self._rules, *pack.traps])
        self._beside = {rule.id: _Words(rule.beside, overlapping=True) for rule in pack.core if rule.beside}
        self._hints = [_HintReader(rule) for rule in pack.hints]
        self._near = _refused_near(pack)
        self._right_before = tuple(word for word in pack.refusals if len(word) == 1)
        self._after = _refused_after(pack)

    def find(self, texts: Sequence[str]) -> list[Finding]:
        """The findings of this pack; hints count only in an ad that refuses none of the core words."""
        if self._exempt(texts):
            return []
        shown: dict[str, Stretch] = {}
        refused = False
        for hit in self._core.hits(texts):
            rule = self._rules.get(hit.word)
            if rule is None:
                continue
            if self._refused(texts[hit.where.text], hit.where):
                refused = True
            elif stretch := self._shown(rule, hit.where, texts[hit.where.text]):
                shown[rule.id] = min(shown.get(rule.id, stretch), stretch, key=_length)
        if not refused:
            shown |= {hints.rule.id: seen for hints in self._hints if (seen := hints.find(texts))}
        return [Finding(self._pack, rule, shown[rule]) for rule in self._order if rule in shown]

    def passed_over(self, texts: Sequence[str]) -> Iterator[PassedOver]:
        for hit in self._core.hits(texts):
            text = texts[hit.where.text]
            rule = self._rules.get(hit.word)
            if rule is None:
                yield PassedOver(self._pack, hit.where, "trap")
            elif self._refused(text, hit.where):
                yield PassedOver(self._pack, hit.where, "refused")
            elif self._exempt(texts):
                yield PassedOver(self._pack, hit.where, "exempt")
            elif self._shown(rule, hit.where, text) is None:
                yield PassedOver(self._pack, hit.where, "alone")

    def _exempt(self, texts: Sequence[str]) -> bool:
        return any(word in texts[0] for word in self._pack.exempt)

    def _shown(self, rule: Core, where: Stretch, text: str) -> Stretch | None:
        """The stretch from the core word to all that its rule asks for; None where that is missing."""
        if rule.id in self._then:
            followed = self._then[rule.id].match(text, where.end)
            if followed is None:
                return None
            where = where._replace(end=followed.end())
        return self._with_company(rule, where, text) if rule.beside else where

    def _with_company(self, rule: Core, where: Stretch, text: str) -> Stretch | None:
        """`where` drawn out to the nearest of the words that must stand beside it."""
        low = max(0, where.start - rule.reach)
        window = text[low : where.end + rule.reach]
        found = [
            (min(where.start, low + hit.where.start), max(where.end, low + hit.where.end))
            for hit in self._beside[rule.id].hits([window])
            # A word within the core word is the core word itself, and no company to it.
            if not where.start <= low + hit.where.start < where.end
        ]
        if not found:
            return None
        start, end = min(found, key=lambda each: each[1] - each[0])
        return Stretch(where.text, start, end)

    def _refused(self, text: str, where: Stretch) -> bool:
        """Whether the words there are refused, before (谢绝挂靠) or after (挂靠勿扰)."""
        if self._after and self._after.match(text, where.end):
            return True
        before = _SENTENCE_END.split(text[max(0, where.start - _BEFORE) : where.start])[-1].rstrip(' 的"“')
        return before.endswith(self._right_before) or self._near.search(before) is not None


class _HintReader:
    """Finds the shortest stretch with words of enough different groups."""

    def __init__(self, rule: Hints) -> None:
        self.rule = rule
        self._group = {word: number for number, group in enumerate(rule.groups) for word in group}
        self._words = _Words(self._group)

    def find(self, texts: Sequence[str]) -> Stretch | None:
        if not all(any(word in text for text in texts for word in words) for words in self.rule.also):
            return None
        near = (each for each in self._stretches(texts) if _length(each) <= self.rule.reach)
        return min(near, key=_length, default=None)

    def _stretches(self, texts: Sequence[str]) -> Iterator[Stretch]:
        """For each word found the shortest stretch ending with it that holds enough groups."""
        latest: dict[int, Stretch] = {}
        text = 0
        for hit in self._words.hits(texts):
            if hit.where.text != text:
                latest.clear()
                text = hit.where.text
            latest[self._group[hit.word]] = hit.where
            if len(latest) >= self.rule.enough:
                starts = sorted((each.start for each in latest.values()), reverse=True)
                yield hit.where._replace(start=starts[self.rule.enough - 1])


def _length(stretch: Stretch) -> int:
    return stretch.end - stretch.start


def _refused_near(pack: Pack) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in pack.refusals if len(word) > 1) or "(?!)"
    return re.compile(f"(?s:(?:{words}).{{0,{_FURTHER}}}\\Z)")


def _refused_after(pack: Pack) -> re.Pattern[str] | None:
    if not pack.refusals_after:
        return None
    fillers = "|".join(map(re.escape, pack.fillers))
    return re.compile(f"(?:{fillers}){{0,6}}(?:{'|'.join(map(re.escape, pack.refusals_after))})")
