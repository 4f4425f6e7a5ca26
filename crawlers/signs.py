"""Signs on a page that it is not what was asked for: a challenge in its place, a posting that has ended.

All of them come with HTTP 200. They are there to be recognised and obeyed; nothing here is a way round them.
"""

import re
from collections.abc import Iterable
from typing import Final

_TITLE: Final = re.compile(r"<title[^>]{0,200}>([^<]{0,200})", re.IGNORECASE)
_CHALLENGE: Final = re.compile(
    r"\s*(?:(?:百度|阿里云|腾讯云)?(?:滑动|安全|访问|人机|身份|滑块)?验证(?:页面|中心|码)?"
    r"|访问(?:受限|被拒绝|过于频繁)"
    r"|请(?:完成|进行)(?:安全)?验证|just a moment\.{3}|attention required!|access denied)"
    r"\s*(?:[-_|–—].{0,80})?",
    re.IGNORECASE,
)
_MARKS: Final = ("@@xxzlGatewayUrl", "aliyun_waf_aa", "/antibot/verifycode", "cf-challenge", "_guard/auto.js")
_ENDED: Final = (
    "此页面似乎不存在",
    "该职位已下线",
    "该职位已关闭",
    "该职位已停止招聘",
    "该职位已结束",
    "职位已下架",
    "No longer accepting applications",
    "This job is no longer available",
)
_HEAD: Final = 65_536
"""Characters of a page that are looked at for a challenge; such pages are short."""


def challenge(page: str, also: Iterable[str] = ()) -> str:
    """The sign in `page` that a challenge stands in place of what was asked for; empty if there is none.

    `also` are words that mean one on this board. A title must be that of a challenge as a whole: an
    ad may be one for an engineer of 安全验证.
    """
    head = page[:_HEAD]
    if (title := _TITLE.search(head)) and _CHALLENGE.fullmatch(title[1]):
        return title[1].strip()
    return next((mark for mark in (*_MARKS, *also) if mark in head), "")


def ended(page: str, also: Iterable[str] = ()) -> str:
    """The words in `page` that say that its posting has ended; empty if there are none."""
    return next((words for words in (*_ENDED, *also) if words in page), "")
