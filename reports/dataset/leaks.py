"""The last look before release: does a text hold anything like a contact or an identity number?

It is written apart from the masking at the door, on purpose: one mistake in the masking must not blind both.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_NUMERALS: Final = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_GAP: Final = r"[\s.\-–—_·/]{0,3}"


def _digits(pattern: str) -> re.Pattern[str]:
    """`pattern` with a gap allowed wherever a space stands, and no digit on either side."""
    return re.compile(rf"(?<!\d){pattern.replace(' ', _GAP)}(?!\d)")


_SPELLED: Final = r"[\s.\-–—_·/]{1,3}".join([r"1", r"[3-9]", *[r"\d"] * 9])
"""A mobile number with something between any two digits."""

_PATTERNS: Final = (
    ("a mobile number", _digits(r"(?:(?:00)?86 )?1[3-9]\d \d{4} \d{4}")),
    ("a mobile number", re.compile(rf"(?<!\d){_SPELLED}(?!\d)")),
    ("an identity number", _digits(r"[1-9]\d{5} (?:19|20)\d{2} \d{4} \d{3}[\dXx]")),
    ("a bank card number", _digits(r"[3-6]\d{3} \d{4} \d{4} \d{4}(?: \d{1,3})?")),
    ("a landline number", _digits(r"\(?0\d{2,3}\)? [2-9]\d{2,3} \d{4}")),
    ("a service number", _digits(r"[48]00 \d{3} \d{4}")),
    (
        "an e-mail address",
        re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|#at#)\s?[\w-]{1,64}(?:\.[\w-]+)+", re.IGNORECASE),
    ),
    ("a web address", re.compile(r"https?://|www\.", re.IGNORECASE)),
    (
        "a messenger account",
        re.compile(
            r"(?:[微薇威]信|weixin|wechat|vx|qq|扣扣|钉钉)号?码?[\s:]{0,3}(?:同号[\s:]{0,3})?"
            r"(?=[a-z_-]{0,19}\d)[a-z0-9_-]{5,20}",
            re.IGNORECASE,
        ),
    ),
    (
        "a contact's name",
        re.compile(r"联系人\s{0,3}:\s{0,3}(?!人事|人力|招聘|行政|前台|客服|公司)[\u4e00-\u9fff]{2,4}"),
    ),
    (
        "a licence plate",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?!ISO)[A-Z]·?"
            r"(?=[A-Z0-9]{0,2}\d{3})[A-Z0-9]{5,6}(?![A-Z0-9])"
        ),
    ),
)


@lru_cache(maxsize=4096)
def leak(text: str) -> str:
    """What `text` seems to hold, in words (never the find itself); empty when it is clean."""
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(char for char in plain if char.isascii() or unicodedata.category(char) != "Cf")
    # 四 may be a digit of a number or a part of a name, so both readings are looked at.
    readings = {plain, plain.translate(_NUMERALS)}
    return next((name for name, pattern in _PATTERNS if any(map(pattern.search, readings))), "")
