"""The Chinese words of the report for the codes of the store. An unknown code is printed as it is."""

from typing import Final

KINDS: Final = {
    "proficiency": "水平评价类",
    "skill_level": "技能等级",
    "delisted": "已取消",
    "post_permit": "无依据上岗证",
    "other": "目录外其他",
    "licensing": "准入类",
    "foreign": "境外证书",
    "vendor": "厂商认证",
    "statutory": "其他法定",
    "title": "职称",
    "education": "学业水平",
    "generic": "未具名",
}
"""Short enough for a table; docs/weekly-report.md and the glossary of the report say what each one means."""

STATUSES: Final = {
    "suspected": "疑似待核",
    "confirmed": "人工确认",
    "false_alarm": "误报排除",
    "withdrawn": "系统撤回",
}
CLOSED: Final = frozenset({"false_alarm", "withdrawn"})
"""States in which nothing is left to do; any other one counts as open."""

SEVERITIES: Final = {"red": "红", "orange": "橙", "yellow": "黄", "grey": "灰"}
"""The gravest first."""

DELIVERIES: Final = {"pending": "待发送", "sent": "已发送", "skipped": "未发送（有原因）", "dead": "发送失败"}

VERDICTS: Final = {
    "violation": "含疑似线索",
    "advisory": "提示关注",
    "lawful": "要求合规",
    "none": "未见相关要求",
}

RUNS: Final = {"complete": "完整", "incomplete": "不完整", "running": "未结束"}


def severity_rank(code: str) -> int:
    """0 for the gravest; an unknown code comes last."""
    order = list(SEVERITIES)
    return order.index(code) if code in order else len(order)
