"""Section 8: what rule packs found beside clues: certificates lent, courses sold as jobs."""

from collections.abc import Mapping, Sequence
from typing import Final

from config.packs import Pack
from reports.weekly.employers import LISTED_ADS
from reports.weekly.model import AdLink, HintLine, PackLine
from reports.weekly.regions import place_name, region_of
from store.weekly_rows import HintRow, WeekRows

LISTED_HINTS: Final = 100
"""Employers set out with their words."""


def pack_lines(rows: WeekRows, packs: Mapping[str, Pack]) -> tuple[PackLine, ...]:
    """One line for each pack, also for one that found nothing.

    Raises:
        OutsideScopeError: a row does not belong to the bureau's subtree.
    """
    for row in rows.hints:
        region_of(row.division, rows.scope.root)
    found = {row.pack: None for row in rows.hints}
    return tuple(_pack_line(pack, rows, packs.get(pack)) for pack in {**dict.fromkeys(packs), **found})


def _pack_line(pack_id: str, rows: WeekRows, pack: Pack | None) -> PackLine:
    found = [row for row in rows.hints if row.pack == pack_id]
    return PackLine(
        name=pack.name if pack else pack_id,
        advice=pack.advice if pack else "",
        ads=len({row.ad_id for row in found}),
        employers=len({row.employer for row in found if row.employer}),
        previous=rows.previous_hints.get(pack_id, 0),
    )


def hint_lines(hints: Sequence[HintRow], packs: Mapping[str, Pack]) -> tuple[HintLine, ...]:
    """One line for each pack, employer and place, those with most ads first."""
    groups: dict[tuple[str, ...], list[HintRow]] = {}
    for row in hints:
        who = (row.employer, row.division or "") if row.employer else (row.ad_id,)
        groups.setdefault((row.pack, *who), []).append(row)
    lines = [_hint_line(found, packs) for found in groups.values()]
    return tuple(sorted(lines, key=lambda line: (-line.ads, line.pack, line.employer, line.place)))


def _hint_line(found: Sequence[HintRow], packs: Mapping[str, Pack]) -> HintLine:
    first = found[0]
    ads = {row.ad_id: row for row in found}
    links = [AdLink(title=ad.title, source=ad.source, url=ad.url) for ad in ads.values()]
    return HintLine(
        pack=packs[first.pack].name if first.pack in packs else first.pack,
        employer=first.employer,
        place=place_name(first.division),
        ads=len(ads),
        quotes=tuple(dict.fromkeys(row.quote for row in found))[:LISTED_ADS],
        links=tuple(links[:LISTED_ADS]),
        more_ads=max(0, len(ads) - LISTED_ADS),
    )
