"""Section 7: the cases that got clues in the period, each with the words that were published."""

from collections.abc import Iterable, Sequence
from typing import Final

from config.bureaus import bureau_name
from reports.weekly.model import AdLink, CaseLine, Quote
from reports.weekly.regions import place_name
from reports.weekly.wording import STATUSES
from reports.wording import KINDS, severity_rank, source_name
from store.cases import FALSE_ALARM
from store.weekly_rows import CaseRow, ClueRow

LISTED_ADS: Final = 3
"""Quotes and links printed for one case."""


def case_lines(clues: Sequence[ClueRow], cases: Iterable[CaseRow] = ()) -> tuple[CaseLine, ...]:
    """One line for each case, the gravest and then the one with most ads first.

    Who has it and what is due is told of those among `cases`, which are the bureau's.
    """
    mine = {case.number: case for case in cases}
    by_case: dict[str, list[ClueRow]] = {}
    for clue in clues:
        by_case.setdefault(clue.case_number, []).append(clue)
    lines = [_case_line(found, mine.get(number)) for number, found in by_case.items()]
    return tuple(sorted(lines, key=lambda line: (severity_rank(line.severity), -line.ads, line.number)))


def _case_line(clues: Sequence[ClueRow], case: CaseRow | None) -> CaseLine:
    first = clues[0]
    ads = {clue.ad_id: clue for clue in clues}
    quotes = {quote_of(clue): None for clue in clues}
    links = [
        AdLink(title=ad.title, source=source_name(ad.source, gone=ad.gone), url=ad.url) for ad in ads.values()
    ]
    return CaseLine(
        number=first.case_number,
        status=_status(first, len(clues)),
        severity=min((clue.severity for clue in clues), key=severity_rank),
        employer=first.employer,
        acting_for=tuple(dict.fromkeys(clue.acting_for for clue in clues if clue.acting_for))[:LISTED_ADS],
        place=place_name(first.division),
        qualification=first.name,
        kind=first.kind,
        kind_label=KINDS.get(first.kind, first.kind),
        ads=len(ads),
        postings=len({clue.posting for clue in clues}),
        quotes=tuple(quotes)[:LISTED_ADS],
        links=tuple(links[:LISTED_ADS]),
        more_ads=max(0, len(ads) - LISTED_ADS),
        suggestion=first.suggestion,
        handler=bureau_name(case.bureau) if case else "",
        due=case.due if case else None,
    )


def _status(clue: ClueRow, clues: int) -> str:
    """Where the case of `clue` stands, with a word on one that had been judged or ended before."""
    status = STATUSES.get(clue.case_status, clue.case_status)
    if clue.case_status == FALSE_ALARM:
        return f"曾判定为{status}，新增 {clues} 条线索"
    return f"{status}（复发，前案 {clue.case_follows}）" if clue.case_follows else status


def quote_of(clue: ClueRow) -> Quote:
    """The clause, cut around the credential; whole where the credential does not stand inside it."""
    start, end = clue.quote_start, clue.quote_start + len(clue.quote)
    if start < 0 or clue.clause[start:end] != clue.quote:
        return Quote(before=clue.clause, credential="", after="")
    return Quote(before=clue.clause[:start], credential=clue.quote, after=clue.clause[end:])
