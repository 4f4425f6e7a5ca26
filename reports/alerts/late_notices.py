"""The letters about platform notices past their day: to the bureau that issued them, and to the one above."""

from reports.alerts.links import notice_page
from reports.alerts.parts import Entry, Letter, one_line
from reports.alerts.words import LATE_NOTICE, LATE_NOTICE_STEPS, SUPERVISED_NOTICE_STEPS
from store.deliveries import NOTICE_ABOVE
from store.late_notices import LateNotice, LateNotices


def late_notice_letter(news: LateNotices) -> Letter:
    above = news.kind == NOTICE_ABOVE
    what = "长期逾期未答复，请予督办" if above else "已过答复期限，请催办"
    return Letter(
        news=news,
        topic="平台函督办" if above else "平台函逾期",
        count=f"{news.total} 件",
        summary=f"{news.total} 件平台函{what}。",
        disclaimer=LATE_NOTICE,
        urgent=True,
        entries=tuple(_entry(each, level="督办" if above else "逾期") for each in news.notices),
        steps=SUPERVISED_NOTICE_STEPS if above else LATE_NOTICE_STEPS,
    )


def _entry(notice: LateNotice, *, level: str) -> Entry:
    return Entry(
        number=notice.number,
        page=notice_page(notice.number),
        urgent=True,
        severity="orange",
        level=level,
        heading=one_line(notice.platform, limit=60),
        division=notice.bureau,
        facts=(
            ("发函机关", one_line(notice.bureau_name, limit=60)),
            ("答复期限", f"{notice.due:%Y-%m-%d}，已逾期 {notice.late} 个工作日"),
            ("未答复", f"{notice.open} 条"),
            ("已催办", f"{notice.reminders} 次"),
        ),
    )
