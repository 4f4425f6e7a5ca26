"""What an old workbook hides: a real one with bits turned, and sheets written record by record."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.intake.old_workbook import hidden_in_old
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.source import open_source
from store.intake import Refusal

REAL = Path(__file__).parent / "positions.xls"
SECTOR = 512
END = 0xFFFFFFFE
ROW_OF_THE_NURSE = 3


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def row(number: int, *, hidden: bool) -> bytes:
    return record(0x0208, struct.pack("<H10xHH", number, 0x0020 if hidden else 0x0100, 0))


def columns(first: int, last: int, *, hidden: bool) -> bytes:
    return record(0x007D, struct.pack("<HH4xHH", first, last, int(hidden), 0))


BEGIN, FINISH = record(0x0809, bytes(16)), record(0x000A)


def book(name: str, *sheet: bytes) -> bytes:
    """A file whose workbook has one sheet: header, table of sectors, directory, and the stream."""
    wide = name.encode("utf-16-le")
    globals_length = len(BEGIN) + 4 + 8 + len(wide) + len(FINISH)
    of_sheet = record(0x0085, struct.pack("<IHBB", globals_length, 0, len(name), 1) + wide)
    stream = BEGIN + of_sheet + FINISH + BEGIN + b"".join(sheet) + FINISH
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    # The stream lies backwards in the file, so that nothing but the table tells its order.
    table = [0xFFFFFFFD, END, END, *range(2, count + 1)]
    entry = "Workbook".encode("utf-16-le").ljust(64, b"\0") + struct.pack(
        "<H50xII", 18, count + 1, len(stream)
    )
    header = struct.pack("<8s22xH16xI16xII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 9, 1, END, 0)
    parts = [
        header + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108),
        struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table))),
        entry.ljust(SECTOR, b"\0"),
        *(stream[at : at + SECTOR] for at in reversed(range(0, len(stream), SECTOR))),
    ]
    return b"".join(parts)


def test_a_row_that_a_real_workbook_hides_is_left_out_and_counted(tmp_path: Path) -> None:
    content = bytearray(REAL.read_bytes())
    at = content.index(struct.pack("<HHH", 0x0208, 16, ROW_OF_THE_NURSE))
    content[at + 4 + 12] |= 0x20
    file = tmp_path / "positions.xls"
    file.write_bytes(content)
    with open_source(file) as source:
        *rows, refused = read_rows(source)
    assert [each.cells["招聘岗位"] for each in rows if isinstance(each, Row)] == ["会计"]
    assert isinstance(refused, Refusal)
    assert refused.reason == "the sheet hides 1 of its rows (4); they were left out"


def test_the_records_of_a_sheet_and_none_of_the_charts_in_it() -> None:
    chart = BEGIN + row(8, hidden=True) + FINISH
    sheet = (
        row(0, hidden=False),
        row(2, hidden=True),
        chart,
        columns(1, 2, hidden=True),
        row(4, hidden=True),
    )
    (found,) = hidden_in_old(book("岗位表", *sheet)).items()
    assert (found[0], found[1].rows, found[1].columns) == ("岗位表", {3, 5}, {1, 2})


def test_a_long_sheet_is_read_in_the_order_of_its_sectors() -> None:
    sheet = [row(number, hidden=number % 3 == 0) for number in range(900)]
    assert hidden_in_old(book("a", *sheet))["a"].rows == set(range(1, 901, 3))


def test_a_file_of_another_kind_hides_nothing_that_we_know_of() -> None:
    assert hidden_in_old(b"<table><tr><td>1</td></tr></table>") == {}


@pytest.mark.parametrize("length", [20, 100, 600])
def test_a_workbook_that_is_cut_off_is_refused(tmp_path: Path, length: int) -> None:
    file = tmp_path / "a.xls"
    file.write_bytes(book("a", row(1, hidden=True))[:length])
    with open_source(file) as source, pytest.raises(IntakeError, match="damaged workbook"):
        list(read_rows(source))


@given(st.binary(max_size=2000), st.integers(0, 5_000))
def test_whatever_is_damaged_ends(damage: bytes, at: int) -> None:
    content = bytearray(book("a", row(1, hidden=True)))
    content[at : at + len(damage)] = damage
    try:
        hidden_in_old(bytes(content))
    except (struct.error, IndexError, ValueError):
        return
