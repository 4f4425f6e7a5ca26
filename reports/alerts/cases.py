"""The letter about suspected cases: new ones, and those that came back after they had been withdrawn."""

from collections.abc import Iterator

from reports.alerts.links import case_page
from reports.alerts.parts import Entry, Letter, excerpt_of, one_line, place_of, quote_of
from reports.alerts.words import CASE_STEPS, DISCLAIMER, FIND_EMPLOYER
from reports.citations import Texts, cited, each_once, in_full
from reports.wording import KINDS_IN_FULL, NO_EMPLOYER, POSTERS, SEVERITIES
from store.announcements import AnnouncedCase, Announcement
from store.deliveries import RETURNED_CASES


def case_letter(news: Announcement, texts: Texts) -> Letter:
    """The letter for `news`; `texts` holds what it may cite."""
    back = news.kind == RETURNED_CASES
    topic = "疑似线索恢复待核" if back else "疑似线索待初核"
    urgent = f"急件 {news.urgent} 件" if news.urgent else ""
    found = "此前通知撤回的疑似线索重新认定" if back else "新发现疑似线索"
    return Letter(
        news=news,
        topic=topic,
        count=f"{news.total} 件{urgent and f'，{urgent}'}",
        summary=f"{found} {news.total} 件{urgent and f'，其中{urgent}'}，"
        f"涉及招聘信息 {news.ads} 条，请初核。",
        disclaimer=DISCLAIMER,
        urgent=news.urgent > 0,
        entries=tuple(_entry(case, texts) for case in news.cases),
        left=news.total - len(news.cases),
        listing="list",
        steps=CASE_STEPS,
        texts=in_full((each for case in news.cases for item in case.evidence for each in item.basis), texts),
    )


def _entry(case: AnnouncedCase, texts: Texts) -> Entry:
    return Entry(
        number=case.number,
        page=case_page(case.number),
        urgent=case.urgent,
        severity=case.severity,
        level=SEVERITIES[case.severity],
        heading=one_line(case.qualification, limit=60),
        division=case.division,
        place=place_of(case.division),
        employer=one_line(case.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[case.poster],
        facts=tuple(_facts(case)),
        quotes=tuple(quote_of(item, excerpt_of(item), gone=item.gone) for item in case.evidence),
        advice=tuple(_advice(case, texts)),
    )


def _facts(case: AnnouncedCase) -> Iterator[tuple[str, str]]:
    # Whoever posts for another employer and that employer may both have to answer for what is asked.
    if named := dict.fromkeys(item.acting_for for item in case.evidence if item.acting_for):
        employers = "、".join(one_line(name, limit=80) for name in named)
        yield "用工单位", f"{employers}（招聘信息写明，由上述单位代招或派遣）"
    if case.follows:
        yield "复发", f"前案 {case.follows} 办结后再次发现"
    yield "证书类别", KINDS_IN_FULL.get(case.kind, case.kind)
    yield "招聘信息", f"{case.ads} 条"


def _advice(case: AnnouncedCase, texts: Texts) -> list[tuple[str, str]]:
    found = (cited(item.basis, item.ended_by, texts, brief=True) for item in case.evidence)
    basis = each_once(text for each in found for text in each)
    measures = (item.measure for item in case.evidence if item.measure and case.employer)
    suggestion = next((item.suggestion for item in case.evidence if item.suggestion), "")
    return [
        ("依据", "；".join(basis) or "见方法说明"),
        ("建议措施", one_line(next(measures, FIND_EMPLOYER))),
        *([("建议改写", one_line(suggestion))] if suggestion else []),
    ]
