"""The letter about objections that wait for an answer."""

from typing import Final

from reports.alerts.parts import Entry, Letter, one_line, place_of
from reports.alerts.words import OBJECTION, OBJECTION_STEPS
from reports.wording import NO_EMPLOYER, POSTERS
from store.deliveries import DUE_OBJECTIONS
from store.objection_news import ObjectionNews, ToldObjection

_NO_CASE: Final = "所指案件待确定"


def objection_letter(news: ObjectionNews) -> Letter:
    soon = news.kind == DUE_OBJECTIONS
    return Letter(
        news=news,
        topic="异议即将到期" if soon else "收到异议",
        count=f"{news.total} 件",
        summary=f"有 {news.total} 件异议{'临近或者超过' if soon else '待答复，请注意'}答复期限。",
        disclaimer=OBJECTION,
        urgent=soon,
        entries=tuple(_entry(each, urgent=soon) for each in news.objections),
        left=news.total - len(news.objections),
        steps=OBJECTION_STEPS,
    )


def _entry(objection: ToldObjection, *, urgent: bool) -> Entry:
    return Entry(
        number=f"异议第 {objection.number} 号",
        page=f"/objections/{objection.number}",
        urgent=urgent,
        severity="orange" if urgent else "yellow",
        level="待答复",
        heading=one_line(objection.qualification, limit=60) or _NO_CASE,
        division=objection.division,
        place=place_of(objection.division),
        employer=one_line(objection.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[objection.poster],
        facts=(
            ("案件", objection.case or f"{_NO_CASE}：{one_line(objection.about, limit=80)}"),
            ("异议人", one_line(objection.organisation, limit=80)),
            ("理由", one_line(objection.reasons)),
            ("收到", f"{objection.received_at:%Y-%m-%d}"),
            ("答复期限", f"{objection.due:%Y-%m-%d}"),
        ),
    )
