"""In which encoding a page really is, where it declares a wrong one; whether it was read in a wrong one."""

import re
from typing import Final

UTF_8: Final = "utf-8"
GB_18030: Final = "gb18030"
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_TWICE: Final = re.compile(r"[\u00e3-\u00e9][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2}")
"""A Chinese character whose three bytes of UTF-8 were read as characters of a Western encoding."""
_GARBLED: Final = 0.01
"""Share of a text above which replacement characters and the like are no accident."""
_COMMON: Final = "的一是不了在有人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过"
"""The most frequent characters of any Chinese text, which hardly occur in one that was read wrongly."""


def true_encoding(body: bytes, declared: str) -> str:
    """The encoding of `body`, in which it can be read without a fault; as `declared` where that is in doubt.

    Pages say gb2312 and are UTF-8, or the other way round; no other two are mistaken for each other without a
    trace.
    """
    if declared.lower() != UTF_8:
        return UTF_8 if not body.isascii() and _reads(body, UTF_8) is not None else declared
    if _reads(body, UTF_8) is not None:
        return declared
    text = _reads(body, GB_18030)
    return GB_18030 if text is not None and _is_chinese(text) else declared


def _reads(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_chinese(text: str) -> bool:
    characters = len(_HAN.findall(text))
    return sum(map(text.count, _COMMON)) > characters * _GARBLED


def garbled(text: str) -> bool:
    """Was the text decoded in a wrong encoding, here or before it was published?"""
    lost = text.count("\ufffd") + sum(len(found) for found in _TWICE.findall(text))
    return lost > _GARBLED * len(text)
