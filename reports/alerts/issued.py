"""The letter about a report that was issued: its key points, its files and what proves them."""

from collections.abc import Iterator
from typing import Final

from config.months import parse_period
from config.weeks import Week
from reports.alerts.links import file_page, report_page
from reports.alerts.parts import Entry, Letter, LetterFile, Line, one_line
from reports.alerts.words import REPORT, REPORT_STEPS
from reports.templating import moment
from reports.wording import ACTORS
from store.deliveries import Unsendable
from store.issued import Issued, is_sound
from store.issued_news import EDITION, ReportNews, ToldFile

_POINT: Final = 400
"""Characters of one key point."""


def report_letter(news: ReportNews) -> Letter:
    """The letter for `news`.

    Raises:
        Unsendable: the report is not this bureau's internal one, or a file is not what was issued.
    """
    report = news.report
    if (report.bureau, report.edition) != (news.bureau, EDITION):
        raise Unsendable(f"{report.number} is not the internal report of bureau {news.bureau}")
    period = parse_period(report.period)
    sort = "周报" if isinstance(period, Week) else "月度通报"
    return Letter(
        news=news,
        topic=f"{sort}更正" if report.corrects else sort,
        count=period.title,
        summary=f"{period.title}{sort}（内部版）已{'更正' if report.corrects else '签发'}，请查阅。",
        disclaimer=REPORT,
        entries=(_entry(report, f"{period.title}{sort}"),),
        points=tuple(one_line(point, limit=_POINT) for point in report.key_points),
        files=tuple(_file(each) for each in news.files),
        steps=REPORT_STEPS,
    )


def _entry(report: Issued, heading: str) -> Entry:
    return Entry(
        number=report.number,
        page=report_page(report.number),
        severity="grey",
        level="更正" if report.corrects else "签发",
        heading=heading,
        division=report.bureau,
        facts=tuple(_facts(report)),
    )


def _facts(report: Issued) -> Iterator[Line]:
    yield "签发", f"{moment(report.at)}　{one_line(ACTORS.get(report.actor, report.actor), limit=60)}"
    if report.corrects:
        yield "更正", f"本件更正并取代 {report.corrects}"
        yield "原因", one_line(report.reason)


def _file(told: ToldFile) -> LetterFile:
    line, content = told.line, told.content
    if content is not None and not is_sound(line, content):
        raise Unsendable(f"{line.number}: {line.name} in the database is not what was issued")
    return LetterFile(
        name=line.full_name,
        format=line.format,
        size=f"{max(line.length // 1024, 1):,} kB",
        sha256=line.sha256,
        page=file_page(line),
        content=content,
    )
