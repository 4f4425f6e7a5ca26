"""The report as a Word document that people go on writing: its page, set in the styles of our own template.

What it looks like, the fonts and the numbers of headings above all, is the template's matter
(reports/templates/weekly/report.docx, which Word and LibreOffice open). Here is only which style a part of
the page gets, so the document says what the page says, word for word.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from docx import Document
from docx.document import Document as Draft
from lxml import html

from reports.templating import TEMPLATES
from reports.weekly.docx_parts import Cell, Row, add_picture, add_pieces, add_table, pieces_of
from reports.weekly.html import render as page
from reports.weekly.model import Report
from reports.word import written

TEMPLATE: Final = TEMPLATES / "weekly" / "report.docx"
STYLES_OF_CLASSES: Final[Mapping[str, str]] = {
    "marks": "Marks",
    "issuer": "Issuer",
    "issue": "Subtitle",
    "notice": "Notice",
    "note": "Detail",
    "meta": "Detail",
    "advice": "Detail",
    "caption": "Caption",
    "addressee": "Addressee",
    "signature": "Signature",
    "law": "Detail",
    "legend": "Detail",
}
STYLES_OF_ELEMENTS: Final[Mapping[str, str]] = {
    "h1": "Title",
    "h2": "Heading 1",
    "h3": "Heading 2",
    "p": "Body Text",
    "li": "Detail",
    "dt": "Caption",
    "dd": "Detail",
    "blockquote": "Quote",
    "figcaption": "Caption",
}
STYLES_INSIDE: Final[Mapping[tuple[str, str], str]] = {
    ("points", "li"): "List Number",
    ("case", "h3"): "Heading 3",
}
"""By class of the parent and element; these come first, then those by class."""
CONTAINERS: Final = frozenset({"header", "main", "section", "div", "ol", "ul", "dl", "figure"})
LEFT_OUT: Final = frozenset({"nav", "hr", "a", "footer"})
"""Word has a pane of headings instead, and a foot on every page."""

_TYPED_NUMBER: Final = re.compile("（?[一二三四五六七八九十]+[、）]")

# lxml has no public type for an element.
Element = Any


def render(report: Report) -> bytes:
    """The file's bytes, the same for the same report."""
    return document(page(report))


def document(content: bytes) -> bytes:
    """The document of a page that `reports.weekly.html` made.

    Raises:
        ValueError: the page has an element for which there is no style.
    """
    tree = html.fromstring(content.decode())
    draft = Document(str(TEMPLATE))
    draft.core_properties.title = tree.findtext("head/title") or ""
    author = tree.find("head/meta[@name='author']")
    draft.core_properties.author = "" if author is None else author.get("content", "")
    _add(draft, tree.find("body"))
    return written(draft)


def _add(draft: Draft, part: Element) -> None:
    if part.tag in LEFT_OUT:
        return
    if part.tag == "table":
        _add_table(draft, part)
    elif part.tag == "svg":
        add_picture(draft, part)
    elif part.get("class") == "figures":
        add_table(draft, [Row(cells=[Cell(pieces=list(pieces_of(cell))) for cell in row]) for row in part])
    elif style := _style_of(part):
        _add_paragraph(draft, part, style)
    else:
        for inner in part.iterchildren("*"):
            _add(draft, inner)


def _style_of(part: Element) -> str:
    """Empty for what only holds other parts."""
    classes = [*(part.get("class") or "").split(), ""]
    around = (part.getparent().get("class") or "").split()
    inside = [STYLES_INSIDE[each, part.tag] for each in around if (each, part.tag) in STYLES_INSIDE]
    by_class = [STYLES_OF_CLASSES[each] for each in classes if each in STYLES_OF_CLASSES]
    if found := inside or by_class:
        return found[0]
    if part.tag in CONTAINERS or part.tag == "body" or "case" in classes:
        return ""
    if part.tag not in STYLES_OF_ELEMENTS:
        raise ValueError(f"no style for <{part.tag} class={part.get('class')!r}>")
    return STYLES_OF_ELEMENTS[part.tag]


def _add_paragraph(draft: Draft, part: Element, style: str) -> None:
    pieces = list(pieces_of(part))
    if style.startswith("Heading") and pieces:
        # The template numbers headings by itself, so that they stay right when people move them.
        pieces[0] = replace(pieces[0], text=_TYPED_NUMBER.sub("", pieces[0].text, count=1))
    paragraph = draft.add_paragraph(style=style)
    paragraph.paragraph_format.keep_with_next = part.get("class") == "with-next" or None
    add_pieces(paragraph, pieces)


def _add_table(draft: Draft, table: Element) -> None:
    _add_paragraph(draft, table.find("caption"), "Caption")
    add_table(
        draft,
        [Row(cells=[_cell(cell) for cell in row], part=row.getparent().tag) for row in table.iter("tr")],
    )


def _cell(cell: Element) -> Cell:
    return Cell(
        pieces=list(pieces_of(cell)),
        columns=int(cell.get("colspan", "1")),
        number="n" in (cell.get("class") or "").split(),
    )
