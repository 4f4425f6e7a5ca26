"""The letter about corrected cases in whose ads the demand was found again."""

from reports.alerts.links import case_page
from reports.alerts.parts import Entry, Letter, Line, one_line, place_of
from reports.alerts.words import FOUND_AGAIN, FOUND_AGAIN_STEPS
from reports.templating import external
from reports.wording import NO_EMPLOYER, POSTERS
from store.found_again import FoundAgain, FoundCase
from store.recheck_lines import LookLine
from store.rechecks import CONCLUDED


def found_again_letter(news: FoundAgain) -> Letter:
    return Letter(
        news=news,
        topic="整改后回头看",
        count=f"{news.total} 件",
        summary=f"已报整改的案件中，回头看发现 {news.total} 件的招聘信息疑似未改或换帖。",
        disclaimer=FOUND_AGAIN,
        urgent=True,
        entries=tuple(map(_entry, news.cases)),
        left=news.total - len(news.cases),
        listing="list",
        steps=FOUND_AGAIN_STEPS,
    )


def _entry(case: FoundCase) -> Entry:
    return Entry(
        number=case.number,
        page=case_page(case.number),
        urgent=True,
        severity="orange",
        level="回头看",
        heading=one_line(case.qualification, limit=60),
        division=case.division,
        place=place_of(case.division),
        employer=one_line(case.employer, limit=80) or NO_EMPLOYER,
        poster=POSTERS[case.poster],
        facts=tuple(map(_fact, case.looks)),
    )


def _fact(look: LookLine) -> Line:
    page = external(look.found_url or look.url)
    seen = f"，{look.looked_at:%Y-%m-%d}" if look.looked_at else ""
    return f"第 {look.days} 日", f"{CONCLUDED[look.outcome]}{seen}  {one_line(page)}".rstrip()
