"""Section 8: what rule packs found beside clues: certificates lent, courses sold as jobs."""

from collections.abc import Mapping, Sequence

from config.packs import Pack
from reports.weekly.employers import LISTED_ADS
from reports.weekly.model import AdLink, HintLine, PackLine
from reports.weekly.regions import place_name, region_of
from reports.wording import source_name
from store.hints import Hint, by_employer
from store.weekly_rows import PeriodRows


def pack_lines(rows: PeriodRows, packs: Mapping[str, Pack]) -> tuple[PackLine, ...]:
    """One line for each pack, also for one that found nothing.

    Raises:
        OutsideScopeError: a hint does not belong to the bureau's subtree.
    """
    for hint in rows.hints:
        region_of(hint.division, rows.scope.root)
    found = {hint.pack: None for hint in rows.hints}
    return tuple(_pack_line(pack, rows, packs.get(pack)) for pack in {**dict.fromkeys(packs), **found})


def _pack_line(pack_id: str, rows: PeriodRows, pack: Pack | None) -> PackLine:
    found = [hint for hint in rows.hints if hint.pack == pack_id]
    return PackLine(
        name=pack.name if pack else pack_id,
        advice=pack.advice if pack else "",
        ads=len(found),
        employers=len({hint.employer for hint in found if hint.employer}),
        previous=rows.previous_hints.get(pack_id, 0),
    )


def hint_lines(hints: Sequence[Hint], packs: Mapping[str, Pack]) -> tuple[HintLine, ...]:
    """One line for each pack, employer and place, those with most ads first."""
    lines = [_hint_line(found, packs) for found in by_employer(hints)]
    return tuple(sorted(lines, key=lambda line: (-line.ads, line.pack, line.employer, line.place)))


def _hint_line(found: Sequence[Hint], packs: Mapping[str, Pack]) -> HintLine:
    first = found[0]
    links = [AdLink(title=hint.title, source=source_name(hint.source), url=hint.url) for hint in found]
    return HintLine(
        pack=packs[first.pack].name if first.pack in packs else first.pack,
        employer=first.employer,
        place=place_name(first.division),
        ads=len(found),
        quotes=tuple(dict.fromkeys(quote for hint in found for quote in hint.quotes))[:LISTED_ADS],
        links=tuple(links[:LISTED_ADS]),
        more_ads=max(0, len(found) - LISTED_ADS),
    )
