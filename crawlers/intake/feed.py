"""XML feeds: the elements that hold postings, one after another in flat memory."""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, cast

from lxml import etree
from lxml.etree import _Element

from crawlers import hardened_xml
from crawlers.extract.guess import in_xml
from crawlers.html_text import html_to_text
from crawlers.intake.rows import MAX_ROW, IntakeError, Row
from crawlers.intake.source import Source, encoding_of
from store.intake import Refusal

_CHUNK: Final = 65_536
_LOOKED_AT: Final = 2_000_000
"""Characters at the beginning of a feed from which its records are told."""
_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,200}>")
_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,150}encoding=[\\]?[\"']([\w.-]{1,40})")
_MARKUP: Final = re.compile(r"[<&]")


def feed_rows(source: Source) -> Iterator[Row | Refusal]:
    """A row for each element that holds a posting; the parts of its parts are named `company_name`.

    What stands before any damage is kept, and the damage is a refusal.

    Raises:
        IntakeError: no XML, or nothing in it that looks like postings.
    """
    encoding = _encoding(source)
    opening = _opening(source, encoding)
    record = _record_of(source, opening)
    parser = hardened_xml.pull_parser(("end",), recover=True, encoding="utf-8")
    number = 0
    for piece in hardened_xml.mended(_pieces(source, encoding, opening)):
        parser.feed(piece.encode("utf-8", "replace"))
        for _event, element in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
            if etree.QName(element).localname == record:
                number += 1
                yield _row(f"{source.name}[{number}]", element)
                _forget(element)
    # An element that is still open was cut off, and is no posting.
    with suppress(etree.XMLSyntaxError):
        parser.close()
    if damage := list(parser.feed_error_log)[:1]:
        yield Refusal(source.name, f"the feed is damaged at line {damage[0].line}: {damage[0].message}")


def _encoding(source: Source) -> str:
    """What the feed declares, if Python knows it, else what its bytes tell."""
    beginning = source.stream.read(300)
    source.stream.seek(0)
    declared = _DECLARED.search(beginning)
    if declared and not beginning.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            name = codecs.lookup(declared[1].decode("ascii")).name
        except LookupError:
            return encoding_of(source)
        # What is declared as one of its older parts may hold any character of GB 18030.
        return "gb18030" if name in ("gb2312", "gbk") else name
    return encoding_of(source)


def _opening(source: Source, encoding: str) -> str:
    reader = io.TextIOWrapper(source.stream, encoding=encoding, errors="replace", newline="")
    try:
        return reader.read(_LOOKED_AT)
    finally:
        reader.detach()
        source.stream.seek(0)


def _record_of(source: Source, opening: str) -> str:
    """The name of the elements that hold the postings, told from the beginning of the feed."""
    parser = hardened_xml.tree_parser(recover=True, encoding="utf-8")
    beginning = "".join(hardened_xml.mended([_DECLARATION.sub("", opening)]))
    try:
        root = etree.fromstring(beginning.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise IntakeError(f"{source.path}: no XML: {error}") from error
    found = in_xml(root) if root is not None else None
    if found is None or not {"title", "text"} & set(found.fields):
        raise IntakeError(
            f"{source.path}: no elements that look like postings (with a title or a description)"
        )
    return found.items.removeprefix("//")


def _pieces(source: Source, encoding: str, opening: str) -> Iterator[str]:
    """The feed from its root element on: what a declaration says of its encoding is dealt with."""
    start = _DECLARATION.match(opening)
    reader = io.TextIOWrapper(source.stream, encoding=encoding, errors="replace", newline="")
    try:
        reader.read(start.end() if start else 0)
        while piece := reader.read(_CHUNK):
            yield piece
    finally:
        if not source.stream.closed:
            reader.detach()


def _row(place: str, element: _Element) -> Row | Refusal:
    raw = etree.tostring(element, with_tail=False)
    if len(raw) > MAX_ROW:
        return Refusal(place, f"the element is longer than {MAX_ROW:,} bytes")
    cells: dict[str, object] = {}
    for name, text in _parts(element, ""):
        cells[name] = f"{cells[name]}\n{text}" if name in cells else text
    return Row(place, cells, hashlib.sha256(raw).hexdigest())


def _parts(element: _Element, prefix: str) -> Iterator[tuple[str, str]]:
    """The texts within an element, each with its names from the record down."""
    for child in element.iterchildren(etree.Element):
        name = prefix + etree.QName(child).localname
        text = (child.text or "").strip()
        if text:
            yield name, html_to_text(text) if _MARKUP.search(text) else text
        yield from _parts(child, f"{name}_")


def _forget(element: _Element) -> None:
    """Let go of an element, and of those before it, that have been read."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
