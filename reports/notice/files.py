"""The files of a platform notice: the letter (DOCX), its list to be filled in (XLSX, CSV) or read (JSON).

The same letter gives the same bytes.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, time
from io import StringIO
from typing import Final

from config.platforms import platforms
from reports.notice.model import Letter, Line
from reports.templating import environment, external, visible
from reports.weekly.docx import document
from reports.workbook import Column, Link, Sheet, Value, workbook

LETTER: Final = "letter.docx"
LIST: Final = "list.xlsx"
LIST_CSV: Final = "list.csv"
LIST_JSON: Final = "list.json"
FORMAT: Final = "qingdan-platform-notice/1"
FACTS: Final = "说明"
"""The sheet that says how to fill in the other."""
REPLY_COLUMNS: Final = ("处置结果", "处置日期", "经办人", "说明")
"""To be filled in."""
_COLUMNS: Final = {
    "序号": 6,
    "广告编号": 18,
    "岗位": 22,
    "发布单位": 26,
    "网址": 36,
    "引用原文": 44,
    "原因": 36,
    "依据": 36,
    "案号": 24,
    "请求措施": 14,
    "处置结果": 12,
    "处置日期": 13,
    "经办人": 12,
    "说明": 30,
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def files_of(letter: Letter) -> dict[str, bytes]:
    """All files of the notice, by name."""
    return {
        LETTER: document(_page(letter)),
        LIST: _workbook(letter),
        LIST_CSV: _csv(letter),
        LIST_JSON: _json(letter),
    }


def reminder_files(letter: Letter, sequence: int) -> dict[str, bytes]:
    """The lists of a reminder, by name: what is still open, to be filled in."""
    return {f"reminder-{sequence}.xlsx": _workbook(letter), f"reminder-{sequence}.csv": _csv(letter)}


def _page(letter: Letter) -> bytes:
    outcomes = [each.name for each in platforms().outcomes.values()]
    return (
        environment().get_template("notice/letter.html.j2").render(letter=letter, outcomes=outcomes).encode()
    )


def _workbook(letter: Letter) -> bytes:
    outcomes = tuple(each.name for each in platforms().outcomes.values())
    columns = [
        Column(title, width, choices=outcomes if title == REPLY_COLUMNS[0] else ())
        for title, width in _COLUMNS.items()
    ]
    rows = ([_linked(cell) for cell in _cells(line)] for line in letter.lines)
    return workbook(
        [
            Sheet(name="清单", columns=columns, rows=rows),
            Sheet(name=FACTS, columns=[Column("项目", 14), Column("内容", 90)], rows=_facts(letter)),
        ],
        title=f"{letter.number} 平台函清单",
        note=f"{letter.number}　请于 {letter.due} 前答复",
        created=datetime.combine(letter.issued_on, time.min),
    )


def _linked(cell: Value) -> Value:
    return Link(cell, cell) if isinstance(cell, str) and external(cell) else cell


def _cells(line: Line) -> tuple[Value, ...]:
    told = line.place, line.source_ad_id, line.title, line.employer, line.url, line.clauses
    return (*told, line.reasons, line.basis, line.cases, line.measure_name, *[None] * len(REPLY_COLUMNS))


def _facts(letter: Letter) -> Iterator[tuple[Value, Value]]:
    yield "编号", letter.number
    yield "发函机关", letter.bureau_name
    yield "平台", f"{letter.board.name}（{letter.board.operator}）"
    yield "发函日期", letter.issued_on
    yield "答复期限", letter.due
    yield "处置结果", "限填：" + "、".join(each.name for each in platforms().outcomes.values())
    yield "处置日期", "写作 2026-11-18"
    yield "说明", "不同意的，必须写明理由"
    yield "寄回", letter.bureau_address
    if letter.cites:
        yield "前函", letter.cites


def _csv(letter: Letter) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(_COLUMNS)
    lines.writerows([_plain(cell) for cell in _cells(line)] for line in letter.lines)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: Value) -> str:
    """A cell that no spreadsheet takes for a formula."""
    shown = "" if cell is None else visible(str(cell))
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _json(letter: Letter) -> bytes:
    told: Mapping[str, object] = {
        "format": FORMAT,
        "number": letter.number,
        "cites": letter.cites,
        "bureau": letter.bureau,
        "bureau_name": letter.bureau_name,
        "reply_to": letter.bureau_address,
        "source": letter.source,
        "platform": letter.board.name,
        "issued_on": letter.issued_on.isoformat(),
        "due": letter.due.isoformat(),
        "measures": dict(platforms().measures),
        "outcomes": {code: each.name for code, each in platforms().outcomes.items()},
        "items": [asdict(line) for line in letter.lines],
    }
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
