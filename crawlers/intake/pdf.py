"""PDF notices: the tables on their pages, read in a process of their own, because a PDF can be a bomb.

pdfplumber unpacks what a file tells it to, without a limit of its own; the process has limits of memory and
time, and takes nothing along when it dies.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from config.settings import ROOT
from crawlers.intake.documents import position_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.source import Source
from crawlers.intake.tables import Grid
from store.intake import Refusal

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_SECONDS: Final = 300
"""For one file, whatever its size."""
MAX_MEMORY: Final = 2 * 1024**3
"""Address space of the process, in bytes."""
_MAGIC: Final = b"%PDF-"
_MAGIC_WITHIN: Final = 1024

_Page = Mapping[str, Any]
"""As crawlers.intake.pdf_pages.pages gives it."""


def pdf_rows(source: Source) -> Iterator[Row | Refusal]:
    """The rows of the position tables on all pages.

    Raises:
        IntakeError: no PDF, a scan without text, unreadable characters, no table, or beyond a limit.
    """
    with source.path.open("rb") as file:
        if _MAGIC not in file.read(_MAGIC_WITHIN):
            raise IntakeError(f"{source.path}: no PDF")
    if source.path.stat().st_size > MAX_BYTES:
        raise IntakeError(f"{source.path}: larger than {MAX_BYTES:,} bytes")
    pages = _pages(source)
    if all(page["kind"] != "text" for page in pages):
        raise IntakeError(f"{source.path}: no text; a scan has to be read by a person")
    if not any(page["tables"] for page in pages):
        raise IntakeError(f"{source.path}: no table on its pages")
    yield from position_rows(_grids(source.name, pages))
    for page in pages:
        if page["kind"] == "scan":
            reason = "no text on the page; a scan has to be read by a person"
            yield Refusal(f"{source.name}:page {page['number']}", reason)


def _pages(source: Source) -> Sequence[_Page]:
    """All pages, as the other process writes them.

    Raises:
        IntakeError: it found a problem, or died of a limit.
    """
    limits = [str(MAX_SECONDS), str(MAX_MEMORY)]
    command = [sys.executable, "-m", "crawlers.intake.pdf_pages", str(source.path.resolve()), *limits]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=MAX_SECONDS, check=False)  # noqa: S603 - no shell, our own module
    except subprocess.TimeoutExpired:
        raise IntakeError(f"{source.path}: reading it takes longer than {MAX_SECONDS} s") from None
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise IntakeError(
            f"{source.path}: the process that reads it died with {done.returncode}, of more memory or time "
            f"than it may take, or of a damaged file: {told}"
        )
    pages = [json.loads(line) for line in done.stdout.splitlines()]
    if problem := pages[-1].get("problem") if pages else "no pages":
        raise IntakeError(f"{source.path}: {problem}")
    return pages


def _grids(name: str, pages: Sequence[_Page]) -> Iterator[Grid]:
    for page in pages:
        for number, table in enumerate(page["tables"], start=1):
            place = f"{name}:page {page['number']}" + (f" table {number}" if len(page["tables"]) > 1 else "")
            yield Grid(place, table["rows"], table["merged"], table["above"])
