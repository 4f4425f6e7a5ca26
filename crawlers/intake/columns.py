"""From a row to a posting: which column means what (config/columns.yaml, or a mapping file)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import yaml

from crawlers.intake import positions
from crawlers.intake.headers import Headers, bare, ignored, ordinary, synonyms
from crawlers.intake.rows import EXCERPT, MAX_FIELD, IntakeError, Row
from crawlers.posting import Posting
from events.ids import stable_id
from store.intake import Refusal


def read_mapping(file: Path) -> Headers:
    """A mapping file: YAML, each field with the name of its column or a list of names.

    Raises:
        IntakeError: not readable, not of that form, or an unknown field; names file and field.
    """
    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise IntakeError(f"{file}: unreadable mapping: {error}") from error
    if not isinstance(written, dict):
        raise IntakeError(f"{file}: a mapping has lines such as `text: 职位描述`")
    mapping: dict[str, tuple[str, ...]] = {}
    for name, columns in written.items():
        if name not in synonyms():
            raise IntakeError(f"{file}: unknown field {name!r}; fields are {', '.join(synonyms())}")
        listed = columns if isinstance(columns, list) else [columns]
        if not listed or not all(isinstance(column, str) and column for column in listed):
            raise IntakeError(f"{file}: {name}: a column name or a list of column names is expected")
        mapping[name] = tuple(listed)
    if "text" not in mapping:
        raise IntakeError(f"{file}: no column is given for `text`, the ad's wording")
    return mapping


_BY_TIME: Final = re.compile("[年月周日时]薪|月工资")


@dataclass(frozen=True, slots=True)
class Columns:
    """How the rows of one file are read."""

    file: str
    source: str
    """The source's name if the rows do not give one; wins over them if `forced`."""
    forced: bool = False
    mapping: Headers | None = None
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
        for name, columns in (self.mapping or {}).items():
            if missing := [column for column in columns if column not in seen]:
                raise IntakeError(
                    f"{self.file}: mapping of {name}: no column {missing[0]!r}; columns are {listed}"
                )
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
        if self.mapping is not None:
            named = {name: self.mapping.get(name, ()) for name in synonyms()}
            present = {
                name: tuple(each for each in columns if each in headers) for name, columns in named.items()
            }
            return _Layout(present)
        if positions.are_head(headers):
            return _Layout(positions.fields_of(headers), of_positions=True)
        return _Layout(ordinary(headers))

    def unread(self, rows: Iterable[Row]) -> Mapping[str, str]:
        """The columns of `rows` that are neither read nor ignored by name, each with its first value."""
        found: dict[str, str] = {}
        for row in rows:
            read = {
                column for columns in self._layout(tuple(row.cells)).fields.values() for column in columns
            }
            for header, value in row.cells.items():
                if header not in read and bare(header) not in ignored() and not found.get(header):
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
            text=positions.text_of(found["text"]) if layout.of_positions else _joined(found["text"]),
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


def _problem(row: Row, fields: Headers) -> Refusal | None:
    # What nobody needs to have an ad, such as its kind of employment, costs nothing but itself.
    needed = (columns for name, columns in fields.items() if name not in positions.BESIDES)
    for column in (column for columns in needed for column in columns):
        value = _written(row.cells[column])
        if value is None:
            return Refusal(row.place, "a text or number is expected, not a nested object", column)
        if len(value) > MAX_FIELD:
            return Refusal(row.place, f"longer than {MAX_FIELD:,} characters", column, value[:EXCERPT])
    return None


def _filled(row: Row, columns: Iterable[str]) -> dict[str, str]:
    """The cells of `columns` that say something."""
    cells = {column: _written(row.cells[column]) or "" for column in columns}
    return {column: value for column, value in cells.items() if value.strip()}


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
    """The one text, or all of them, each under its header; the same words in two columns count once."""
    headers: dict[str, str] = {}
    for header, text in cells.items():
        headers.setdefault(text, header)
    if len(headers) > 1:
        return "\n".join(f"{header}：\n{text}" for text, header in headers.items())
    return next(iter(headers), "")


def _derived_id(row: Row) -> str:
    """An id for a row without one: the same row is the same ad, any change makes a new one."""
    cells = (str(part) for pair in sorted(row.cells.items()) for part in pair)
    return "row-" + stable_id(*cells)
