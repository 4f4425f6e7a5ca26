"""The letters about what a bureau has to do: cases assigned to it, and steps past their day."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from reports.alerts.links import case_page
from reports.alerts.parts import Entry, Letter, Line, one_line, place_of
from reports.alerts.words import ASSIGNED_STEPS, DUTY, LATE_STEPS, SECTION_STEPS, SUPERVISED_STEPS
from reports.wording import NO_EMPLOYER, POSTERS
from store.deliveries import ABOVE, ASSIGNED, REMINDED, SECTION
from store.duty_news import Duties, DutyCase


class _Manner(NamedTuple):
    topic: str
    summary: str
    level: str
    steps: tuple[str, ...]


_MANNERS: Final[Mapping[str, _Manner]] = {
    ASSIGNED: _Manner("案件派发", "现派发案件 {} 件，请按期签收。", "待签收", ASSIGNED_STEPS),
    REMINDED: _Manner("逾期催办", "{} 件案件已过办理期限，请尽快办理。", "逾期", LATE_STEPS),
    SECTION: _Manner("逾期催办（报科室负责人）", "{} 件案件经催办仍未办理，请督促。", "逾期", SECTION_STEPS),
    ABOVE: _Manner("逾期督办", "{} 件案件长期逾期，请予督办。", "督办", SUPERVISED_STEPS),
}


def duty_letter(news: Duties) -> Letter:
    manner = _MANNERS[news.kind]
    late = news.kind != ASSIGNED
    return Letter(
        news=news,
        topic=manner.topic,
        count=f"{news.total} 件",
        summary=manner.summary.format(news.total),
        disclaimer=DUTY,
        urgent=late,
        entries=tuple(_entry(case, level=manner.level, urgent=late) for case in news.cases),
        left=news.total - len(news.cases),
        listing="list",
        steps=manner.steps,
    )


def _entry(case: DutyCase, *, level: str, urgent: bool) -> Entry:
    return Entry(
        number=case.number,
        page=case_page(case.number),
        urgent=urgent,
        severity="orange" if urgent else "yellow",
        level=level,
        heading=one_line(case.qualification, limit=60),
        # Whose the case is was decided by people; an unclear place of work does not take it from them.
        division=case.bureau,
        place=place_of(case.division),
        employer=one_line(case.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[case.poster],
        facts=tuple(_facts(case)),
    )


def _facts(case: DutyCase) -> Iterator[Line]:
    yield "承办", one_line(case.bureau_name, limit=60)
    late = f"，已逾期 {case.late} 个工作日" if case.late else ""
    yield "待办", f"{case.step}，期限 {case.due:%Y-%m-%d}{late}"
    if case.reason:
        yield "派发理由", one_line(case.reason)
