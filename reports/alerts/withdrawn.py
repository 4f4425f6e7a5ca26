"""The letter about withdrawn cases: what a bureau was told and no rule says any more."""

from reports.alerts.links import case_page
from reports.alerts.parts import Entry, Letter, one_line, place_of
from reports.alerts.words import WITHDRAWAL, WITHDRAWAL_STEPS
from reports.wording import NO_EMPLOYER, POSTERS
from store.withdrawals import Withdrawals, WithdrawnCase


def withdrawal_letter(news: Withdrawals) -> Letter:
    return Letter(
        news=news,
        topic="疑似线索撤回",
        count=f"{news.total} 件",
        summary=f"此前通知的疑似线索 {news.total} 件经重新识别不再认定，现予撤回。",
        disclaimer=WITHDRAWAL,
        entries=tuple(map(_entry, news.cases)),
        left=news.total - len(news.cases),
        listing="list",
        steps=WITHDRAWAL_STEPS,
    )


def _entry(case: WithdrawnCase) -> Entry:
    announced = f"{case.announced_at:%Y-%m-%d}，文号 {case.announced_in}"
    return Entry(
        number=case.number,
        page=case_page(case.number),
        severity="grey",
        level="撤回",
        heading=one_line(case.qualification, limit=60),
        division=case.division,
        place=place_of(case.division),
        employer=one_line(case.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[case.poster],
        facts=(("原通知", announced), ("撤回原因", f"规则 {case.rules} 不再认定")),
    )
