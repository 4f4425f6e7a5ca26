"""Files of every kind, whole and broken; every row is accounted for."""

import codecs
import gzip
import json
import tracemalloc
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

import crawlers.intake.workbook
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.source import open_source, stem
from store.intake import Refusal

ADS = [
    {"id": "1", "title": "会计", "text": "须持有会计证"},
    {"id": "2", "title": "焊工", "text": "持证\n上岗"},
]
CSV = 'id,title,text\r\n1,会计,须持有会计证\r\n2,焊工,"持证\n上岗"\r\n'


def write(folder: Path, name: str, content: bytes | str) -> Path:
    file = folder / name
    data = content.encode() if isinstance(content, str) else content
    file.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return file


def read(file: Path) -> list[Row | Refusal]:
    with open_source(file) as source:
        return list(read_rows(source))


def cells(found: Sequence[Row | Refusal]) -> list[dict[str, object]]:
    return [dict(each.cells) for each in found if isinstance(each, Row)]


def refusals(found: Sequence[Row | Refusal]) -> list[Refusal]:
    return [each for each in found if isinstance(each, Refusal)]


JSONL = "".join(json.dumps(ad, ensure_ascii=False) + "\n" for ad in ADS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", JSONL),
        ("a.jsonl.gz", JSONL),
        ("a.ndjson", JSONL.encode("gb18030")),
        ("a.jsonl", codecs.BOM_UTF8 + JSONL.replace("\n", "\r\n").encode()),
        ("a.jsonl", "\n" + JSONL.rstrip() + "\n \n"),
        ("a.json", json.dumps(ADS)),
        ("a.json", json.dumps({"total": 2, "tags": ["a"], "data": ADS})),
        ("a.json.gz", json.dumps(ADS)),
        ("a.csv", CSV),
        ("a.csv", codecs.BOM_UTF8 + CSV.encode()),
        ("a.csv", CSV.encode("gb18030")),
        ("a.csv", CSV.encode("utf-16")),
        ("a.csv", CSV.replace(",", ";")),
        ("a.tsv", CSV.replace(",", "\t")),
        ("a.csv.gz", CSV + "\r\n"),
    ],
)
def test_the_same_ads_in_every_form(tmp_path: Path, name: str, content: bytes | str) -> None:
    found = read(write(tmp_path, name, content))
    assert cells(found) == ADS
    assert not refusals(found)


def test_encodings_are_told_apart_beyond_the_beginning(tmp_path: Path) -> None:
    ascii_rows = "".join(f"{n},clerk,needs a certificate\n" for n in range(5000))
    found = read(
        write(tmp_path, "a.csv", ("id,title,text\n" + ascii_rows + "x,会计,持证\n").encode("gb18030"))
    )
    assert cells(found)[-1] == {"id": "x", "title": "会计", "text": "持证"}


def test_places_count_lines_from_one_also_behind_rows_of_several_lines(tmp_path: Path) -> None:
    found = read(write(tmp_path, "a.csv", 'id,text\n1,"a\nb"\n2,c\n'))
    assert [each.place for each in found] == ["a.csv:2", "a.csv:4"]


def test_numbers_stay_as_written(tmp_path: Path) -> None:
    found = read(write(tmp_path, "a.jsonl", '{"id": 12345678901234567890, "salary": 8.50, "text": "x"}'))
    assert cells(found) == [{"id": "12345678901234567890", "salary": "8.50", "text": "x"}]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "2", "text": ', "broken JSON"),
        (b"[1, 2]", "not a list"),
        (b'"x"', "not a str"),
        (b'{"text": "\xff\xfe"}', "byte 0xFF is invalid"),
        (b'{"text": "a\x00b"}', "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
    ],
)
def test_a_broken_json_line_costs_that_line(tmp_path: Path, line: bytes, reason: str) -> None:
    good = JSONL.encode().splitlines(keepends=True)
    found = read(write(tmp_path, "a.jsonl", good[0] + line + b"\n" + good[1]))
    assert cells(found) == ADS
    (refusal,) = refusals(found)
    assert refusal.place == "a.jsonl:2"
    assert reason in refusal.reason


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"2,\xff\xff,y", "byte 0xFF is invalid"),
        (b"2,x", "2 cells, but the header has 3"),
        (b"2,x,y,z", "4 cells, but the header has 3"),
        (b",,", "empty row"),
        (b'2,"x"y,z', "broken CSV in lines 3 to 3"),
    ],
)
def test_a_broken_csv_row_costs_that_row(tmp_path: Path, row: bytes, reason: str) -> None:
    start = "id,title,text\n1,会计,持证\n".encode()
    found = read(write(tmp_path, "a.csv", start + row + "\n3,焊工,持证\n".encode()))
    assert [each["id"] for each in cells(found)] == ["1", "3"]
    (refusal,) = refusals(found)
    assert refusal.place == "a.csv:3"
    assert reason in refusal.reason


def test_a_quote_left_open_costs_its_line_and_none_behind_it(tmp_path: Path) -> None:
    rows = "".join(f'{n},"c{n}"\n' if n % 3 else f"{n},c{n}\n" for n in range(3, 200))
    found = read(write(tmp_path, "a.csv", 'id,text\n1,a\n2,"b\n' + rows))
    assert [row["id"] for row in cells(found)] == ["1", *map(str, range(3, 200))]
    (refusal,) = refusals(found)
    assert refusal.place == "a.csv:3"
    assert refusal.excerpt == '2,"b\n'
    assert [each.place for each in found] == [f"a.csv:{n}" for n in range(2, 201)]


def test_a_quote_left_open_up_to_the_end_costs_its_line(tmp_path: Path) -> None:
    found = read(write(tmp_path, "a.csv", 'id,text\n1,a\n2,"b\n3,c\n4,d\n'))
    assert [row["id"] for row in cells(found)] == ["1", "3", "4"]
    (refusal,) = refusals(found)
    assert "broken CSV in lines 3 to 5" in refusal.reason
    assert "only line 3 is left out" in refusal.reason


def test_a_nul_byte_is_a_character_like_others(tmp_path: Path) -> None:
    assert cells(read(write(tmp_path, "a.csv", "id,text\n1,持\0证\n"))) == [{"id": "1", "text": "持\0证"}]


def test_a_lone_surrogate_passes_to_the_door(tmp_path: Path) -> None:
    assert cells(read(write(tmp_path, "a.jsonl", '{"text": "\\ud800"}'))) == [{"text": "\ud800"}]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.jsonl", b" \n\n", "the file is empty"),
        ("a.csv", b"\n1,2\n", "must name the columns"),
        ("a.csv", b"id,text,text\n", "names text more than once"),
        ("a.csv", bytes(range(256)) * 40, "unknown encoding"),
        ("a.json", b'{"a": 1}', "found none"),
        ("a.json", b'{"a": [{}], "b": [{}]}', "found 'a', 'b'"),
        ("a.json", b"[{", "broken JSON"),
        ("a.json", b"[" * 100_000, "broken JSON"),
        ("a.xml", b"<a/>", "no elements that look like postings"),
        ("a.dot", b"x", "unknown format .dot"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "a .doc file cannot be read; save it as .docx in Word or WPS"),
        ("a.RAR", b"Rar!\x1a\x07\x00", "a .rar file cannot be read; unpack it and hand in its files"),
        ("a.ods", b"PK", "a .ods file cannot be read; save it as .xlsx"),
        ("a", b"x", "unknown format without suffix"),
        ("a.xlsx", b"PK\x03\x04 no zip", "damaged workbook"),
        ("a.xls", b"no workbook", "damaged workbook"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_named(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    with pytest.raises(IntakeError) as caught:
        read(write(tmp_path, name, content))
    assert str(tmp_path / name) in str(caught.value)
    assert told in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="no such file"):
        read(tmp_path / "a.csv")
    with pytest.raises(IntakeError, match="a folder"):
        read(tmp_path)


def test_damaged_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    packed = gzip.compress(
        "".join(f'{{"id": "{n}", "text": "{n * 7919}"}}\n' for n in range(50_000)).encode()
    )
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(packed[: len(packed) // 2])
    found = read(file)
    assert len(cells(found)) > 10_000
    assert "damaged gzip data after a.jsonl.gz:" in refusals(found)[-1].reason


def workbook(folder: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.worksheets[0] if number == 0 else book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def test_a_workbook_with_several_sheets(tmp_path: Path) -> None:
    header = ["编号", "职位描述", ""]
    found = read(
        workbook(tmp_path, [[], header, [1, "持证"], [None, None], [2.5, "无"]], [header, ["3", True]], [])
    )
    assert cells(found) == [
        {"编号": "1", "职位描述": "持证"},
        {"编号": "2.5", "职位描述": "无"},
        {"编号": "3", "职位描述": "true"},
    ]
    assert [each.place for each in found] == ["a.xlsx:Sheet!3", "a.xlsx:Sheet!5", "a.xlsx:Sheet1!2"]


def test_a_workbook_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawlers.intake.workbook, "MAX_WORKBOOK", 5_000_000)
    file = workbook(tmp_path, [["text"], ["x"]])
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/bomb.xml", "w") as part,
    ):
        for _ in range(6):
            part.write(b"\0" * (1 << 20))
    with pytest.raises(IntakeError, match="once unpacked"):
        read(file)


def test_a_far_away_cell_does_not_fill_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "text"  # type: ignore[index]
    book.active["XFD1048576"] = "far"  # type: ignore[index]
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(IntakeError, match="cells in a sheet"):
        read(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    ("name", "before", "piece", "after", "place"),
    [
        ("a.csv", 'id,text\n1,a\n2,"', "x" * 1_000_000, '"\n3,c\n', "a.csv:3"),
        ("a.csv", 'id,text\n1,a\n2,"', "x" * 999_999 + "\n", '"\n3,c\n', "a.csv:3"),
        ("a.csv", "id,text\n1,a\n2,", "x" * 1_000_000, "\n3,c\n", "a.csv:3"),
        ("a.csv", "id,text,city\n1,a,b\n2,", "x" * 1_000_000, ",上海\n3,c,d\n", "a.csv:3"),
        ("a.jsonl", '{"id": "1"}\n{"id": "2", "text": "', "x" * 1_000_000, '"}\n{"id": "3"}\n', "a.jsonl:2"),
    ],
    ids=["quoted", "lines", "bare", "not-the-last", "json"],
)
def test_a_field_of_fifty_megabytes_costs_its_row_and_little_memory(  # noqa: PLR0913
    tmp_path: Path, *, name: str, before: str, piece: str, after: str, place: str
) -> None:
    with (tmp_path / name).open("w", encoding="utf-8") as out:
        out.writelines([before, *[piece] * 50, after])
    tracemalloc.start()
    found = read(tmp_path / name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [row["id"] for row in cells(found)] == ["1", "3"]
    assert [(refusal.place, refusal.field) for refusal in refusals(found)] == [(place, "text")]
    assert peak < 100_000_000


@pytest.mark.parametrize(
    ("name", "told"), [("ads.jsonl.gz", "ads"), ("岗位.v2.csv", "岗位.v2"), ("x.json", "x")]
)
def test_a_file_names_its_source(name: str, told: str) -> None:
    assert stem(Path(name)) == told
