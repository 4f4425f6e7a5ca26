"""What a message says, before it becomes text or HTML."""

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from config.packs import Pack
from reports.alerts.cases import case_letter
from reports.alerts.duties import duty_letter
from reports.alerts.found_again import found_again_letter
from reports.alerts.hints import hint_letter
from reports.alerts.issued import report_letter
from reports.alerts.late_notices import late_notice_letter
from reports.alerts.links import NO_LINKS, Links
from reports.alerts.objections import objection_letter
from reports.alerts.parts import Letter
from reports.alerts.withdrawn import withdrawal_letter
from reports.citations import Texts
from store.announced_hints import Hints
from store.announcements import Announcement
from store.deliveries import Unsendable, covers
from store.duty_news import Duties
from store.found_again import FoundAgain
from store.issued_news import ReportNews
from store.late_notices import LateNotices
from store.news import News
from store.objection_news import ObjectionNews
from store.withdrawals import Withdrawals


def letter_of(news: News, texts: Texts, packs: Mapping[str, Pack], links: Links = NO_LINKS) -> Letter:
    """The letter for `news`; `texts` holds what it may cite and `packs` each pack by its id.

    Raises:
        Unsendable: there is nothing in it, or something lies outside the bureau's area.
    """
    letter = replace(_letter(news, texts, packs), links=links)
    if not letter.entries:
        raise Unsendable(f"delivery {news.delivery_id} is empty; an empty message is never sent")
    for entry in letter.entries:
        if not covers(news.bureau, entry.division):
            raise Unsendable(f"{entry.number} lies outside the area of bureau {news.bureau}")
    return letter


def _letter(news: News, texts: Texts, packs: Mapping[str, Pack]) -> Letter:
    match news:
        case Announcement():
            letter = case_letter(news, texts)
        case Withdrawals():
            letter = withdrawal_letter(news)
        case FoundAgain():
            letter = found_again_letter(news)
        case Hints():
            letter = hint_letter(news, texts, packs)
        case ObjectionNews():
            letter = objection_letter(news)
        case Duties():
            letter = duty_letter(news)
        case LateNotices():
            letter = late_notice_letter(news)
        case ReportNews():
            letter = report_letter(news)
        case _:
            assert_never(news)
    return letter
