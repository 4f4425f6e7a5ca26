"""Word documents and PDFs with tables, written for the tests."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape  # noqa: TID251 - it writes, and reads nothing

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
Cell = str | tuple[str, str] | list[Sequence[str]]
"""A text, or a text with the properties of its cell, or a table in it."""


def docx(file: Path, *blocks: str | Sequence[Sequence[Cell]]) -> Path:
    """A document of paragraphs and tables."""
    body = "".join(_paragraph(each) if isinstance(each, str) else _table(each) for each in blocks)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
    return file


def _paragraph(text: str) -> str:
    lines = "<w:br/>".join(f"<w:t>{escape(line)}</w:t>" for line in text.split("\n"))
    return f"<w:p><w:r>{lines}</w:r></w:p>"


def _table(rows: Sequence[Sequence[Cell]]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(_cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, list):
        return f"<w:tc>{_table(cell)}{_paragraph('')}</w:tc>"
    text, properties = (cell, "") if isinstance(cell, str) else cell
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(text)}</w:tc>"


def pdf(file: Path, *blocks: str | Table | None) -> Path:
    """A document of paragraphs, tables and, for None, page breaks."""
    story: list[Flowable] = [
        PageBreak() if each is None else Paragraph(each, STYLE) if isinstance(each, str) else each
        for each in blocks
    ]
    SimpleDocTemplate(str(file), pagesize=landscape(A4)).build(story)
    return file


def pdf_table(
    rows: Sequence[Sequence[str]], *spans: tuple[tuple[int, int], tuple[int, int]], repeat: int = 0
) -> Table:
    """A table with lines around its cells; spans are (column, row) of the first and of the last cell."""
    cells = [[Paragraph(text, STYLE) for text in row] for row in rows]
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black")])
    for first, last in spans:
        style.add("SPAN", first, last)
    return Table(cells, colWidths=[70] * len(rows[0]), repeatRows=repeat, style=style)


STYLE = ParagraphStyle("cell", fontName=FONT, fontSize=9, wordWrap="CJK")
