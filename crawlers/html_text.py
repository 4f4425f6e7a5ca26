"""HTML to text that keeps the lines: paragraphs, list items and headings each stand on their own."""

import html
import re
from typing import Final

from lxml import etree

_BLOCK: Final = re.compile(
    "address|article|aside|blockquote|caption|center|d[dlt]|details|div|fieldset|fig(ure|caption)|foot(er)?|form"
    "|h[1-6r]|header|legend|li|main|nav|[ou]l|option|p|pre|section|summary|table|tbody|tfoot|thead|tr"
)
_HIDDEN: Final = re.compile("script|style|template|noscript|head|title|iframe|object|svg")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_ESCAPED_TAG: Final = re.compile(r"&lt;/?[a-zA-Z]")
_INVISIBLE: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CROWDED: Final = re.compile(
    r"(<[a-zA-Z][^\s<>\"']{0,99}+)(?:\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>]++)){500}[^<>]*+"
    r"|<script\b[^<>]*+>.*?(?:</script|\Z)",
    re.IGNORECASE | re.DOTALL,
)
"""A tag with more attributes than any page has: the parser compares each with all before it."""
_NUMBER: Final = "data-qingdan-number"
_COUNT: Final = re.compile(r"\d{1,4}", re.ASCII)
_LEFT_OVER: Final = re.compile(r"&(?:amp;)?(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|nbsp|ensp|emsp);")
"""What pages that escape twice leave behind: spaces, line breaks, signs by number."""
_SPACES: Final = re.compile(r"[^\S\n]+")


def html_to_text(markup: str) -> str:
    """The visible text of `markup`, which may be HTML, HTML escaped once too often, or plain text.

    Numbered list items keep their numbers, because an ad's readers see them. Text that no reader sees
    (scripts, hidden elements) is left out.
    """
    if not _TAG.search(markup) and _ESCAPED_TAG.search(markup):
        markup = html.unescape(markup)
    if not _TAG.search(markup):
        return _tidy(html.unescape(markup))
    root = parse_html(markup)
    return "" if root is None else _tidy("".join(_pieces(root)))


def parse_html(markup: str) -> etree._Element | None:
    """The tree of an HTML page or fragment; None where there is no element in it."""
    # The parser is made for one document: huge_tree off bounds depth, no_network keeps it at home.
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(_CROWDED.sub(_uncrowded, scalar(markup)).encode(), parser=parser)
    except etree.XMLSyntaxError:
        return None


def _uncrowded(found: re.Match[str]) -> str:
    return found[1] or found[0]


def scalar(text: str) -> str:
    """`text` without what no database takes: NUL, and surrogates that stand alone."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _pieces(root: etree._Element) -> list[str]:
    """The text of the tree in reading order, with line breaks around blocks."""
    pieces: list[str] = []
    # A stack instead of recursion: hostile trees are deep.
    stack: list[etree._Element | str] = [root]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif not _is_hidden(item):
            stack.extend(reversed(_inside(item)))
    return pieces


def _inside(element: etree._Element) -> list[etree._Element | str]:
    tag = str(element.tag).lower()
    if tag == "br":
        return ["\n"]
    parts: list[etree._Element | str] = [_source(element.text, within=tag)]
    for child in element:
        parts += [child, _source(child.tail, within=tag)]
    if tag == "ol":
        _number_items(element)
    if _BLOCK.fullmatch(tag):
        return ["\n", element.get(_NUMBER, ""), *parts, "\n"]
    return [*parts, " "] if tag in {"td", "th"} else parts


def _source(text: str | None, *, within: str) -> str:
    """Line breaks of the source mean a space in HTML, except where the author preformatted them."""
    return (text or "") if within == "pre" else re.sub(r"\s+", " ", text or "")


def _number_items(ordered: etree._Element) -> None:
    """Note on each item of a numbered list the number that a browser shows."""
    number = _counted_from(ordered.get("start"), 1)
    for item in ordered.iterchildren("li"):
        number = _counted_from(item.get("value"), number)
        item.set(_NUMBER, f"{number}. ")
        number += 1


def _counted_from(written: str | None, otherwise: int) -> int:
    return int(written) if written and _COUNT.fullmatch(written) else otherwise


def _is_hidden(element: etree._Element) -> bool:
    tag: object = element.tag  # no string for comments and processing instructions
    return (
        not isinstance(tag, str)
        or _HIDDEN.fullmatch(tag.lower()) is not None
        or "hidden" in element.attrib
        or _INVISIBLE.search(element.get("style", "")) is not None
    )


def _undone(found: re.Match[str]) -> str:
    return html.unescape(html.unescape(found[0]))


def _tidy(text: str) -> str:
    """One space between words, no empty lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in scalar(_LEFT_OVER.sub(_undone, text)).splitlines())
    return "\n".join(line for line in lines if line)
