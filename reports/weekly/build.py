"""Builds the report: rows of the store in, the whole model out. Touches no database, clock or file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from config.divisions import NATION, division, name_of
from config.months import Month
from config.packs import Pack
from config.policy import CANCELLED, Basis
from reports.weekly.employers import case_lines
from reports.weekly.figures import MINIMUM_ADS, change, rate, share
from reports.weekly.hints import hint_lines, pack_lines
from reports.weekly.key_points import key_points
from reports.weekly.model import (
    Count,
    Coverage,
    Edition,
    Figure,
    Issue,
    LegalText,
    PeriodPoint,
    Progress,
    RegionLine,
    Report,
    Reported,
    RulesUse,
    SuspendedRule,
)
from reports.weekly.precision import precision_of
from reports.weekly.progress import looks_of, names_units, progress_of, worked
from reports.weekly.regions import UNCLEAR, level_below, region_of
from reports.weekly.tables import (
    TOP_QUALIFICATIONS,
    board_lines,
    city_lines,
    qualification_lines,
    region_lines,
    unknown_lines,
)
from reports.wording import VERDICTS, source_name
from store.weekly_rows import PeriodRows

_PROVINCE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the report needs beside the rows."""

    bureau: str
    """Name of the bureau."""
    edition: Edition = "internal"
    issue: Issue | None = None
    bases: Mapping[str, Basis] = field(default_factory=dict)
    """The legal texts of the policy by id."""
    packs: Mapping[str, Pack] = field(default_factory=dict)
    """The rule packs by id."""


def build(rows: PeriodRows, setting: Setting) -> Report:
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
    coverage = _coverage(rows, regions, trend)
    report = Report(
        edition=setting.edition,
        period=rows.scope.period,
        issue=setting.issue,
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
        cities=_cities(rows),
        boards=board_lines(rows),
        cases=case_lines((*rows.clues, *rows.reported.clues), rows.cases) if internal else (),
        packs=pack_lines(rows, setting.packs),
        hints=hint_lines(rows.hints, setting.packs) if internal else (),
        progress=progress if names_units(setting.edition, rows.scope.period) else replace(progress, units=()),
        looks=looks_of(rows),
        legal=_legal(rows, setting.bases),
        minimum_ads=MINIMUM_ADS,
    )
    return replace(report, key_points=key_points(report, rows))


def _cities(rows: PeriodRows) -> tuple[RegionLine, ...]:
    """The order of the cities belongs to the monthly circular; below a province there is one city at most."""
    monthly = isinstance(rows.scope.period, Month)
    return city_lines(rows) if monthly and division(rows.scope.root).level <= _PROVINCE else ()


def _trend(rows: PeriodRows) -> tuple[PeriodPoint, ...]:
    return tuple(
        PeriodPoint(
            period=each.period,
            ads=each.ads,
            clues=each.clues,
            clue_ads=each.clue_ads,
            rate=rate(each.clue_ads, each.ads),
            **worked(rows.cases, each.period)._asdict(),
        )
        for each in rows.trend
    )


def _coverage(rows: PeriodRows, regions: tuple[RegionLine, ...], trend: tuple[PeriodPoint, ...]) -> Coverage:
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
        incomplete=tuple(source_name(source) for source in sorted(incomplete)),
        rules=tuple(
            RulesUse(
                edition=each.edition,
                rules_version=each.rules_version,
                ads=each.ads,
                rate=rate(each.clue_ads, each.ads),
            )
            for each in rows.rules
        ),
        method_change=_method_change(rows),
        withdrawn=rows.withdrawn,
        excluded=rows.excluded,
        precision=precision_of(rows.cases, trend),
        for_review=rows.for_review,
        suspended=tuple(_suspended(rows)),
        verdicts=tuple(
            Count(label=VERDICTS.get(code, code), count=count, share=share(count, whole))
            for code, count in found.items()
        ),
    )


def _suspended(rows: PeriodRows) -> Iterator[SuspendedRule]:
    for key, found, suspension in rows.suspended:
        if suspension:
            yield SuspendedRule(
                rule=str(key), since=suspension.since, confirmed=found.confirmed, cases=found.cases
            )


def _method_change(rows: PeriodRows) -> str:
    now = {(each.edition, each.rules_version) for each in rows.rules}
    before = {(each.edition, each.rules_version) for each in rows.previous_rules}
    if len(now) > 1:
        return "本期内更换过目录版本或规则，前后数量不完全可比。"
    if not before:
        return "上期没有判读记录，无从比较。"
    if now and now != before:
        return "目录版本或规则与上期不同，与上期的增减可能部分出于口径变化。"
    return "目录版本和规则与上期相同。"


def _figures(rows: PeriodRows, trend: tuple[PeriodPoint, ...], progress: Progress) -> tuple[Figure, ...]:
    now, before = trend[-1], trend[-2]

    def compared(label: str, field: str, unit: str, *, comparable: bool = True) -> Figure:
        value = getattr(now, field)
        words = change(value, getattr(before, field), unit, comparable=comparable)
        return Figure(label=label, value=value, unit=unit, change=words)

    ads = ("判读广告", "ads"), ("新增疑似线索", "clues"), ("涉线索广告", "clue_ads")
    cases = ("新立案件", "opened"), ("确认成案", "confirmed"), ("认定误报", "excluded"), ("办结案件", "ended")
    collected = [compared(*each, "条", comparable=before.ads > 0) for each in ads if now.ads]
    return (
        *collected,
        *(compared(*each, "件") for each in cases),
        compared("在办案件", "open_cases", "件"),
        Figure(
            label="超期案件",
            value=progress.overdue,
            unit="件",
            change=f"截至 {min(rows.day, now.period.last)}",
        ),
    )


def _legal(rows: PeriodRows, bases: Mapping[str, Basis]) -> tuple[LegalText, ...]:
    """The texts that the period's clues and hints rest on."""
    return tuple(
        _legal_text(basis, ended_by, bases.get(basis)) for basis, ended_by in sorted({*_bases_used(rows)})
    )


def _bases_used(rows: PeriodRows) -> Iterator[tuple[str, str]]:
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
