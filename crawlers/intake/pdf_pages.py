"""Reading the pages of a PDF inside the process that crawlers/intake/pdf.py starts for it."""

import json
import re
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pdfplumber
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.page import Page
from pdfplumber.table import Table
from pdfplumber.utils.exceptions import PdfminerException

Range = tuple[tuple[int, int], tuple[int, int]]
"""As in crawlers/intake/tables.py, which brings more along than this process should have to start."""

MAX_PAGES: Final = 1000
MAX_CELLS: Final = 1_000_000
"""Cells of all tables together."""
_UNREADABLE: Final = "(cid:"
"""What stands for a character whose font does not say which it is."""
_UNREADABLE_SHARE: Final = 0.01
_ABOVE: Final = 5
"""Lines above a table that are taken for its title."""
_NUMBERED: Final = re.compile(
    r"[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[）)]|\d{1,2}[.、．](?!\d)|[①-⑳]|[一二三四五六七八九十]{1,2}、"
)
_PAGE_NUMBER: Final = re.compile(r"[\s\d第共页/，,.—－-]*")
_SPELLED: Final = re.compile(r"[A-Za-z]\Z")


class Unreadable(Exception):  # noqa: N818 - reads as what it is
    """The document is beyond a limit, or its text is no text."""


def pages(path: Path) -> Iterator[dict[str, Any]]:
    """Each page: its number, its kind (`text`, `scan` or `empty`) and its tables.

    Raises:
        Unreadable: too many pages or cells, or fonts that do not say what they show.
        PDFException, PSException, PdfminerException: damaged or locked.
    """
    cells = 0
    with pdfplumber.open(path) as document:
        if len(document.pages) > MAX_PAGES:
            raise Unreadable(f"more than {MAX_PAGES:,} pages")
        for page in document.pages:
            text = page.extract_text()
            if text.count(_UNREADABLE) > _UNREADABLE_SHARE * len(text):
                raise Unreadable(
                    f"the fonts on page {page.page_number} do not say which characters they show"
                )
            tables = page.find_tables()
            cells += sum(len(table.cells) for table in tables)
            if cells > MAX_CELLS:
                raise Unreadable(f"more than {MAX_CELLS:,} cells up to page {page.page_number}")
            kind = "text" if text.strip() else "scan" if page.images else "empty"
            yield {"number": page.page_number, "kind": kind, "tables": list(_tables(page, tables))}
            page.close()


def _tables(page: Page, tables: list[Table]) -> Iterator[dict[str, Any]]:
    top = page.bbox[1]
    for table in tables:
        rows = [[unwrapped(cell or "") for cell in row] for row in table.extract()]
        yield {"rows": rows, "merged": _merged(table), "above": _above(page, top, table.bbox[1])}
        top = table.bbox[3]


def _above(page: Page, top: float, bottom: float) -> str:
    """The lines between the table before and the next one, as many as a title has, without page numbers."""
    if bottom - top < 1:
        return ""
    between = page.crop((page.bbox[0], top, page.bbox[2], bottom), strict=False)
    lines = between.extract_text().splitlines()[-_ABOVE:]
    return "\n".join(line for line in lines if not _PAGE_NUMBER.fullmatch(line))


def _merged(table: Table) -> list[Range]:
    """The cells that reach over several rows or columns, by where these begin."""
    lefts = sorted({cell[0] for cell in table.cells})
    tops = sorted({cell[1] for cell in table.cells})
    found: list[Range] = []
    for left, top, right, bottom in table.cells:
        first = (tops.index(top), lefts.index(left))
        last = (sum(each < bottom for each in tops) - 1, sum(each < right for each in lefts) - 1)
        if last != first:
            found.append((first, last))
    return found


def unwrapped(cell: str) -> str:
    """A cell without the line ends that only its width has made; numbered items keep their lines."""
    whole = ""
    for line in filter(None, map(str.strip, cell.splitlines())):
        if not whole or _NUMBERED.match(line):
            whole += "\n" * bool(whole) + line
        else:
            space = " " if _SPELLED.search(whole) and line[0].isascii() and line[0].isalpha() else ""
            whole += space + line
    return whole


def main(path: Path, *, seconds: int, memory: int) -> None:
    """Write each page of the PDF as a line of JSON, and in place of the next one the problem that ends it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        for page in pages(path):
            sys.stdout.write(json.dumps(page) + "\n")
    except Unreadable as error:
        sys.stdout.write(json.dumps({"problem": str(error)}) + "\n")
    except (PDFException, PSException, PdfminerException) as error:
        told = str(error) or type(error).__name__
        sys.stdout.write(json.dumps({"problem": f"damaged or locked: {told}"}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), seconds=int(sys.argv[2]), memory=int(sys.argv[3]))
