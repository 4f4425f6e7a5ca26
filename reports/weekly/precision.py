"""How often people confirm what the machine tells: of a random sample, and of all that they took up."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from config.feedback import Precision
from config.sampling import SIZE, sample
from reports.weekly.figures import MINIMUM_BASE
from reports.weekly.model import PeriodPoint
from store.cases import FALSE_ALARM, WITHDRAWN
from store.weekly_rows import CaseRow

NOT_REVIEWED: Final = "近四期没有经人工判定的案件：精确率没有测定，不作估计"


class Drawn(NamedTuple):
    """What became of the cases that were drawn."""

    cases: int
    judged: Precision
    withdrawn: int
    """By the machine, before anybody judged them."""

    @property
    def waiting(self) -> int:
        return self.cases - self.judged.cases - self.withdrawn


def precision_of(cases: Iterable[CaseRow], trend: Iterable[PeriodPoint]) -> str:
    """The precision in words; with a share and its 95 % interval only of enough cases."""
    points = tuple(trend)
    judged = Precision(
        sum(each.confirmed for each in points), sum(each.confirmed + each.excluded for each in points)
    )
    drawn = drawn_of(cases, points)
    if not judged.cases and not drawn.judged.cases:
        return NOT_REVIEWED
    return "。".join((*_told_of_sample(drawn), _told_of_all(judged)))


def drawn_of(cases: Iterable[CaseRow], points: Iterable[PeriodPoint]) -> Drawn:
    """The samples of the periods together."""
    known = tuple(cases)
    drawn = [case for point in points for case in _sampled(known, point.period.start, point.period.end)]
    excluded = sum(case.status == FALSE_ALARM for case in drawn)
    confirmed = sum(case.status != FALSE_ALARM and case.confirmed_at is not None for case in drawn)
    withdrawn = sum(case.status == WITHDRAWN and case.confirmed_at is None for case in drawn)
    return Drawn(len(drawn), Precision(confirmed, confirmed + excluded), withdrawn)


def _sampled(cases: Iterable[CaseRow], start: datetime, end: datetime) -> Iterator[CaseRow]:
    opened = {case.number: case for case in cases if start <= case.opened_at < end}
    return (opened[number] for number in sample(opened))


def _told_of_sample(drawn: Drawn) -> Iterator[str]:
    if not drawn.cases:
        return
    told = (
        f"每期新立案件随机抽取至多 {SIZE} 件，近四期共 {drawn.cases:,} 件，已判定 {drawn.judged.cases:,} 件，"
    )
    yield f"{told}确认 {drawn.judged.confirmed:,} 件：{_share(drawn.judged)}"
    rest = [
        f"{words} {count:,} 件"
        for words, count in (("尚未判定", drawn.waiting), ("系统自行撤回", drawn.withdrawn))
        if count
    ]
    if rest:
        yield f"样本中{'、'.join(rest)}，不在比例之内"


def _told_of_all(judged: Precision) -> str:
    told = f"近四期经人工判定的全部案件 {judged.cases:,} 件，确认 {judged.confirmed:,} 件"
    return f"{told}；判定哪些由承办人选取，不是随机抽样"


def _share(found: Precision) -> str:
    if found.cases < MINIMUM_BASE:
        return "件数过少，不计算比例"
    low, high = found.interval
    return f"{found.share:.1%}（95% 区间 {low:.1%}—{high:.1%}）"
