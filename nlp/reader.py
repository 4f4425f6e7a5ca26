"""Reads one ad: the five steps, from raw text to a reading with its evidence."""

from collections.abc import Iterator
from datetime import date
from typing import Final, Self, cast

from config.catalogue.model import OutsideKind
from events.types import FieldName, Kind, Mention, Reading, Span, Verdict
from nlp.clause import Candidate, Item
from nlp.items import Cutter
from nlp.leasing import LeasingReader
from nlp.normalise import Normalised, normalise
from nlp.occupation import occupation_of
from nlp.pipeline import ITEM, build, document
from nlp.resolution import UNKNOWN
from nlp.rules import Rules, shipped_rules

_GRAVITY: Final[dict[Verdict, int]] = {"none": 0, "lawful": 1, "advisory": 2, "violation": 3}
_LEAD: Final = 120


class Reader:
    """Reads ads under one set of rules; pure, and safe to share between ads."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._nlp = build(rules)
        self._cutter = Cutter(rules.data.sections)
        self._leasing = LeasingReader(rules.data.leasing)

    @classmethod
    def load(cls) -> Self:
        """A reader under the rules that ship with the program.

        Raises:
            DataError: a data file cannot be used.
        """
        return cls(shipped_rules())

    def read(self, *, title: str, text: str, on: date, poster: str = "unknown", company: str = "") -> Reading:
        """All there is to say about one ad on the day `on`; total over any strings."""
        fields: dict[FieldName, Normalised] = {"title": normalise(title), "text": normalise(text)}
        raw: dict[FieldName, str] = {"title": title, "text": text}
        found = {
            name: [hit.start for hit in self.rules.lexicon.triggers(normal.text)] for name, normal in fields.items()
        }
        leasing = self._leased(fields, raw)
        mentions: tuple[Mention, ...] = ()
        occupation = ""
        if any(found.values()):
            occupation = occupation_of(fields["title"].text, fields["text"].text, self.rules.data.occupations)
            items = [item for name in fields for item in self._items(name, fields[name], found[name], occupation)]
            mentions = tuple(
                self._mention(item, candidate, fields[item.field], raw[item.field], on, poster, bool(company))
                for item in self._run(items)
                for candidate in item.accepted
            )
        verdict = max((mention.verdict for mention in mentions), key=_GRAVITY.__getitem__, default="none")
        return Reading(
            on=on, edition=self.rules.catalogue.edition_on(on).id, rules_version=self.rules.version, verdict=verdict,
            leasing=leasing is not None, leasing_evidence=leasing, occupation=occupation, mentions=mentions,
        )  # fmt: skip

    def _items(self, name: FieldName, normal: Normalised, positions: list[int], occupation: str) -> Iterator[Item]:
        if name == "title":
            if positions:
                yield Item(normal.text[:400], 0, name, "", "", occupation)
            return
        for stretch in self._cutter.stretches(normal.text, positions):
            yield Item(
                normal.text[stretch.start : stretch.end], stretch.start, name, stretch.role, stretch.section,
                occupation, normal.text[max(0, stretch.start - _LEAD) : stretch.start],
            )  # fmt: skip

    def _run(self, items: list[Item]) -> list[Item]:
        """The items after the pipeline; no Doc leaves the memory zone."""
        with self._nlp.memory_zone():
            docs = self._nlp.pipe(document(self._nlp, item) for item in items)
            return [cast("Item", doc.user_data[ITEM]) for doc in docs]

    def _leased(self, fields: dict[FieldName, Normalised], raw: dict[FieldName, str]) -> Span | None:
        found = self._leasing.evidence([normal.text for normal in fields.values()])
        if found is None:
            return None
        name = list(fields)[found[0]]
        return _span(name, raw[name], *fields[name].original(*found[1:]))

    def _mention(
        self, item: Item, candidate: Candidate, normal: Normalised, raw: str, on: date, poster: str, named: bool
    ) -> Mention:  # fmt: skip
        catalogue, policy = self.rules.catalogue, self.rules.policy
        edition = catalogue.edition_on(on)
        qualification = candidate.qualification or None
        kind: Kind = "other"
        name = candidate.name
        if candidate.qualification != UNKNOWN:
            kind = catalogue.standing(candidate.qualification, on).kind
            name = catalogue.qualifications[candidate.qualification].name
        verdict = policy.verdict(kind, candidate.strength) if edition.items else "none"
        grounds = policy.grounds_of(kind, verdict, candidate.strength) if edition.items else ("no-catalogue-yet",)
        start, end = normal.original(item.start + candidate.start, item.start + candidate.end)
        cue = None
        if candidate.cue is not None:
            cue = _span(item.field, raw, *normal.original(*(item.start + at for at in candidate.cue)))
        return Mention(
            field=item.field, start=start, end=end, quote=raw[start:end], name=name, qualification=qualification,
            kind=kind, strength=candidate.strength, verdict=verdict, cue=cue, rule=candidate.rule,
            clause=_span(item.field, raw, *normal.original(item.start, item.start + len(item.text))),
            section=item.section, basis=grounds, edition=edition.id,
            suggestion=policy.suggestion(kind, verdict, name),
            severity=policy.severity_of(verdict, poster=poster, named=named),
        )  # fmt: skip


def _span(field: FieldName, raw: str, start: int, end: int) -> Span:
    return Span(field=field, start=start, end=end, text=raw[start:end])
