"""The page of boards: how each fares and what to do about it, for whoever runs the crawls. To be printed."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reports.templating import environment
from store.run_profiles import Profile

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "live": ("正常", ""),
    "partial": ("未采完", "请求数已达限额，下次接着采。长期采不完的，商网站运营者后调高来源文件的 budget。"),
    "degraded": ("异常", "查看问题清单；网站改版的，修改来源文件后用 qingdan crawl try 试读，再补采。"),
    "held": (
        "待审",
        "本次结果超出预期，尚未发布。用 qingdan crawl held 查看，再决定 release（放行）或 discard（弃用）。",
    ),
    "blocked": ("被拒", "网站拒绝访问。不得绕过：与网站运营者联系，或改由其按接口报送。"),
    "gone": ("下线", "列表页连续不存在。核对网址；网站已关闭的，停用该来源。"),
    "never": ("未采集", "来源已获批准，尚未采集。"),
}
"""State → what people call it, and what there is to do."""


FIELDS: Final[Mapping[str, str]] = {
    "title": "岗位", "text": "正文", "company": "单位", "city": "地点", "posted": "发布日期",
    "valid_through": "截止日期", "salary": "薪酬", "url": "网址", "poster": "单位性质",
}  # fmt: skip
"""Fields of a posting, as people call them."""


class UnreadableError(ValueError):
    """The files of boards cannot be read; the message says which and why, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """How one board fares."""

    source: str
    name: str
    state: str
    """One of `STATES`."""
    since: datetime | None
    last_complete: datetime | None
    why: str
    """As the runs noted it, in English."""
    stopped: str = ""
    """Who stopped the board and why, as they wrote it."""
    live: int = 0
    suspect: int = 0
    gone: int = 0
    due: int = 0
    measured: Profile | None = None
    """How its last run measured; None where nobody did."""
    issues: str = ""
    """The issues file of the last run."""


def boards_page(lines: Sequence[BoardLine], *, now: datetime) -> str:
    """The page, as HTML: what is amiss stands first."""
    templates = environment()
    style = templates.get_template("boards/status.css").render()
    # The policy names this style sheet by its hash, so that no other style or script can ever take effect.
    style_hash = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    counts = {name: sum(line.state == state for line in lines) for state, (name, _) in STATES.items()}
    page = templates.get_template("boards/status.html.j2")
    return page.render(lines=lines, counts=counts, states=STATES, now=now, style_hash=style_hash)
