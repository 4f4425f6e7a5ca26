"""Reads one ad: the five steps, from raw text to a reading with its evidence."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, Self

from config.packs import LEASING
from events.types import FieldName, Mention, PackFinding, PosterType, Reading, Span, Verdict
from nlp.clause import Candidate, Item
from nlp.evidence import Clauses
from nlp.items import Cutter
from nlp.judgement import Judge, Situation
from nlp.names import Names
from nlp.normalise import Normalised, normalise
from nlp.occupation import OccupationReader
from nlp.packs import PackReader
from nlp.pipeline import build
from nlp.post import PostReader
from nlp.rules import Rules, shipped_rules
from nlp.sieve import Sieve

_GRAVITY: Final[dict[Verdict, int]] = {"none": 0, "lawful": 1, "advisory": 2, "violation": 3}
_KINDS: Final = 10_000
"""Readings of ads that name nothing which are kept: one for each day and family of posts."""
_LONGEST_TITLE: Final = 400
_OPENING: Final = 120
"""Characters of the title, and as many of the text, in which an ad shows who wrote it."""


class _Page(NamedTuple):
    """One field of an ad, as written and as read."""

    field: FieldName
    raw: str
    normal: Normalised

    def span(self, start: int, end: int) -> Span:
        """The original words of a normalised stretch."""
        first, last = self.normal.original(start, end)
        return Span(field=self.field, start=first, end=last, text=self.raw[first:last])

    def span_in(self, item: Item, stretch: tuple[int, int]) -> Span:
        """The original words of a stretch of one of the page's items."""
        return self.span(item.start + stretch[0], item.start + stretch[1])


class Reader:
    """Reads ads under one set of rules; it keeps nothing of one ad for the next."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._names = Names(rules.lexicon)
        self._pipeline = build(rules)
        self._occupations = OccupationReader(rules.data.occupations)
        self._posts = PostReader(rules.data.occupations)
        self._cutter = Cutter(rules.data.sections)
        self.packs = PackReader(rules.data.packs)
        self._sieve = Sieve(rules.lexicon, rules.data.packs)
        self._nothing = lru_cache(maxsize=_KINDS)(self._nothing_on)
        self._judge = Judge(rules)

    @classmethod
    def load(cls) -> Self:
        """A reader under the rules that ship with the program.

        Raises:
            DataError: a data file cannot be used.
        """
        return cls(shipped_rules())

    def read(
        self, *, title: str, text: str, on: date, poster: PosterType = "unknown", company: str = ""
    ) -> Reading:
        """All there is to say about one ad on the day `on`; total over any strings."""
        sifted = self._sieve.look(title, text)
        if sifted is None:
            return self._nothing(on, self._posts.read(normalise(title).text))
        heading, body = sifted.pages
        nothing = self._nothing(on, self._posts.read(heading.text))
        pages = (_Page("title", title, heading), _Page("text", text, body))
        findings = tuple(self._findings(pages, on)) if sifted.hints else ()
        items = [
            (page, item)
            for page, positions in zip(pages, sifted.positions, strict=True)
            for item in self._items(page, positions)
        ]
        if not findings and not items:
            return nothing
        occupation = self._occupations.read(heading.text, body.text)
        situation = Situation(on, poster, company, heading.text, body.text)
        opening = f"{heading.text[:_OPENING]}\n{body.text[:_OPENING]}"
        for _, item in items:
            item.occupation, item.opening = occupation, opening
        mentions = tuple(mention for page, item in items for mention in self._mentions(item, page, situation))
        leasing = next((found.evidence for found in findings if found.pack == LEASING), None)
        return Reading(
            on=on,
            edition=nothing.edition,
            rules_version=nothing.rules_version,
            catalogue_version=nothing.catalogue_version,
            policy_version=nothing.policy_version,
            verdict=max((mention.verdict for mention in mentions), key=_GRAVITY.__getitem__, default="none"),
            leasing=leasing is not None,
            leasing_evidence=leasing,
            findings=findings,
            occupation=nothing.occupation,
            mentions=mentions,
        )

    def _nothing_on(self, day: date, occupation: str) -> Reading:
        """The reading of the many ads that name no credential."""
        return Reading(
            on=day,
            edition=self.rules.catalogue.edition_on(day).id,
            rules_version=self.rules.version,
            catalogue_version=self.rules.catalogue.version,
            policy_version=self.rules.policy.version,
            verdict="none",
            occupation=occupation,
        )

    def _items(self, page: _Page, positions: list[int]) -> Iterator[Item]:
        """The items of a page around `positions` that may hold a mention, with their candidates."""
        if not positions:
            return
        text = page.normal.text
        if page.field == "title":
            items = iter([Item(text[:_LONGEST_TITLE], 0, page.field)])
        else:
            items = self._cutter.items(text, positions)
        for item in items:
            self._names.find(item)
            if item.promising:
                yield item

    def _findings(self, pages: tuple[_Page, ...], on: date) -> Iterator[PackFinding]:
        bases = self.rules.policy.bases
        texts = [page.normal.text for page in pages]
        for pack, rule, where in self.packs.find(texts):
            evidence = pages[where.text].span(where.start, where.end)
            basis = tuple(each for each in pack.basis if bases[each].date <= on.isoformat())
            yield PackFinding(pack=pack.id, rule=rule, evidence=evidence, basis=basis)

    def _mentions(self, item: Item, page: _Page, situation: Situation) -> Iterator[Mention]:
        self._pipeline.read(item)
        accepted = item.accepted
        if not accepted:
            return
        clauses = Clauses(item.text)
        for candidate in accepted:
            clause = clauses.shortest((candidate.start, candidate.end), candidate.cue)
            yield self._mention(page, item, candidate, clause, situation)

    def _mention(
        self, page: _Page, item: Item, candidate: Candidate, clause: tuple[int, int], situation: Situation
    ) -> Mention:
        start, end = page.normal.original(item.start + candidate.start, item.start + candidate.end)
        return Mention(
            field=page.field,
            start=start,
            end=end,
            quote=page.raw[start:end],
            strength=candidate.strength,
            cue=candidate.cue and page.span_in(item, candidate.cue),
            rule=candidate.rule,
            clause=page.span_in(item, clause),
            section=item.section,
            **self._judge.judge(candidate, situation)._asdict(),
        )
