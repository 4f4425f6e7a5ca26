"""Builds the weekly report: rows of the store in, the whole model out. Touches no database, clock or file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from config.divisions import NATION, name_of
from config.packs import Pack
from config.policy import CANCELLED, Basis
from reports.weekly.employers import LISTED_CASES, case_lines
from reports.weekly.figures import MINIMUM_ADS, change, rate, share
from reports.weekly.hints import LISTED_HINTS, hint_lines, pack_lines
from reports.weekly.key_points import key_points
from reports.weekly.model import (
    Count,
    Coverage,
    Edition,
    Figure,
    LegalText,
    Progress,
    RegionLine,
    Report,
    Reported,
    RulesUse,
    SuspendedRule,
    WeekPoint,
)
from reports.weekly.progress import looks_of, progress_of
from reports.weekly.regions import UNCLEAR, level_below, region_of
from reports.weekly.tables import (
    TOP_QUALIFICATIONS,
    board_lines,
    qualification_lines,
    region_lines,
    unknown_lines,
)
from reports.wording import VERDICTS
from store.weekly_rows import WeekRows

NOT_SAMPLED = "尚未抽样复核：精确率没有测定，不作估计"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the report needs beside the rows."""

    bureau: str
    """Name of the bureau."""
    edition: Edition = "internal"
    bases: Mapping[str, Basis] = field(default_factory=dict)
    """The legal texts of the policy by id."""
    packs: Mapping[str, Pack] = field(default_factory=dict)
    """The rule packs by id."""


def build(rows: WeekRows, setting: Setting) -> Report:
    """The report of `rows`; the public edition holds no employer, no quote and no link.

    Raises:
        OutsideScopeError: a row does not belong to the bureau's subtree.
    """
    for clue in rows.reported.clues:  # all others are checked by the tables that they are in
        region_of(clue.division, rows.scope.root)
    internal = setting.edition == "internal"
    trend = _trend(rows)
    regions = region_lines(rows)
    qualifications = qualification_lines(rows)
    progress = progress_of(rows)
    coverage = _coverage(rows, regions)
    cases = case_lines((*rows.clues, *rows.reported.clues)) if internal else ()
    hints = hint_lines(rows.hints, setting.packs) if internal else ()
    report = Report(
        edition=setting.edition,
        week=rows.scope.week,
        bureau=setting.bureau,
        division=rows.scope.root,
        division_name=name_of(rows.scope.root),
        as_of=rows.as_of,
        empty=trend[-1].ads == 0,
        key_points=(),
        coverage=coverage,
        figures=_figures(rows, trend, progress),
        trend=trend,
        qualifications=qualifications[:TOP_QUALIFICATIONS],
        other_qualifications=max(0, len(qualifications) - TOP_QUALIFICATIONS),
        unknown=unknown_lines(rows.unknown) if internal else (),
        unknown_total=len(rows.unknown),
        region_level=level_below(rows.scope.root),
        regions=regions,
        boards=board_lines(rows),
        cases=cases[:LISTED_CASES],
        omitted_cases=max(0, len(cases) - LISTED_CASES),
        packs=pack_lines(rows, setting.packs),
        hints=hints[:LISTED_HINTS],
        omitted_hints=max(0, len(hints) - LISTED_HINTS),
        progress=progress,
        looks=looks_of(rows),
        legal=_legal(rows, setting.bases),
        minimum_ads=MINIMUM_ADS,
    )
    return replace(report, key_points=key_points(report, rows))


def _trend(rows: WeekRows) -> tuple[WeekPoint, ...]:
    return tuple(
        WeekPoint(
            week=each.week,
            ads=each.ads,
            clues=each.clues,
            clue_ads=each.clue_ads,
            rate=rate(each.clue_ads, each.ads),
        )
        for each in rows.trend
    )


def _coverage(rows: WeekRows, regions: tuple[RegionLine, ...]) -> Coverage:
    national = rows.scope.root == NATION
    sources = {count.source for count in rows.ads}
    incomplete = {
        run.source for run in rows.runs if run.status != "complete" and (national or run.source in sources)
    }
    known = {code: rows.verdicts[code] for code in VERDICTS if code in rows.verdicts}
    found = known | rows.verdicts
    whole = sum(found.values())
    return Coverage(
        read=sum(count.ads for count in rows.ads),
        waiting=rows.waiting,
        unclear=sum(line.ads for line in regions if line.code == UNCLEAR) if national else 0,
        rejected=sum(run.rejected for run in rows.runs) if national else None,
        postings=rows.postings.read,
        postings_with_clue=rows.postings.with_clue,
        reported=Reported(
            received=rows.reported.received, ads=rows.reported.ads, clues=len(rows.reported.clues)
        ),
        incomplete=tuple(sorted(incomplete)),
        rules=tuple(
            RulesUse(edition=each.edition, rules_version=each.rules_version, ads=each.ads)
            for each in rows.rules
        ),
        method_change=_method_change(rows),
        precision=NOT_SAMPLED,
        for_review=rows.for_review,
        suspended=tuple(_suspended(rows)),
        verdicts=tuple(
            Count(label=VERDICTS.get(code, code), count=count, share=share(count, whole))
            for code, count in found.items()
        ),
    )


def _suspended(rows: WeekRows) -> Iterator[SuspendedRule]:
    for key, found, suspension in rows.suspended:
        if suspension:
            yield SuspendedRule(
                rule=str(key), since=suspension.since, confirmed=found.confirmed, cases=found.cases
            )


def _method_change(rows: WeekRows) -> str:
    now = {(each.edition, each.rules_version) for each in rows.rules}
    before = {(each.edition, each.rules_version) for each in rows.previous_rules}
    if len(now) > 1:
        return "本周内更换过目录版本或规则，前后数量不完全可比。"
    if not before:
        return "上周没有判读记录，无从比较。"
    if now and now != before:
        return "目录版本或规则与上周不同，与上周的增减可能部分出于口径变化。"
    return "目录版本和规则与上周相同。"


def _figures(rows: WeekRows, trend: tuple[WeekPoint, ...], progress: Progress) -> tuple[Figure, ...]:
    opened = f"本周新立 {progress.opened:,} 件"
    in_hand = Figure(label="在办案件", value=progress.open_cases, unit="件", change=opened)
    now, before = trend[-1], trend[-2]
    if now.ads == 0:
        return (in_hand,)

    def compared(label: str, value: int, earlier: int) -> Figure:
        words = change(value, earlier, comparable=before.ads > 0)
        return Figure(label=label, value=value, unit="条", change=words)

    confirmed = sum(clue.confirmed for clue in rows.clues)
    return (
        compared("判读广告", now.ads, before.ads),
        compared("新增疑似线索", now.clues, before.clues),
        compared("涉线索广告", now.clue_ads, before.clue_ads),
        Figure(label="人工确认", value=confirmed, unit="条", change="指本周新增线索"),
        Figure(label="人工排除", value=rows.excluded, unit="条", change="已从各表剔除"),
        in_hand,
    )


def _legal(rows: WeekRows, bases: Mapping[str, Basis]) -> tuple[LegalText, ...]:
    """The texts that the week's clues and hints rest on."""
    return tuple(
        _legal_text(basis, ended_by, bases.get(basis)) for basis, ended_by in sorted({*_bases_used(rows)})
    )


def _bases_used(rows: WeekRows) -> Iterator[tuple[str, str]]:
    """Ids of texts, each with the document that stands in for it where it is the general one."""
    for clue in (*rows.clues, *rows.reported.clues):
        yield from ((basis, clue.ended_by if basis == CANCELLED else "") for basis in clue.basis)
    for hint in rows.hints:
        yield from ((basis, "") for basis in hint.basis)


def _legal_text(basis: str, ended_by: str, text: Basis | None) -> LegalText:
    if ended_by:
        return LegalText(id=basis, citation=ended_by, addressee="", quote="")
    # A reading of last year may cite what this year's policy no longer holds.
    if text is None:
        return LegalText(id=basis, citation="（现行依据表未收录此条）", addressee="", quote="")
    return LegalText(id=basis, citation=text.citation, addressee=text.addressee, quote=text.quote)
