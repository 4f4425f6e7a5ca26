"""What is told of a report: to whoever holds the receipt, and to those who work on it."""

from collections.abc import Mapping
from typing import Final, Literal

from store import public_reports as store
from store.report_standings import Standing

Status = Literal["received", "fetched", "read", "unfetchable", "manual", "closed", "duplicate"]

_OF_STATE: Final[Mapping[str, Status]] = {
    store.WAITING: "received",
    store.COLLECTED: "fetched",
    store.KNOWN: "fetched",
    store.MANUAL: "manual",
    store.FAILED: "unfetchable",
    store.DISMISSED: "closed",
}

WORDS: Final[Mapping[Status, str]] = {
    "received": "已收到，待处理",
    "fetched": "已收录，待判读",
    "read": "已判读",
    "unfetchable": "页面无法抓取",
    "manual": "待人工查看",
    "closed": "已办结",
    "duplicate": "此前已有相同线索，已合并",
}


def status_of(report: Standing) -> Status:
    """Where a report stands; `duplicate` where somebody else told us before, or a board did."""
    known = report.repeated or report.state == store.KNOWN or bool(report.earlier)
    return "duplicate" if known else of_matter(report)


def of_matter(report: Standing) -> Status:
    """Where the page or text stands that the report is about."""
    return (
        "read" if report.read and report.state in (store.COLLECTED, store.KNOWN) else _OF_STATE[report.state]
    )


def told(report: Standing) -> str:
    """Where the report stands; of one that is a duplicate, also where the first one does."""
    status, matter = status_of(report), of_matter(report)
    return WORDS[status] if status == matter else f"{WORDS[status]}（{WORDS[matter]}）"
