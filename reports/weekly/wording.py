"""The Chinese words that only the report has for codes of the store. An unknown code is printed as it is."""

from typing import Final

STATUSES: Final = {
    "suspected": "疑似待核",
    "confirmed": "人工确认",
    "false_alarm": "误报排除",
    "withdrawn": "系统撤回",
}
CLOSED: Final = frozenset({"false_alarm", "withdrawn"})
"""States in which nothing is left to do; any other one counts as open."""

DELIVERIES: Final = {"pending": "待发送", "sent": "已发送", "skipped": "未发送（有原因）", "dead": "发送失败"}

RUNS: Final = {
    "complete": "完整",
    "incomplete": "不完整",
    "running": "未结束",
    "held": "待审未发布",
    "discarded": "弃用",
}
