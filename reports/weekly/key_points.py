"""Section 1: what the period says, in at most five lines that stand on their own."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from reports.weekly.figures import MINIMUM_BASE, change
from reports.weekly.model import Report
from reports.weekly.progress import OLDEST
from store.weekly_rows import ClueRow, PeriodRows

NOTHING_COLLECTED: Final = "本期未采集到广告。没有数量不等于没有问题，请检查采集任务。"


def key_points(report: Report, rows: PeriodRows) -> tuple[str, ...]:
    """The lines for `report`, whose other parts are complete."""
    if report.empty:
        return (NOTHING_COLLECTED, _progress(report, rows.clues))
    return (
        _totals(report, rows.clues),
        _qualifications(report),
        _regions(report),
        _progress(report, rows.clues),
        _decision(report, rows),
    )


def _totals(report: Report, clues: Sequence[ClueRow]) -> str:
    now, before = report.trend[-1], report.trend[-2]
    employers = len({clue.employer_id for clue in clues if clue.employer_id})
    postings = report.coverage.postings_with_clue
    compared = change(now.clues, before.clues, "条", comparable=before.ads > 0)
    rate = f"，平均每万条广告 {now.rate.per_10000:,.0f} 条涉线索" if now.rate else ""
    return (
        f"本期判读广告 {now.ads:,} 条，新增疑似线索 {now.clues:,} 条，{compared}；"
        f"涉及广告 {now.clue_ads:,} 条（去重后 {postings:,} 个招聘）、用人单位 {employers:,} 家{rate}。"
    )


def _qualifications(report: Report) -> str:
    if not report.qualifications:
        return "本期未发现疑似线索。"
    first, *rest = report.qualifications
    kinds = len(report.qualifications) + report.other_qualifications
    if not rest:
        return f"涉及证书 1 种：“{first.name}”（{first.status}，{first.clues:,} 条）。"
    share = f"，占 {first.share:.1f}%" if report.trend[-1].clues >= MINIMUM_BASE else ""
    most = f"“{first.name}”（{first.status}，{first.clues:,} 条{share}）"
    others = "、".join(f"“{line.name}”（{line.clues:,} 条）" for line in islice(rest, 2))
    if rest[0].clues == first.clues:
        return f"涉及证书 {kinds:,} 种，较多的有{most}、{others}。"
    return f"涉及证书 {kinds:,} 种，最多的是{most}，其次为{others}。"


def _regions(report: Report) -> str:
    level, minimum = report.region_level or "地区", report.minimum_ads
    ranked = [(line, line.rate) for line in report.regions if line.rate]
    if not ranked:
        return f"各{level}广告均不足 {minimum} 条，样本过小，本期不作比例比较和排序。"
    first, rate = ranked[0]
    if len(ranked) == 1:
        return f"只有{first.name}广告达到 {minimum} 条，其余{level}样本过小，本期不作比例比较和排序。"
    if not first.clue_ads:
        return f"广告达到 {minimum} 条的 {len(ranked)} 个{level}均未发现疑似线索。"
    return (
        f"广告达到 {minimum} 条的 {len(ranked)} 个{level}中，每万条广告涉线索最多的是{first.name}"
        f"（{rate.per_10000:,.0f} 条，95% 区间 {rate.low:,.0f}—{rate.high:,.0f}）。"
    )


def _progress(report: Report, clues: Sequence[ClueRow]) -> str:
    progress, now = report.progress, report.trend[-1]
    red = len({clue.case_number for clue in clues if clue.severity == "red"})
    urgent = f"，本期线索涉及红色级别案件 {red:,} 件" if red else ""
    old = next(age.count for age in progress.ages if age.label == OLDEST)
    stale = f"，其中超过 90 天 {old:,} 件" if old else ""
    return (
        f"本期新立疑似案件 {now.opened:,} 件{urgent}；确认成案 {now.confirmed:,} 件，办结 {now.ended:,} 件，"
        f"认定复发 {report.looks.relapses:,} 件；在办 {now.open_cases:,} 件{stale}，"
        f"超期 {progress.overdue:,} 件。"
    )


def _decision(report: Report, rows: PeriodRows) -> str:
    """The one thing that needs a decision, what damages the figures most first."""
    incomplete = report.coverage.incomplete
    unclear = sum(clue.division is None for clue in rows.clues)
    new_names = sum(name.new for name in rows.unknown)
    if incomplete:
        listed = "、".join(incomplete[:3]) + (" 等" if len(incomplete) > 3 else "")  # noqa: PLR2004
        return f"需决定：{len(incomplete)} 个来源（{listed}）本期采集不完整，相关数量偏低，是否补采。"
    if unclear:
        return f"需决定：{unclear:,} 条疑似线索工作地点不明，由谁管辖。"
    if new_names:
        return f"需决定：新出现 {new_names:,} 个目录未收录的证书名称，如何认定。"
    return "本期没有需要专门决定的事项。"
