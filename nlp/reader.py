"""Reads one ad: the five steps, from raw text to a reading with its evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from events.types import FieldName, Mention, PosterType, Reading, Span, Verdict
from nlp.clause import Candidate, Item
from nlp.evidence import shortest_clause
from nlp.items import Cutter
from nlp.judgement import Judge, Situation
from nlp.leasing import LeasingReader
from nlp.names import Names
from nlp.normalise import Normalised, normalise
from nlp.occupation import OccupationReader
from nlp.pipeline import build, read_item
from nlp.rules import Rules, shipped_rules

_GRAVITY: Final[dict[Verdict, int]] = {"none": 0, "lawful": 1, "advisory": 2, "violation": 3}
_LEAD: Final = 120
_LONGEST_TITLE: Final = 400


@dataclass(frozen=True, slots=True)
class _Page:
    """One field of an ad, as written and as read."""

    field: FieldName
    raw: str
    normal: Normalised

    @classmethod
    def of(cls, field: FieldName, raw: str) -> Self:
        return cls(field, raw, normalise(raw))

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
        self._nlp = build(rules)
        self._occupations = OccupationReader(rules.data.occupations)
        self._cutter = Cutter(rules.data.sections)
        self._leasing = LeasingReader(rules.data.leasing)
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
        pages = (_Page.of("title", title), _Page.of("text", text))
        situation = Situation(on, poster, company, *(page.normal.text for page in pages))
        occupation = ""
        mentions: tuple[Mention, ...] = ()
        found = [self.rules.lexicon.triggers(page.normal.text) for page in pages]
        if any(found):
            occupation = self._occupations.read(pages[0].normal.text, pages[1].normal.text)
            mentions = tuple(
                mention
                for page, positions in zip(pages, found, strict=True)
                for item in self._items(page, positions, occupation)
                if self._worth_reading(item)
                for mention in self._mentions(item, page, situation)
            )
        leasing = self._leased(pages)
        return Reading(
            on=on,
            edition=self.rules.catalogue.edition_on(on).id,
            rules_version=self.rules.version,
            catalogue_version=self.rules.catalogue.version,
            policy_version=self.rules.policy.version,
            verdict=max((mention.verdict for mention in mentions), key=_GRAVITY.__getitem__, default="none"),
            leasing=leasing is not None,
            leasing_evidence=leasing,
            occupation=occupation,
            mentions=mentions,
        )

    def _items(self, page: _Page, positions: list[int], occupation: str) -> Iterator[Item]:
        text = page.normal.text
        if page.field == "title":
            if positions:
                yield Item(text[:_LONGEST_TITLE], 0, page.field, "", "", occupation)
            return
        for stretch in self._cutter.stretches(text, positions):
            lead = text[max(0, stretch.start - _LEAD) : stretch.start]
            words = text[stretch.start : stretch.end]
            yield Item(words, stretch.start, page.field, stretch.role, stretch.section, occupation, lead)

    def _worth_reading(self, item: Item) -> bool:
        self._names.find(item)
        return item.promising

    def _leased(self, pages: tuple[_Page, ...]) -> Span | None:
        found = self._leasing.evidence([page.normal.text for page in pages])
        return pages[found[0]].span(*found[1:]) if found else None

    def _mentions(self, item: Item, page: _Page, situation: Situation) -> Iterator[Mention]:
        read_item(self._nlp, item)
        for candidate in item.accepted:
            yield self._mention(item, candidate, page, situation)

    def _mention(self, item: Item, candidate: Candidate, page: _Page, situation: Situation) -> Mention:
        where = (candidate.start, candidate.end)
        quoted = page.span_in(item, where)
        return Mention(
            field=page.field,
            start=quoted.start,
            end=quoted.end,
            quote=quoted.text,
            strength=candidate.strength,
            cue=candidate.cue and page.span_in(item, candidate.cue),
            rule=candidate.rule,
            clause=page.span_in(item, shortest_clause(item.text, where, candidate.cue)),
            section=item.section,
            **self._judge.judge(candidate, situation)._asdict(),
        )
