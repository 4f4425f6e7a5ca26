"""What an ad offers beside work: the loan of a certificate (挂靠), a course sold as a job (招转培).

Words decide, as config/packs.py lays down. The sieve tells whether there is anything to look for; then each
pack takes one pass for core words and traps, one for each list of words that a rule wants nearby, and one for
the hints of each rule. All are linear in the length of the text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from config.packs import Core, Hints, Pack
from nlp.wordlists import Hit, Searched, Stretch, WordList

_BEFORE: Final = 24
"""Characters before a word in which it may be refused."""
_FURTHER: Final = 4
"""Characters that may stand between a longer refusal and the word, but for a list that it begins."""
_AROUND: Final = 60
"""Characters on either side in which the sentence of a word is looked at."""
_SENTENCE_END: Final = re.compile("[。;!?\n]")
_CLAUSE_END: Final = re.compile("[,:。;!?\n]")
_SPACE: Final = ' 的"“'
_LIST_SIGNS: Final = ("、", "或", "及", "和")
_STOP: Final = re.compile("[,。;!?\n]")
_LISTED: Final = re.compile("[、/或及和与等 ]{1,3}")
Reason = Literal["trap", "refused", "exempt", "alone"]
"""A trap or another sense; refused; under the title of those whose work it is; without what must be near."""


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


class PackReader:
    """Applies all packs to the normalised texts of an ad, its title first."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self._packs = [_OnePack(pack) for pack in packs]

    def find(self, texts: Sequence[str]) -> list[Finding]:
        """For each rule that finds something its shortest stretch, in the order of the packs."""
        return [found for pack in self._packs for found in pack.find(Searched(texts))]

    def passed_over(self, texts: Sequence[str]) -> list[PassedOver]:
        """The words that were looked at and found wanting, each with the reason."""
        return [each for pack in self._packs for each in pack.passed_over(Searched(texts))]


class _OnePack:
    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._core = WordList([*(word for rule in pack.core for word in rule.words), *pack.traps])
        self._rules = {word: reader for reader in map(_CoreReader, pack.core) for word in reader.rule.words}
        self._hints = [_HintReader(rule) for rule in pack.hints]
        self._order = [rule.id for rule in (*pack.core, *pack.hints)]
        self._refusals = _Refusals(pack)

    def find(self, ad: Searched) -> list[Finding]:
        """The findings of this pack; hints count only in an ad that refuses none of the core words."""
        if self._exempt(ad):
            return []
        shown: dict[str, Stretch] = {}
        refused = False
        for hit, seen in self._looked_at(ad):
            if isinstance(seen, Stretch):
                rule = self._rules[hit.word].rule.id
                shown[rule] = min(shown.get(rule, seen), seen, key=_length)
            refused |= seen == "refused"
        if not refused:
            found = ((hints.rule.id, hints.find(ad, self._refusals)) for hints in self._hints)
            shown |= {rule: seen for rule, seen in found if seen}
        return [Finding(self._pack, rule, shown[rule]) for rule in self._order if rule in shown]

    def passed_over(self, ad: Searched) -> Iterator[PassedOver]:
        for hit, seen in self._looked_at(ad):
            if not isinstance(seen, Stretch):
                yield PassedOver(self._pack, hit.where, seen)
            elif self._exempt(ad):
                yield PassedOver(self._pack, hit.where, "exempt")

    def _looked_at(self, ad: Searched) -> Iterator[tuple[Hit, Stretch | Reason]]:
        """The core words and traps, each with what it shows or why it shows nothing."""
        refused: Stretch | None = None
        for hit in self._core.hits(ad.texts):
            reader = self._rules.get(hit.word)
            if reader is None:
                yield hit, "trap"
            elif self._refusals.meet(ad, hit.where) or (refused and _goes_on(ad, refused, hit.where)):
                refused = hit.where
                yield hit, "refused"
            else:
                yield hit, reader.look(ad, hit.where)

    def _exempt(self, ad: Searched) -> bool:
        return any(word in ad.texts[0] for word in self._pack.exempt)


class _CoreReader:
    """Tells what the text around a core word adds to it."""

    def __init__(self, rule: Core) -> None:
        self.rule = rule
        self._then = re.compile(rule.then)
        self._beside = WordList(rule.beside, overlapping=True)
        self._unlike = WordList(rule.unlike, overlapping=True)

    def look(self, ad: Searched, where: Stretch) -> Stretch | Reason:
        """The stretch from the core word to all that its rule asks for, or why there is none."""
        followed = self._then.match(ad.texts[where.text], where.end)
        if followed is None:
            return "alone"
        where = where._replace(end=followed.end())
        if not self.rule.beside:
            return where
        drawn = self._with_company(ad, where)
        return "trap" if drawn and self._in_other_sense(ad, where) else drawn or "alone"

    def _with_company(self, ad: Searched, where: Stretch) -> Stretch | None:
        """`where` drawn out to the nearest of the words that must stand beside it, if there are any."""
        reach = self.rule.reach
        near = ad.places(self._beside, where.text).near(where, where.start - reach, where.end + reach)
        if not near:
            return where if where.text and ad.places(self._beside, 0).starts else None
        drawn = (where._replace(start=min(where.start, a), end=max(where.end, b)) for a, b in near)
        return min(drawn, key=_length)

    def _in_other_sense(self, ad: Searched, where: Stretch) -> bool:
        """Whether the nearest word of the clause tells that something else is meant (车辆挂靠)."""
        unlike = ad.places(self._unlike, where.text)
        if not unlike.starts:
            return False
        low, high = _bounds(ad.texts[where.text], where, _CLAUSE_END)
        other = unlike.near(where, low, high)
        own = ad.places(self._beside, where.text).near(where, low, high)
        return bool(other) and _gap(where, other) < _gap(where, own)


class _HintReader:
    """Finds the shortest stretch with words of enough different groups."""

    def __init__(self, rule: Hints) -> None:
        self.rule = rule
        self._group = {word: number for number, group in enumerate(rule.groups) for word in group}
        self._words = WordList(self._group)
        self._also = [WordList(words) for words in rule.also]

    def find(self, ad: Searched, refusals: "_Refusals") -> Stretch | None:
        """The shortest such stretch; words that are refused do not count, and the title is near to all."""
        if not all(any(map(words.meet, ad.texts)) for words in self._also):
            return None
        hits = list(self._words.hits(ad.texts))
        if self._within_reach(hits) is None:
            return None
        return self._within_reach([hit for hit in hits if not refusals.meet(ad, hit.where)])

    def _within_reach(self, hits: list[Hit]) -> Stretch | None:
        titled = frozenset(self._group[hit.word] for hit in hits if hit.where.text == 0)
        if len({self._group[hit.word] for hit in hits}) < self.rule.enough:
            return None
        # What shows all by itself is better evidence than what the title must complete.
        return self._shortest(hits, frozenset()) or (self._shortest(hits, titled) if titled else None)

    def _shortest(self, hits: list[Hit], known: frozenset[int]) -> Stretch | None:
        near = (each for each in self._stretches(hits, known) if _length(each) <= self.rule.reach)
        return min(near, key=_length, default=None)

    def _stretches(self, hits: list[Hit], known: frozenset[int]) -> Iterator[Stretch]:
        """For each word found the shortest stretch up to it that, with those `known`, holds enough groups."""
        latest: dict[int, Stretch] = {}
        text = 0
        for hit in hits:
            if hit.where.text != text:
                latest.clear()
                text = hit.where.text
            latest[self._group[hit.word]] = hit.where
            wanted = max(1, self.rule.enough - len(known - latest.keys()))
            if len(latest) >= wanted:
                starts = sorted((each.start for each in latest.values()), reverse=True)
                yield hit.where._replace(start=starts[wanted - 1])


class _Refusals:
    """Tells what is refused: before (谢绝挂靠), after (挂靠勿扰) or by the sentence (挂靠一经查实)."""

    def __init__(self, pack: Pack) -> None:
        self._right_before = tuple(word for word in pack.refusals if len(word) == 1)
        self._before = WordList(word for word in pack.refusals if len(word) > 1)
        self._after = _refused_after(pack)
        self._denials = WordList(pack.denials)

    def meet(self, ad: Searched, where: Stretch) -> bool:
        """Whether the word at `where` is refused."""
        text = ad.texts[where.text]
        if self._after and self._after.match(text, where.end):
            return True
        denials = ad.places(self._denials, where.text)
        if denials.starts and denials.near(where, *_bounds(text, where, _SENTENCE_END)):
            return True
        before = text[max(0, where.start - _BEFORE) : where.start].rstrip(_SPACE)
        if before.endswith(self._right_before):
            return True
        nearest = ad.places(self._before, where.text).before(where, where.start - _BEFORE)
        return nearest is not None and _reaches(text[nearest[1] : where.start].rstrip(_SPACE))


def _reaches(between: str) -> bool:
    """Whether a refusal reaches over what stands between it and a word: little, or the list it begins."""
    if _STOP.search(between):
        return False
    return len(between) <= _FURTHER or between.endswith(_LIST_SIGNS)


def _length(stretch: Stretch) -> int:
    return stretch.end - stretch.start


def _bounds(text: str, where: Stretch, end: re.Pattern[str]) -> tuple[int, int]:
    """Where the sentence or clause of `where` begins and ends, looked for close to it."""
    before = end.split(text[max(0, where.start - _AROUND) : where.start])[-1]
    after = end.search(text, where.end, where.end + _AROUND)
    return where.start - len(before), after.start() if after else where.end + _AROUND


def _gap(where: Stretch, near: list[tuple[int, int]]) -> int:
    """How many characters lie between `where` and the nearest."""
    return min((max(where.start - end, start - where.end, 0) for start, end in near), default=_AROUND)


def _goes_on(ad: Searched, refused: Stretch, where: Stretch) -> bool:
    """Whether the word at `where` stands in one list with one that was refused (不做挂靠、挂证)."""
    if refused.text != where.text:
        return False
    return _LISTED.fullmatch(ad.texts[where.text], refused.end, where.start) is not None


def _refused_after(pack: Pack) -> re.Pattern[str] | None:
    if not pack.refusals_after:
        return None
    fillers = "|".join(map(re.escape, pack.fillers))
    return re.compile(f"(?:{fillers}){{0,6}}(?:{'|'.join(map(re.escape, pack.refusals_after))})")
