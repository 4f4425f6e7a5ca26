"""Reading a document by its extraction: the fields of each posting, and what gave none."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from crawlers.extract.containers import Container, Document, Opened
from crawlers.extract.problem import FieldProblem
from crawlers.extract.records import Record
from crawlers.extract.rules import Extraction, FieldName, Rule
from crawlers.extract.steps import step
from crawlers.extract.unread import Unread
from crawlers.html_text import html_to_text
from events.types import PosterType

Fields = Mapping[str, str]
"""All fields of a posting, as written; empty where the document does not give one."""

_POSTERS: Final = get_args(PosterType)
_LINES: Final = frozenset({"text"})
"""Fields that keep all values and their lines; of the others the first value counts, as one line."""
_AS_WRITTEN: Final = frozenset({"id", "url"})
"""Fields that are no text for people, so that markup means nothing in them."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A record that gave no posting: which, in which field, and why."""

    record: int
    """Counted from 1."""
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document gave."""

    document: Opened
    """The whole of it, to be asked for totals and the next page."""
    found: Sequence[Fields]
    flaws: Sequence[Flaw] = ()
    records: int = 0
    """How many records it holds, good or not."""
    unread: Sequence[Mapping[str, str]] = ()
    """Of each record that has any: its fields that no rule asks for, with what they say."""


class Extractor:
    """An extraction, made ready once for many documents."""

    def __init__(self, extraction: Extraction) -> None:
        self._container = Container.written(extraction.container)
        self._items = extraction.items
        asked = (expression for rule in extraction.fields.values() for expression in rule.expressions)
        self._unread = Unread(extraction.container, asked)
        self._required = sorted(extraction.required)
        # Templates come last: they are filled with the other fields.
        ordered = sorted(extraction.fields.items(), key=lambda each: bool(each[1].template))
        self._rules = [(name, rule, [step(each) for each in rule.do]) for name, rule in ordered]

    def read(self, document: Document, given: Fields | None = None) -> Reading:
        """All postings of a document; `given` are fields that are known before, and fill what it lacks.

        Raises:
            DocumentProblem: the document is not what the extraction says it is.
        """
        opened = self._container.open(document)
        found: list[Fields] = []
        flaws: list[Flaw] = []
        records = opened.root.parts(self._items)
        for number, record in enumerate(records, start=1):
            try:
                found.append(self._fields(record, document.address, given or {}))
            except _Unread as error:
                flaws.append(Flaw(number, error.field, str(error)))
        unread = [fields for record in records if (fields := self._unread.of(record))]
        return Reading(opened, found, flaws, len(records), unread)

    def _fields(self, record: Record, address: str, given: Fields) -> Fields:
        fields: dict[str, str] = {name: given.get(name, "") for name in get_args(FieldName)}
        for name, rule, steps in self._rules:
            try:
                values = [rule.template.format_map(fields)] if rule.template else list(_found(rule, record))
                for each in steps:
                    values = each(values, address)
            except FieldProblem as problem:
                raise _Unread(name, problem) from problem
            fields[name] = _written(name, values) or fields[name]
        if (poster := fields["poster"]) and poster not in _POSTERS:
            raise _Unread("poster", FieldProblem(f"{poster[:40]!r} is none of {', '.join(_POSTERS)}"))
        if missing := next((name for name in self._required if not fields[name]), ""):
            raise _Unread(missing, FieldProblem("nothing found where the board's file says it is"))
        return fields


class _Unread(FieldProblem):
    """A field's problem, with the name of the field."""

    def __init__(self, name: str, problem: FieldProblem) -> None:
        super().__init__(str(problem))
        self.field = name


def _written(name: FieldName, values: Sequence[str]) -> str:
    """A field's values as one text."""
    texts = values if name in _AS_WRITTEN else [html_to_text(value) for value in values]
    texts = [text for text in texts if text.strip()]
    if name in _LINES:
        return "\n".join(texts)
    return " ".join(texts[0].split()) if texts else ""


def _found(rule: Rule, record: Record) -> Iterator[str]:
    if rule.const:
        yield rule.const
    for expression in rule.first:
        values = record.values(expression)
        if any(value.strip() for value in values):
            yield from values
            return
    for expression in rule.all:
        yield from record.values(expression)
    for header, expression in rule.under.items():
        if values := record.values(expression):
            yield "\n".join((f"{header}：", *values))
