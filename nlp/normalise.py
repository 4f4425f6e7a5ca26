"""One spelling for reading, with a way back: every offset of the result leads to the original text."""

import html
import re
from codecs import utf_16_le_decode, utf_16_le_encode
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.characters import PLAIN

_WIDE: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_UPPER: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_WIDE_UPPER: Final = {code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)}
_SIGNS: Final = str.maketrans(
    "　\u00a0\t\r\u2002\u2003\u2009\u2028\u2029\u0085｡､〔〕［］【】﹙﹚–—－﹣ⅠⅡⅢⅣⅤ·•●■◆▪★☆◇○※",
    "   \n   \n\n\n。、()[][]()----一二三四五" + "•" * 11,
)
_UNREADABLE: Final = dict.fromkeys([*range(9), *range(11, 13), *range(14, 32), 127], ord(" "))
_SURROGATES: Final = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_FOLDED: Final[dict[int, int]] = {
    **_UNREADABLE,
    **PLAIN,
    **_SIGNS,
    **_WIDE,
    **_UPPER,
    **_WIDE_UPPER,
    **_SURROGATES,
}
FOLD: Final = np.array([_FOLDED.get(code, code) for code in range(0x10000)], dtype="<u2")
"""What is read for each character of the basic plane, by code point."""
_UNIT: Final = 2
"""Bytes of a character of the basic plane in UTF-16."""
_BEYOND: Final = re.compile("[\U00010000-\U0010ffff]")
BLANKS: Final = " \u3000"
"""What may set characters apart one by one."""
_INVISIBLES: Final = r"\u00ad\u034f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_ENTITIES: Final = ("nbsp", "amp", "lt", "gt", "quot", "middot", "bull", "ensp", "emsp")
_TAGS: Final = ("br", "p", "div", "span", "li", "ul", "ol", "b", "strong", "em", "font", "i", "u")
_ENTITY: Final = rf"&(?:{'|'.join(_ENTITIES)}|#\d{{2,5}}|#x[0-9a-fA-F]{{2,4}});"
_TAG: Final = rf"</?(?:{'|'.join(_TAGS)})\b[^<>]{{0,60}}>"
MARKUP: Final = frozenset(
    {"&#", "</"}.union(f"&{name[0]}" for name in _ENTITIES).union(f"<{name[0]}" for name in _TAGS)
)
"""How what is rewritten as mark-up begins."""
# Characters set apart one by one (教 师 资 格 证); a blank between whole words stays a separator.
_SPACED_RUN: Final = rf"(?<![一-龥])(?:[一-龥][{BLANKS}]){{3,20}}[一-龥](?![一-龥])"
INVISIBLES: Final = frozenset(re.findall(f"[{_INVISIBLES}]", "".join(map(chr, range(0x10000)))))
_REWRITE: Final = re.compile(f"[{_INVISIBLES}]+|{_ENTITY}|{_TAG}|{_SPACED_RUN}")
# Each begins with a class of few characters, so that most texts are passed over quickly.
_MARKS: Final = re.compile(f"[{_INVISIBLES}&<]")
# The search for a pattern that begins with one certain character is quicker by far.
_SPACED: Final = [re.compile(f"{blank}[一-龥][{BLANKS}][一-龥][{BLANKS}]") for blank in BLANKS]


class Normalised(NamedTuple):
    """A text as it is read, and where each of its characters came from."""

    text: str
    starts: list[int] | None
    """Original offset of each character, and the original length at the end; None when nothing moved."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original text of the stretch `start`..`end` (end exclusive)."""
        if self.starts is None or start >= end:
            return (start, end) if self.starts is None else (self.starts[start], self.starts[start])
        return self.starts[start], self.starts[end - 1] + 1


def normalise(raw: str) -> Normalised:
    """`raw` in one spelling: half width, lower case, simplified, without invisible characters and mark-up.

    Total over any string, lone surrogates and NUL included.
    """
    if not _moves(raw):
        return Normalised(fold(raw), None)
    pieces: list[str] = []
    starts: list[int] = []
    position = 0
    for match in _REWRITE.finditer(raw):
        pieces.append(raw[position : match.start()])
        starts.extend(range(position, match.start()))
        for offset, character in _replacement(match):
            pieces.append(character)
            starts.append(offset)
        position = match.end()
    pieces.append(raw[position:])
    starts.extend(range(position, len(raw)))
    starts.append(len(raw))
    return Normalised(fold("".join(pieces)), starts)


def _moves(raw: str) -> bool:
    """Whether something may be left out of `raw`, or written shorter."""
    return _MARKS.search(raw) is not None or spaced(raw)


def spaced(raw: str) -> bool:
    """Whether `raw` may hold characters set apart one by one."""
    narrow, wide = _SPACED
    return narrow.search(raw) is not None or wide.search(raw) is not None


def fold(text: str) -> str:
    """`text` with each character in its plain form; the length stays the same."""
    return folded(units(text))


def folded(characters: NDArray[np.uint16]) -> str:
    """The text of `units`, with each character in its plain form."""
    # An array is looked up at an eighth of the time that `str.translate` takes.
    return utf_16_le_decode(FOLD.take(characters).tobytes())[0]


def units(text: str) -> NDArray[np.uint16]:
    """The characters of `text` by their code points, one each."""
    raw = utf_16_le_encode(text, "surrogatepass")[0]
    if len(raw) > _UNIT * len(text):
        # All characters beyond the basic plane, which take two units, are read as one that is not known.
        raw = utf_16_le_encode(_BEYOND.sub("\ufffd", text), "surrogatepass")[0]
    return np.frombuffer(raw, dtype="<u2")


def _replacement(match: re.Match[str]) -> list[tuple[int, str]]:
    """What stands for a rewritten stretch: pairs of original offset and character."""
    found = match.group()
    start = match.start()
    if found.startswith("&"):
        return [(start, html.unescape(found)[:1] or " ")]
    if found.startswith("<"):
        return [(start, "\n" if found[1:3] in {"br", "p>", "/p", "li", "di", "/d", "/l"} else " ")]
    if "一" <= found[0] <= "龥":
        return [(start + i, character) for i, character in enumerate(found) if character not in BLANKS]
    return []
