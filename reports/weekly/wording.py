"""The Chinese words that only the report has for codes of the store. An unknown code is printed as it is."""

from typing import Final

from config.casework import casework
from config.months import Month, Period
from config.weeks import Week
from store.cases import WITHDRAWN

STATUSES: Final = {name: status.name for name, status in casework().statuses.items()} | {
    WITHDRAWN: "系统撤回"
}
CLOSED: Final = frozenset(
    name for name in STATUSES if name == WITHDRAWN or not casework().statuses[name].open
)
"""States in which nothing is left to do; any other one counts as open."""

DELIVERIES: Final = {"pending": "待发送", "sent": "已发送", "skipped": "未发送（有原因）", "dead": "发送失败"}

RUNS: Final = {
    "complete": "完整",
    "incomplete": "不完整",
    "running": "未结束",
    "held": "待审未发布",
    "discarded": "弃用",
}

TITLES: Final = {Week: "招聘广告证书要求监测周报", Month: "招聘广告证书要求监测通报"}

EDITIONS: Final = {"internal": "N", "public": "G"}
"""What the number of a report has for its edition: 内部, 公开."""


def number_of(division: str, period: Period, edition: str, version: int | None) -> str:
    """The number of a report: it follows from what the report is about, so it is never given twice."""
    last = "草稿" if version is None else str(version)
    return f"{division}-{period}-{EDITIONS[edition]}-{last}"
