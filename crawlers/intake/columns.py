"""From a row to a posting: which column means what (config/columns.yaml, or a mapping)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from crawlers.html_text import html_to_text
from crawlers.intake import positions
from crawlers.intake.headers import Headers, bare, ignored, ordinary
from crawlers.intake.mappings import ColumnMapping, columns_in, filled, is_template, recognised
from crawlers.intake.rows import EXCERPT, MAX_FIELD, IntakeError, Row
from crawlers.posting import Posting
from events.ids import stable_id
from store.intake import Refusal

_BY_TIME: Final = re.compile("[年月周日时]薪|月工资")


@dataclass(frozen=True, slots=True)
class Columns:
    """How the rows of one file are read."""

    file: str
    source: str
    """The source's name if the rows do not give one; wins over them if `forced`."""
    forced: bool = False
    mapping: ColumnMapping | None = None
    title: str = ""
    """Of the notice that the file belongs to; tables of positions often leave place and poster to it."""
    prefix: str = ""
    """Before every id: a notice's own, because codes of positions hold within it alone."""
    _known: dict[tuple[str, ...], "_Layout"] = field(default_factory=dict)

    def check(self, headers: Iterable[str]) -> None:
        """Do the columns of this file say what is needed?

        Raises:
            IntakeError: no column holds the text, or the mapping names a column that is not there.
        """
        seen = tuple(dict.fromkeys(headers))
        listed = ", ".join(seen) or "none"
        if self.mapping is not None and not self.mapping.fits(seen):
            missing = next(column for column in self.mapping.known_by if column not in seen)
            told = f"the mapping {self.mapping.name} wants the column {missing!r}"
            raise IntakeError(f"{self.file}: {told}; columns are {listed}")
        if not self._layout(seen).fields["text"]:
            raise IntakeError(
                f"{self.file}: no column for the ad's text (such as 职位描述 or text); columns are {listed}; "
                "name it with --mapping"
            )

    def _layout(self, headers: tuple[str, ...]) -> "_Layout":
        if headers not in self._known:
            self._known[headers] = self._new_layout(headers)
        return self._known[headers]

    def _new_layout(self, headers: tuple[str, ...]) -> "_Layout":
        mapping = self.mapping or recognised(headers)
        if mapping is not None:
            passed_over = frozenset(header for header in headers if mapping.ignores(header))
            return _Layout(mapping.of(headers), ignored=passed_over, markup=mapping.markup)
        if positions.are_head(headers):
            return _Layout(positions.fields_of(headers), of_positions=True)
        return _Layout(ordinary(headers))

    def unread(self, rows: Iterable[Row]) -> Mapping[str, str]:
        """The columns of `rows` that are neither read nor ignored by name, each with its first value."""
        found: dict[str, str] = {}
        for row in rows:
            layout = self._layout(tuple(row.cells))
            known = layout.read | layout.ignored
            for header, value in row.cells.items():
                if header not in known and bare(header) not in ignored() and not found.get(header):
                    found[header] = _written(value) or ""
        return found

    def posting(self, row: Row) -> Posting | Refusal:
        """The posting in `row`, or why there is none."""
        layout = self._layout(tuple(row.cells))
        fields = layout.fields
        if not fields["text"]:
            return Refusal(
                row.place, f"no column for the ad's text; columns are {', '.join(row.cells)}", "text"
            )
        if problem := _problem(row, fields):
            return problem
        found = {name: _filled(row, columns) for name, columns in fields.items()}
        first = {name: next(iter(cells.values()), "") for name, cells in found.items()}
        posting = Posting(
            source=(self.source if self.forced else first["source"].strip() or self.source),
            source_kind="file",
            source_ad_id=self.prefix + (first["id"].strip() or _derived_id(row)),
            place=row.place,
            url=first["url"],
            title=first["title"],
            text=layout.text(found["text"]),
            company=first["company"],
            city=" ".join(found["city"].values()) if layout.of_positions else first["city"],
            posted=first["posted"],
            valid_through=first["valid_through"],
            salary=_pay(found["salary"]),
            ownership=first["ownership"],
            employment=first["employment"],
            headcount=first["headcount"],
            education=first["education"],
            experience=first["experience"],
            raw_sha256=row.sha256,
        )
        return self._of_notice(posting, row) if layout.of_positions else posting

    def _of_notice(self, posting: Posting, row: Row) -> Posting | Refusal:
        """A position with what only the title of its notice says."""
        if not posting.title:
            return Refusal(row.place, "the row names no position", "title", posting.text[:EXCERPT])
        title = f"{row.title}\n{self.title}"
        place = positions.place_of(posting.city, title)
        return replace(posting, city=place, poster=positions.poster_in(title))

    def set_apart(self, posting: Posting, row: Row) -> Posting | None:
        """A position under an id of its own, where its code stands for another one too.

        Codes of positions are often counted anew for each employer; other ids must hold for a whole file.
        """
        if not self._layout(tuple(row.cells)).of_positions:
            return None
        return replace(posting, source_ad_id=self.prefix + _derived_id(row))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns of a table give which field."""

    fields: Headers
    of_positions: bool = False
    ignored: frozenset[str] = frozenset()
    markup: bool = False
    """Is the text HTML?"""

    @property
    def read(self) -> frozenset[str]:
        """The columns that give any field."""
        return frozenset(
            name for columns in self.fields.values() for each in columns for name in columns_in(each)
        )

    def text(self, cells: Mapping[str, str]) -> str:
        """The ad's wording, from the cells of its text columns."""
        if self.of_positions:
            return positions.text_of(cells)
        if self.markup:
            cells = {header: html_to_text(value) for header, value in cells.items()}
        return _joined(cells)


def _problem(row: Row, fields: Headers) -> Refusal | None:
    # What nobody needs to have an ad, such as its kind of employment, costs nothing but itself.
    needed = (columns for name, columns in fields.items() if name not in positions.BESIDES)
    for column in (name for columns in needed for each in columns for name in columns_in(each)):
        value = _written(row.cells[column])
        if value is None:
            return Refusal(row.place, "a text or number is expected, not a nested object", column)
        if len(value) > MAX_FIELD:
            return Refusal(row.place, f"longer than {MAX_FIELD:,} characters", column, value[:EXCERPT])
    return None


def _filled(row: Row, columns: Iterable[str]) -> dict[str, str]:
    """The cells of `columns` that say something."""
    cells = {column: _cell(row, column) for column in columns}
    return {column: value for column, value in cells.items() if value.strip()}


def _cell(row: Row, column: str) -> str:
    """What a column says, or the template with what its columns say."""
    if not is_template(column):
        return _written(row.cells[column]) or ""
    return filled(column, {name: _written(row.cells[name]) or "" for name in columns_in(column)})


def _written(value: object) -> str | None:
    """A cell as text; None for a nested object."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return None


def _pay(cells: Mapping[str, str]) -> str:
    """The pay, under its header where that says what it is paid for: 月薪（元）：8000."""
    header, value = next(iter(cells.items()), ("", ""))
    return f"{header}：{value}" if _BY_TIME.search(header) else value


def _joined(cells: Mapping[str, str]) -> str:
    """The one text, or all of them, each under its header; the same words in two columns count once.

    A template says itself what stands above its text.
    """
    headers: dict[str, str] = {}
    for header, text in cells.items():
        headers.setdefault(text, header)
    if len(headers) > 1:
        heads = {text: "" if is_template(header) else f"{header}：\n" for text, header in headers.items()}
        return "\n".join(head + text for text, head in heads.items())
    return next(iter(headers), "")


def _derived_id(row: Row) -> str:
    """An id for a row without one: the same row is the same ad, any change makes a new one."""
    cells = (str(part) for pair in sorted(row.cells.items()) for part in pair)
    return "row-" + stable_id(*cells)
