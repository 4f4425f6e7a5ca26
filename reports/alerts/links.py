"""Where on the console the things are that a letter tells of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode

from config.divisions import NATION
from reports.sign_links import PATH, sign_link, written
from store.announcements import Header
from store.deliveries import (
    ABOVE,
    ASSIGNED,
    DUE_OBJECTIONS,
    FOUND_AGAIN,
    LATE_NOTICES,
    NEW_CASES,
    NEW_OBJECTIONS,
    REMINDED,
    RETURNED_CASES,
    SECTION,
    WITHDRAWN_CASES,
)
from store.issued import FileLine
from store.issued_news import ReportNews

_VIEWS: Final[Mapping[str, str]] = {
    NEW_CASES: "new",
    RETURNED_CASES: "new",
    WITHDRAWN_CASES: "all",
    FOUND_AGAIN: "corrected",
    ASSIGNED: "open",
    **dict.fromkeys((REMINDED, SECTION, ABOVE), "overdue"),
}
"""The view of the work list in which the cases of a letter are."""
_OBJECTIONS: Final = frozenset({NEW_OBJECTIONS, DUE_OBJECTIONS})


@dataclass(frozen=True, slots=True)
class Links:
    """Each is empty where the console has no address, or no such page."""

    console: str = ""
    """Address of the console as browsers know it, `https://host`."""

    sign_key: bytes = field(default=b"", repr=False)
    """Of links to sign for a case without an account; empty: letters have none."""

    def sign(self, news: Header, case: str) -> str:
        """The link by which the bureau signs for a case that was assigned to it."""
        if news.kind != ASSIGNED or not self.sign_key:
            return ""
        link = sign_link(news.delivery_id, case, bureau=news.bureau, planned_at=news.created_at)
        return self.at(f"{PATH}/{written(link, self.sign_key)}")

    def whole(self, news: Header) -> str:
        """Where all is that the letter tells of, and what it leaves out."""
        if isinstance(news, ReportNews):
            return self.at(report_page(news.report.number))
        if news.kind in _OBJECTIONS:
            return self.at("/objections")
        if news.kind in LATE_NOTICES:
            return self.at("/notices?view=overdue")
        if news.kind not in _VIEWS:
            return ""
        asked = {"view": _VIEWS[news.kind]} | ({} if news.bureau == NATION else {"bureau": news.bureau})
        return self.at(f"/cases?{urlencode(asked)}")

    def at(self, path: str) -> str:
        """The page of this path; empty for an empty one."""
        return f"{self.console.rstrip('/')}{path}" if self.console and path else ""


NO_LINKS: Final = Links()


def case_page(number: str) -> str:
    return f"/cases/{quote(number)}"


def notice_page(number: str) -> str:
    return f"/notices/{quote(number)}"


def report_page(number: str) -> str:
    return f"/reports#{quote(number)}"


def file_page(line: FileLine) -> str:
    """Of a file of a report that was issued."""
    return f"/reports/{quote(line.number)}/{quote(line.name)}"
