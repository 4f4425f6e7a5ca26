"""The report as a workbook: its tables, and every case and hint, for those who sort and count on.

The public edition has no sheets of cases, hints or names.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import Any, Final

from reports.templating import moment
from reports.weekly.employers import LISTED_ADS
from reports.weekly.figures import Rate
from reports.weekly.model import CaseLine, HintLine, Quote, Report
from reports.weekly.progress import names_units
from reports.wording import SEVERITIES
from reports.workbook import Column, Link, Sheet, Value, workbook

NOTE: Final = "机器识别的疑似线索，须经核查，不构成违法认定"
_TEXT: Final = 16
_COUNT: Final = 11
_WIDE: Final = 36


@dataclass(frozen=True, slots=True)
class _Field:
    """A column, and where its cells come from."""

    title: str
    width: int
    value: Callable[[Any], Value]


def _per_10000(rate: Rate | None) -> float | None:
    return rate.per_10000 if rate else None


def _low(rate: Rate | None) -> float | None:
    return rate.low if rate else None


def _high(rate: Rate | None) -> float | None:
    return rate.high if rate else None


def _quoted(quote: Quote) -> str:
    return f"{quote.before}{quote.credential}{quote.after}"


def _links(row: CaseLine | HintLine) -> Iterator[Link]:
    for ad in row.links:
        yield Link(f"{ad.title or '（无标题）'}（{ad.source}）", ad.url)


def _link(place: int) -> Callable[[CaseLine | HintLine], Link | None]:
    return lambda row: next(islice(_links(row), place, None), None)


LINKS: Final = (
    *(_Field(f"广告链接 {place + 1}", 20, _link(place)) for place in range(LISTED_ADS)),
    _Field("未列出的广告", 14, lambda row: row.more_ads),
)
RATE: Final = (
    _Field("每万条广告", _COUNT, lambda row: _per_10000(row.rate)),
    _Field("95% 区间下限", _TEXT, lambda row: _low(row.rate)),
    _Field("95% 区间上限", _TEXT, lambda row: _high(row.rate)),
)
TREND: Final = (
    _Field("周期", _TEXT, lambda row: str(row.period)),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("疑似线索", _COUNT, lambda row: row.clues if row.ads else None),
    _Field("涉线索广告", _COUNT, lambda row: row.clue_ads if row.ads else None),
    *RATE,
    _Field("新立", _COUNT, lambda row: row.opened),
    _Field("确认成案", _COUNT, lambda row: row.confirmed),
    _Field("认定误报", _COUNT, lambda row: row.excluded),
    _Field("办结", _COUNT, lambda row: row.ended),
    _Field("期末在办", _COUNT, lambda row: row.open_cases),
)
QUALIFICATIONS: Final = (
    _Field("序", 6, lambda row: row.rank),
    _Field("证书", _WIDE, lambda row: row.name),
    _Field("目录状态", _TEXT, lambda row: row.status),
    _Field("目录版本", _TEXT, lambda row: row.edition),
    _Field("线索", _COUNT, lambda row: row.clues),
    _Field("占比（%）", _COUNT, lambda row: row.share),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("单位", _COUNT, lambda row: row.employers),
    _Field("上期线索", _COUNT, lambda row: row.previous),
)
NAMES: Final = (
    _Field("目录未收录的名称", _WIDE, lambda row: row.name),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("首次出现", _COUNT, lambda row: "本期" if row.new else "此前"),
)
REGIONS: Final = (
    _Field("序", 6, lambda row: row.rank if row.rate else None),
    _Field("区划代码", _COUNT, lambda row: row.code),
    _Field("地区", _TEXT, lambda row: row.name),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("涉线索广告", _COUNT, lambda row: row.clue_ads),
    _Field("疑似线索", _COUNT, lambda row: row.clues),
    *RATE,
)
BOARDS: Final = (
    _Field("来源", 24, lambda row: row.source),
    _Field("采集状态", _TEXT, lambda row: row.state),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("涉线索广告", _COUNT, lambda row: row.clue_ads),
    _Field("疑似线索", _COUNT, lambda row: row.clues),
    _Field("每万条广告", _COUNT, lambda row: _per_10000(row.rate)),
    _Field("拒收", _COUNT, lambda row: row.rejected),
    _Field("应撤除", _COUNT, lambda row: row.removal.due),
    _Field("五个工作日内撤除", 18, lambda row: row.removal.gone),
    _Field("案件", _COUNT, lambda row: row.cases),
    _Field("其中复发", _COUNT, lambda row: row.repeated),
)
UNITS: Final = (
    _Field("区划代码", _COUNT, lambda row: row.code),
    _Field("单位", 24, lambda row: row.name),
    _Field("在办", _COUNT, lambda row: row.open_cases),
    _Field("待初核复核", _TEXT, lambda row: row.suspected),
    _Field("待派发签收", _TEXT, lambda row: row.confirmed),
    _Field("核查中", _COUNT, lambda row: row.verifying),
    _Field("责令改正", _COUNT, lambda row: row.ordered),
    _Field("待回头看", _COUNT, lambda row: row.corrected),
    _Field("超期", _COUNT, lambda row: row.overdue),
    _Field("本期办结", _COUNT, lambda row: row.ended),
)
CASES: Final = (
    _Field("案号", 22, lambda row: row.number),
    _Field("级别", 8, lambda row: SEVERITIES.get(row.severity, row.severity)),
    _Field("状态", _TEXT, lambda row: row.status),
    _Field("用人单位", 26, lambda row: row.employer),
    _Field("广告写明的用工单位", 20, lambda row: "、".join(row.acting_for)),
    _Field("用工地", 20, lambda row: row.place),
    _Field("证书", 20, lambda row: row.qualification),
    _Field("类别", _TEXT, lambda row: row.kind_label),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("去重后招聘", _COUNT, lambda row: row.postings),
    _Field("原文", _WIDE, lambda row: "\n".join(map(_quoted, row.quotes))),
    *LINKS,
    _Field("承办", 22, lambda row: row.handler),
    _Field("期限", _COUNT, lambda row: row.due),
    _Field("建议表述", _WIDE, lambda row: row.suggestion),
)
HINTS: Final = (
    _Field("类别", 24, lambda row: row.pack),
    _Field("单位", 32, lambda row: row.employer),
    _Field("地点", 24, lambda row: row.place),
    _Field("广告", _COUNT, lambda row: row.ads),
    _Field("原文", _WIDE, lambda row: "\n".join(row.quotes)),
    *LINKS,
)


def render(report: Report) -> bytes:
    """The file's bytes, the same for the same report."""
    return workbook(
        _sheets(report),
        title=f"{report.division_name}{report.title} {report.period}",
        note=f"{NOTE}　{_edition(report)}　编号 {report.number}",
        created=datetime.combine(report.period.last, time()),
    )


def _edition(report: Report) -> str:
    return "内部资料 注意保管" if report.edition == "internal" else "公开版"


def _sheets(report: Report) -> Iterator[Sheet]:
    yield Sheet(name="说明", columns=(Column("项目", 20), Column("内容", 96)), rows=_facts(report))
    yield _sheet("总量", TREND, report.trend)
    yield _sheet("证书", QUALIFICATIONS, report.qualifications)
    yield _sheet("地区", REGIONS, report.regions)
    if report.cities:
        yield _sheet("城市", REGIONS, report.cities)
    yield _sheet("平台", BOARDS, report.boards)
    if names_units(report.edition, report.period):
        yield _sheet("办理进度", UNITS, report.progress.units)
    if report.edition == "internal":
        yield _sheet("案件清单", CASES, report.cases)
        yield _sheet("挂靠与招转培提示", HINTS, report.hints)
        yield _sheet("未收录名称", NAMES, report.unknown)


def _sheet(name: str, fields: tuple[_Field, ...], lines: Iterable[Any]) -> Sheet:
    return Sheet(
        name=name,
        columns=[Column(field.title, field.width) for field in fields],
        rows=([field.value(line) for field in fields] for line in lines),
    )


def _facts(report: Report) -> Iterator[tuple[Value, Value]]:
    """What must be known to use the other sheets."""
    coverage = report.coverage
    yield "报告", f"{report.division_name}{report.title}"
    yield "编号", report.number
    yield "版本", _edition(report)
    yield "发布单位", report.bureau
    yield "统计周期", f"{report.period}（{report.period.first} 至 {report.period.last}，北京时间）"
    yield "数据截至", moment(report.as_of) if report.as_of else "（无数据）"
    yield "性质", NOTE
    for point in report.key_points:
        yield "要点", point
    yield "判读广告", f"{coverage.read:,} 条"
    yield "去重后招聘", f"{coverage.postings:,} 个"
    yield "涉线索招聘", f"{coverage.postings_with_clue:,} 个"
    for rules in coverage.rules:
        yield "目录版本、规则", f"{rules.edition} 版；{rules.rules_version[:12]}（{rules.ads:,} 条广告）"
    yield "口径变化", coverage.method_change
    yield "抽样精确率", coverage.precision
    for board in coverage.incomplete:
        yield "采集不完整的来源", board
    yield "最低样本量", f"广告少于 {report.minimum_ads} 条的地区、平台不计算比例，不排序"
    for text in report.legal:
        yield "依据文本", text.citation
    for archive in report.annexes.archives if report.annexes else ():
        yield "证据包", f"{archive.name}（{archive.cases:,} 件案件），SHA-256 {archive.sha256}"
