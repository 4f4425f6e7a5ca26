"""The tables of the report: by qualification, region and board, with denominators."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from config.divisions import NATION
from reports.weekly.figures import rate, share
from reports.weekly.model import BoardLine, QualificationLine, RegionLine, Removal, UnknownLine
from reports.weekly.regions import UNCLEAR, city_of, region_name, region_of
from reports.weekly.wording import RUNS
from reports.wording import KINDS, source_name
from store.weekly_rows import ClueRow, PeriodRows, RunRow, UnknownName

TOP_QUALIFICATIONS: Final = 20
LISTED_NAMES: Final = 30


def qualification_lines(rows: PeriodRows) -> tuple[QualificationLine, ...]:
    """All qualifications of the period, the one with most clues first."""
    grouped: dict[str, list[ClueRow]] = {}
    for clue in rows.clues:
        grouped.setdefault(clue.qualification, []).append(clue)
    order = sorted(grouped.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(_qualification_line(rank, clues, rows) for rank, (_, clues) in enumerate(order, start=1))


def _qualification_line(rank: int, clues: Sequence[ClueRow], rows: PeriodRows) -> QualificationLine:
    first = clues[0]
    return QualificationLine(
        rank=rank,
        name=first.name,
        kind=first.kind,
        status=KINDS.get(first.kind, first.kind),
        edition=first.edition,
        clues=len(clues),
        ads=len({clue.ad_id for clue in clues}),
        employers=len({clue.employer_id for clue in clues if clue.employer_id}),
        previous=rows.previous_qualifications.get(first.qualification, 0),
        share=share(len(clues), len(rows.clues)),
    )


def region_lines(rows: PeriodRows) -> tuple[RegionLine, ...]:
    """Regions with a rate in its order, then those below the minimum sample by code, then the unclear ones.

    Raises:
        OutsideScopeError: a row does not belong to the bureau's subtree.
    """
    return _ranked(_counted(rows, lambda code: region_of(code, rows.scope.root)))


def city_lines(rows: PeriodRows) -> tuple[RegionLine, ...]:
    """The cities with enough ads for a rate, in its order."""
    return tuple(line for line in _ranked(_counted(rows, city_of)) if line.rank)


def _counted(rows: PeriodRows, place_of: Callable[[str | None], str]) -> list[RegionLine]:
    ads: Counter[str] = Counter()
    clue_ads: Counter[str] = Counter()
    for count in rows.ads:
        place = place_of(count.division)
        ads[place] += count.ads
        clue_ads[place] += count.clue_ads
    clues = Counter(place_of(clue.division) for clue in rows.clues)
    return [
        RegionLine(
            rank=None,
            code=code,
            name=region_name(code, rows.scope.root),
            ads=ads[code],
            clue_ads=clue_ads[code],
            clues=clues[code],
            rate=rate(clue_ads[code], ads[code]) if code else None,
        )
        for code in ads.keys() | clues.keys()
    ]


def _ranked(lines: Iterable[RegionLine]) -> tuple[RegionLine, ...]:
    def order(line: RegionLine) -> tuple[bool, bool, float, str]:
        return line.code == UNCLEAR, line.rate is None, -(line.rate.per_10000 if line.rate else 0), line.code

    ordered = sorted(lines, key=order)
    rates = [line.rate.per_10000 for line in ordered if line.rate]
    # Equal rates share a place, so that nobody stands behind another for the number of its division.
    return tuple(
        replace(line, rank=rates.index(line.rate.per_10000) + 1 if line.rate else None) for line in ordered
    )


def board_lines(rows: PeriodRows) -> tuple[BoardLine, ...]:
    """The boards that brought ads in the period, for the nation also those that only ran; most ads first."""
    national = rows.scope.root == NATION
    ads: Counter[str] = Counter()
    clue_ads: Counter[str] = Counter()
    for count in rows.ads:
        ads[count.source] += count.ads
        clue_ads[count.source] += count.clue_ads
    clues = Counter(clue.source for clue in rows.clues)
    removals = {each.source: Removal(due=each.due, gone=each.gone) for each in rows.removals}
    ran = {run.source for run in rows.runs} if national else set()
    lines = [
        _board_line(
            [run for run in rows.runs if run.source == source],
            BoardLine(
                source=source_name(source),
                state="",
                ads=ads[source],
                clue_ads=clue_ads[source],
                clues=clues[source],
                rejected=0 if national else None,
                rate=rate(clue_ads[source], ads[source]),
                removal=removals.get(source, Removal(due=0, gone=0)),
                **_repeated([clue for clue in rows.clues if clue.source == source]),
            ),
        )
        for source in ads.keys() | clues.keys() | ran | removals.keys()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.ads, line.source)))


def _repeated(clues: Sequence[ClueRow]) -> dict[str, int]:
    cases = {clue.case_number: bool(clue.case_follows) for clue in clues}
    return {"cases": len(cases), "repeated": sum(cases.values())}


def _board_line(runs: Sequence[RunRow], line: BoardLine) -> BoardLine:
    rejected = None if line.rejected is None else sum(run.rejected for run in runs)
    return replace(line, state=_state(runs), rejected=rejected)


def _state(runs: Sequence[RunRow]) -> str:
    """How the latest run of each kind ended, in words."""
    return "、".join(sorted({RUNS.get(run.status, run.status) for run in runs})) or "本期无运行记录"


def unknown_lines(names: Sequence[UnknownName]) -> tuple[UnknownLine, ...]:
    """The most frequent names that the catalogue does not know, new ones first."""
    order = sorted(names, key=lambda row: (not row.new, -row.ads, row.name))
    return tuple(UnknownLine(name=row.name, ads=row.ads, new=row.new) for row in order[:LISTED_NAMES])
