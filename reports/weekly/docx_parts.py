"""What a Word document is made of: paragraphs of pieces, tables, vector pictures."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from math import ceil
from typing import Any, Final
from unicodedata import east_asian_width

import vl_convert
from docx.document import Document as Draft
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

TEXT_WIDTH: Final = Cm(15.6)
PICTURE_WIDTH: Final = Cm(13)
WIDEST: Final = 34
"""So much of a column's longest text counts, in Latin characters; a Chinese one takes two."""
PADDING: Final = 3
"""Room beside the text of a column, in the same."""
ROOM: Final = 84
"""What a line of a table takes, in the same."""
LEAST: Final = 10
"""A column of words is not made narrower than this; one of numbers not narrower than its numbers."""
STAND_IN: Final = 1.2
"""The digits of fonts that stand in for Times New Roman are wider by so much."""
HEAD_LINES: Final = 2
"""Lines that the head of a column of numbers may take where room is short."""
WHOLE: Final = 9
"""Tables of so few rows stay on one page."""
KEPT: Final = 2
"""Rows of a longer one that stay with the next, so that neither its head nor its end stands alone."""

_SPACES: Final = re.compile("[ \n]+")
_BREAK: Final = "\n"
_SWATCH: Final = "■"
_SVG_EXTENSION: Final = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_SVG_NAMESPACE: Final = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"

# lxml has no public type for an element.
Element = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some text with what it looks like."""

    text: str = ""
    bold: bool = False
    marked: bool = False
    colour: str = ""
    """Like `#004488`; empty for that of the style."""
    address: str = ""
    """Where a link leads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    pieces: Sequence[Piece]
    columns: int = 1
    """How many it spans."""
    number: bool = False
    """Numbers stand on the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    cells: Sequence[Cell]
    part: str = "tbody"
    """thead, tbody or tfoot."""


def pieces_of(part: Element, look: Piece = Piece()) -> Iterator[Piece]:
    """The text of an element of the page, in the looks of the elements inside."""
    yield replace(look, text=_SPACES.sub(" ", part.text or ""))
    for inner in part:
        yield from _pieces_inside(inner, look)
        yield replace(look, text=_SPACES.sub(" ", inner.tail or ""))


def _pieces_inside(inner: Element, look: Piece) -> Iterator[Piece]:
    if inner.tag == "br":
        yield replace(look, text=_BREAK)
    elif inner.tag == "svg":
        yield replace(look, text=_SWATCH, colour=inner.find("rect").get("fill"))
    elif inner.tag in {"b", "strong"}:
        yield from pieces_of(inner, replace(look, bold=True))
    elif inner.tag == "mark":
        yield from pieces_of(inner, replace(look, marked=True))
    elif inner.tag == "a":
        yield from pieces_of(inner, replace(look, address=inner.get("href")))
    else:
        yield from pieces_of(inner, look)


def add_pieces(paragraph: Paragraph, pieces: Iterable[Piece]) -> None:
    """Put `pieces` into `paragraph`, with one space where the page shows one."""
    before = " "
    for piece in pieces:
        text = piece.text.lstrip(" ") if before.endswith((" ", _BREAK)) else piece.text
        if text:
            _add_run(paragraph, replace(piece, text=text))
            before = text


def _add_run(paragraph: Paragraph, piece: Piece) -> None:
    run = paragraph.add_run(piece.text, style="Hyperlink" if piece.address else None)
    run.bold = piece.bold or None
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW if piece.marked else None
    if piece.colour:
        run.font.color.rgb = RGBColor.from_string(piece.colour.lstrip("#"))
    if piece.address:
        link = OxmlElement("w:hyperlink")
        leads = paragraph.part.relate_to(piece.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link.set(qn("r:id"), leads)
        run._element.addprevious(link)  # noqa: SLF001 - the library has no links of its own
        link.append(run._element)  # noqa: SLF001


def add_table(draft: Draft, rows: Sequence[Row]) -> None:
    """Put a table into the document: columns as their texts ask for, and a head that repeats on each page."""
    widths = _widths(rows)
    table = draft.add_table(rows=0, cols=len(widths), style="Report Table")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    look = table._tbl.tblPr.find(qn("w:tblLook"))  # noqa: SLF001 - the library has no looks of tables
    head, foot = rows[0].part == "thead", rows[-1].part == "tfoot"
    # The same twice: LibreOffice goes by the sum of the bits, Word by each by its name.
    look.attrib.update(
        {
            qn("w:val"): f"{0x20 * head + 0x40 * foot:04X}",
            qn("w:firstRow"): str(int(head)),
            qn("w:lastRow"): str(int(foot)),
            qn("w:firstColumn"): "0",
        }
    )
    for place, row in enumerate(rows):
        short = len(rows) <= WHOLE or place < KEPT or place >= len(rows) - KEPT - 1
        _add_row(table, row, with_next=short and place + 1 < len(rows))


def _widths(rows: Sequence[Row]) -> list[int]:
    columns = max(sum(cell.columns for cell in row.cells) for row in rows)
    asked, needed = [0] * columns, [0] * columns
    for row in rows:
        for place, cell in enumerate(row.cells if len(row.cells) == columns else ()):
            asked[place] = max(asked[place], min(_width(cell), WIDEST))
            needed[place] = max(needed[place], _needed(cell, head=row.part == "thead"))
    asked = [max(each) for each in zip(asked, needed, strict=True)]
    shares = _fitted([each + PADDING for each in asked], [each + PADDING for each in needed])
    return [int(TEXT_WIDTH * each / sum(shares)) for each in shares]


def _needed(cell: Cell, *, head: bool) -> int:
    if not cell.number:
        return min(ceil(_width(cell) * STAND_IN), LEAST)
    return ceil(_width(cell) / 2 / HEAD_LINES) * 2 if head else ceil(_width(cell) * STAND_IN)


def _fitted(asked: Sequence[int], needed: Sequence[int]) -> Sequence[float]:
    """What each column gets: what it asks for, or where room is short what it needs and some of the rest."""
    spare, over = ROOM - sum(needed), sum(asked) - sum(needed)
    if sum(asked) <= ROOM:
        return asked
    if spare <= 0:
        return needed
    return [least + (each - least) * spare / over for each, least in zip(asked, needed, strict=True)]


def _width(cell: Cell) -> int:
    text = "".join(piece.text for piece in cell.pieces)
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def _add_row(table: Table, row: Row, *, with_next: bool) -> None:
    added = table.add_row()  # type: ignore[no-untyped-call]
    if row.part == "thead":
        added._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - nor repeating heads
    places = iter(added.cells)
    for cell in row.cells:
        place = next(places)
        for _ in range(cell.columns - 1):
            place = place.merge(next(places))
        place.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = place.paragraphs[0]
        paragraph.style = "Table Text"
        paragraph.paragraph_format.keep_with_next = with_next
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if cell.number else None
        add_pieces(paragraph, (replace(each, bold=each.bold or row.part != "tbody") for each in cell.pieces))


def add_picture(draft: Draft, svg: Element) -> None:
    """Put a drawing into the document: its vectors, and points for programs that cannot show those."""
    if "viewbox" in svg.attrib:  # The parser of pages writes all attributes small.
        svg.set("viewBox", svg.attrib.pop("viewbox"))
    svg.tail = None
    drawing = etree.tostring(svg)
    paragraph = draft.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    points = BytesIO(vl_convert.svg_to_png(drawing.decode(), scale=3))
    shape = paragraph.add_run().add_picture(points, width=PICTURE_WIDTH)._inline  # noqa: SLF001 - nor these
    shape.docPr.set("descr", svg.get("aria-label"))
    package = paragraph.part.package
    assert package is not None
    name = PackURI(f"/word/media/drawing{shape.docPr.id}.svg")
    leads = paragraph.part.relate_to(Part(name, "image/svg+xml", drawing, package), RELATIONSHIP_TYPE.IMAGE)
    shape.graphic.graphicData.pic.blipFill.blip.append(_vectors(leads))


def _vectors(leads: str) -> Element:
    """What tells Word that the picture has vectors, and where they are."""
    listed = OxmlElement("a:extLst")
    extension = etree.SubElement(listed, qn("a:ext"), uri=_SVG_EXTENSION)
    vectors = etree.SubElement(extension, f"{{{_SVG_NAMESPACE}}}svgBlip", nsmap={"asvg": _SVG_NAMESPACE})
    vectors.set(qn("r:embed"), leads)
    return listed
