"""What all file readers hand on, and the limits that keep memory bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_FIELD: Final = 1_000_000
"""Characters of one field; the longest real ads have some ten thousand."""
MAX_ROW: Final = 8_000_000
"""Characters of one row, all columns together."""
EXCERPT: Final = 1000
"""Characters of a refused row that go to the door, which masks them and keeps fewer."""
MAX_JSON: Final = 64 * 1024 * 1024
"""Bytes of a .json file, which is parsed whole; JSONL has no such limit."""
MAX_WORKBOOK: Final = 256 * 1024 * 1024
"""Bytes of a workbook once unpacked."""
MAX_DOCUMENT: Final = 64 * 1024 * 1024
"""Bytes of a document's text with its markup once unpacked; it is parsed whole."""
MAX_CELLS: Final = 20_000_000
"""Cells in the rectangle that a sheet spans, empty ones included."""


class IntakeError(Exception):
    """The file as a whole cannot be taken in; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, cells by header."""

    place: str
    """`file:line`, `file[item]` or `file:sheet!row`, counted from 1."""
    cells: Mapping[str, object]
    sha256: str
    """Of the row as handed in."""
    title: str = ""
    """What stands above the table."""
