"""What a platform says of an ad, and what we see of it, in words: side by side wherever a notice is shown."""

from typing import Final

from config.platforms import platforms
from reports.templating import moment, visible
from store.notice_replies import ItemLine
from store.rechecks import CONCLUDED

BY_HAND: Final = "平台答复，人工登记"
FROM_LIST: Final = "平台填报的清单"
BY_PROGRAM: Final = "平台经接口答复"
"""Why an answer stands in the history of a case."""


def claimed(line: ItemLine) -> str:
    """What the platform says."""
    reply = line.reply
    if reply is None:
        return "未答复"
    outcome = platforms().outcomes.get(reply.outcome)
    told = f"{outcome.name if outcome else reply.outcome}（{reply.done_on}，{visible(reply.said_by)}）"
    return f"{told}：{visible(reply.why)}" if reply.why else told


def seen(line: ItemLine) -> str:
    """What boards and looking again say; it is no matter of what the platform says."""
    told = ["来源已撤下"] if line.seen.gone else []
    if line.seen.last_seen:
        told.append(f"最近见到 {moment(line.seen.last_seen)}")
    if line.seen.looked:
        told.append(f"回头看 {CONCLUDED[line.seen.looked]}")
    if line.speaks_against:
        told.append("与平台所称不符")
    return "，".join(told) or "没有记录"
