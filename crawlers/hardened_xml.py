"""The one way to parse XML of strangers: nothing is followed or expanded, and everyday slips are mended."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal

from lxml import etree

_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
}
"""No entity is put in its place, nothing is fetched, and depth and length of a text are bounded."""
_NAMED: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
"""The only entities that XML knows without being told."""
_SLIP: Final = re.compile(
    r"<!\[CDATA\[|\]\]>|&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z]\w{0,30});)?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
)
_BEGINNINGS: Final = re.compile(r"[&<\]]")
_LONGEST: Final = 40
"""Characters of what `_SLIP` finds, at the most."""


def tree_parser(*, recover: bool = False, encoding: str | None = None) -> etree.XMLParser:
    """A parser of whole documents; with `recover` it goes on behind damage, and keeps a list of it."""
    return etree.XMLParser(recover=recover, encoding=encoding, **_OPTIONS)


def pull_parser(
    events: Sequence[Literal["start", "end"]], *, recover: bool = False, encoding: str | None = None
) -> etree.XMLPullParser:
    """A parser that is fed piece by piece."""
    return etree.XMLPullParser(events=events, recover=recover, encoding=encoding, **_OPTIONS)


def mended(pieces: Iterable[str]) -> Iterator[str]:
    """XML without the slips that programs make: & for &amp;, the entities of HTML, control characters.

    A text that defines entities of its own is left as it is. `pieces` may end anywhere.
    """
    slips: _Slips | None = None
    rest = ""
    for piece in pieces:
        if slips is None:
            piece = piece.lstrip("\ufeff \r\n\t")  # noqa: PLW2901 - nothing may stand before the declaration
            slips = _Slips(mend="<!DOCTYPE" not in piece and "<!ENTITY" not in piece)
        text = rest + piece
        at = max(len(text) - _LONGEST, 0)
        half = _BEGINNINGS.search(text, at)
        cut = half.start() if half else len(text)
        yield slips.mended(text[:cut])
        rest = text[cut:]
    if slips is not None:
        yield slips.mended(rest)


class _Slips:
    """Mends one text, piece by piece."""

    def __init__(self, *, mend: bool) -> None:
        self._mend = mend
        self._as_is = False
        """Within a section in which & means itself."""

    def mended(self, text: str) -> str:
        return _SLIP.sub(self._one, text) if self._mend else text

    def _one(self, slip: re.Match[str]) -> str:
        found = slip[0]
        if found in ("<![CDATA[", "]]>"):
            self._as_is = found != "]]>"
            return found
        if found[0] != "&":
            return " "
        if self._as_is or found[1:2] == "#" or slip[1] in _NAMED:
            return found
        if slip[1] is None:
            return "&amp;" + found[1:]
        known = html.unescape(found)
        return f"&#{ord(known)};" if len(known) == 1 else "&amp;" + found[1:]
