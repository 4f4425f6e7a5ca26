"""The precision in a report: of the random sample, with interval and number, and of all judged cases."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from config.feedback import Precision
from config.sampling import SIZE, sample
from reports.weekly.build import Setting, build
from reports.weekly.precision import NOT_REVIEWED, Drawn, drawn_of
from store.weekly_rows import CaseRow
from tests.reports.test_weekly import rows_of
from tests.reports.week_factory import MIDWEEK


def case(number: int, status: str = "suspected", opened_at: datetime = MIDWEEK) -> CaseRow:
    return CaseRow(
        number=f"QD-330100-2026-{number:06}", status=status, opened_at=opened_at, bureau="330100", due=None,
        confirmed_at=MIDWEEK if status == "filed" else None,
        ended_at=MIDWEEK if status == "false_alarm" else None,
    )  # fmt: skip


def told(engine: Engine, cases: Iterable[CaseRow]) -> str:
    return build(replace(rows_of(engine), cases=tuple(cases)), Setting(bureau="某局")).coverage.precision


def drawn(engine: Engine, cases: Iterable[CaseRow]) -> Drawn:
    kept = tuple(cases)
    return drawn_of(kept, build(replace(rows_of(engine), cases=kept), Setting(bureau="某局")).trend)


def test_where_nobody_judged_nothing_is_estimated(engine: Engine) -> None:
    assert told(engine, ()) == told(engine, [case(1), case(2, "withdrawn")]) == NOT_REVIEWED


@pytest.mark.parametrize(
    ("confirmed", "share"), [(18, "件数过少，不计算比例"), (19, "95.0%（95% 区间 76.4%—99.1%）")]
)
def test_a_sample_is_told_with_its_number_and_interval(engine: Engine, confirmed: int, share: str) -> None:
    cases = [case(number, "filed") for number in range(confirmed)]
    cases += [case(100, "false_alarm"), case(101), case(102, "withdrawn")]
    judged = confirmed + 1
    of_sample, rest, of_all = told(engine, cases).split("。")
    assert of_sample.startswith(f"每期新立案件随机抽取至多 100 件，近四期共 {confirmed + 3} 件，")
    assert of_sample.endswith(f"已判定 {judged} 件，确认 {confirmed} 件：{share}")
    assert rest == "样本中尚未判定 1 件、系统自行撤回 1 件，不在比例之内"
    assert of_all.startswith(f"近四期经人工判定的全部案件 {judged} 件，确认 {confirmed} 件；")
    assert of_all.endswith("不是随机抽样")


def test_only_what_was_drawn_counts_for_the_sample(engine: Engine) -> None:
    numbers = {case(number).number: number for number in range(3 * SIZE)}
    chosen = {numbers[number] for number in sample(numbers)}
    cases = [case(number, "filed" if number in chosen else "false_alarm") for number in range(3 * SIZE)]
    assert drawn(engine, cases) == Drawn(SIZE, Precision(SIZE, SIZE), 0)
    words = told(engine, cases)
    assert f"已判定 {SIZE} 件，确认 {SIZE} 件：100.0%" in words
    assert f"全部案件 {3 * SIZE} 件，确认 {SIZE} 件" in words


def test_each_period_has_a_sample_of_its_own_and_four_are_told(engine: Engine) -> None:
    weeks = [MIDWEEK - timedelta(weeks=back) for back in range(6)]
    cases = [
        case(1_000 * place + number, "filed", opened_at)
        for place, opened_at in enumerate(weeks)
        for number in range(SIZE + 10)
    ]
    assert drawn(engine, cases) == Drawn(4 * SIZE, Precision(4 * SIZE, 4 * SIZE), 0)


def test_what_was_confirmed_and_then_called_a_false_alarm_is_one(engine: Engine) -> None:
    revoked = replace(case(1, "false_alarm"), confirmed_at=MIDWEEK)
    closed = replace(case(2, "closed"), confirmed_at=MIDWEEK)
    assert drawn(engine, [revoked, closed]).judged == Precision(1, 2)
