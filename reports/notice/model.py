"""What a platform notice says, whatever the format."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.bureaus import bureau_address, bureau_name
from config.platforms import Board, platforms
from config.workdays import Deadline
from reports.citations import Texts, cited, in_full
from reports.wording import KINDS_IN_FULL, NO_EMPLOYER
from store.notice_models import NoticeItem, PlatformNotice
from store.notices import Quote

BASIS: Final = "platform-notice-2026"
"""The text of config/policy.yaml that gives the four measures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What an ad demands, and why that is in the notice."""

    clause: str
    reason: str
    basis: tuple[str, ...]
    """Citations in brief."""
    case: str
    """Number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One ad."""

    place: int
    source_ad_id: str
    url: str
    title: str
    employer: str
    posted: str
    demands: tuple[Demand, ...]
    measure: str
    """Code."""

    @property
    def measure_name(self) -> str:
        return platforms().measures[self.measure]

    @property
    def clauses(self) -> str:
        return "\n".join(dict.fromkeys(each.clause for each in self.demands))

    @property
    def reasons(self) -> str:
        return "；".join(dict.fromkeys(each.reason for each in self.demands))

    @property
    def basis(self) -> str:
        return "；".join(dict.fromkeys(text for each in self.demands for text in each.basis))

    @property
    def cases(self) -> str:
        return "、".join(dict.fromkeys(each.case for each in self.demands))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A platform notice, complete."""

    number: str
    bureau: str
    bureau_name: str
    bureau_address: str
    source: str
    board: Board
    cites: str
    issued_on: date
    due: date
    arranged: bool
    """Whether the holidays until `due` are known."""
    days: int
    """Working days."""
    measures_basis: str
    """The text that gives the measures, in full."""
    legal: tuple[str, ...]
    """That one and the texts that the items cite, in full."""
    lines: tuple[Line, ...]

    @property
    def measures(self) -> tuple[tuple[str, int], ...]:
        """How many ads each measure is asked for, in the order of the measures."""
        asked = [line.measure for line in self.lines]
        names = platforms().measures
        return tuple((names[each], asked.count(each)) for each in names if each in asked)


def letter_of(
    notice: PlatformNotice, items: Sequence[NoticeItem], issued_on: date, deadline: Deadline, texts: Texts
) -> Letter:
    """The notice as it is, or would be, issued on that day."""
    basis = [text for item in items for quote in item.told["quotes"] for text in quote["basis"]]
    return Letter(
        number=notice.number,
        bureau=notice.bureau,
        bureau_name=bureau_name(notice.bureau),
        bureau_address=bureau_address(notice.bureau),
        source=notice.source,
        board=platforms().boards[notice.source],
        cites=notice.cites,
        issued_on=issued_on,
        due=deadline.day,
        arranged=deadline.arranged,
        days=platforms().days,
        measures_basis=texts[BASIS].citation if BASIS in texts else BASIS,
        legal=in_full([BASIS, *sorted(set(basis))], texts),
        lines=tuple(_line(item, texts) for item in items),
    )


def _line(item: NoticeItem, texts: Texts) -> Line:
    told = item.told
    return Line(
        place=item.place,
        source_ad_id=told["source_ad_id"],
        url=told["url"],
        title=told["title"],
        employer=told["employer"] or NO_EMPLOYER,
        posted=told["posted"],
        demands=tuple(
            Demand(
                clause=quote["clause"],
                reason=_reason(quote),
                basis=cited(quote["basis"], quote["ended_by"], texts, brief=True),
                case=quote["case"],
            )
            for quote in told["quotes"]
        ),
        measure=item.measure,
    )


def _reason(quote: Quote) -> str:
    kind = KINDS_IN_FULL.get(quote["kind"], quote["kind"])
    return f"“{quote['name']}”为{kind}，被列为招聘条件"
