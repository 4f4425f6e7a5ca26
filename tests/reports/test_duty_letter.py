"""The letters about cases that a bureau has to work on, as each of those whom they go to reads them."""

from datetime import date

import pytest

from reports.alerts.letter import letter_of
from reports.alerts.plain import plain_text
from store.deliveries import ABOVE, ASSIGNED, REMINDED, SECTION
from store.duty_news import Duties, DutyCase
from tests.reports.news import HEADER, NEWS, PACKS, TEXTS


def written(kind: str, *, late: int) -> str:
    case = DutyCase(
        number="QD-110000-2026-000001",
        division="110105",
        bureau="110000",
        bureau_name=NEWS.bureau_name,
        employer="",
        poster="unknown",
        qualification="会计从业资格",
        step="签收",
        due=date(2026, 11, 16),
        late=late,
        reason="",
    )
    return plain_text(letter_of(Duties(**HEADER, kind=kind, cases=(case,)), TEXTS, PACKS))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (REMINDED, ("1 件案件已过办理期限，请尽快办理。", "系统依次报科室负责人和上一级部门")),
        (SECTION, ("1 件案件经催办仍未办理，请督促。", "督促：向承办人了解逾期原因", "系统报上一级部门")),
        (ABOVE, ("1 件案件长期逾期，请予督办。", "督办：向承办单位了解逾期原因")),
    ],
)
def test_each_reader_is_told_what_is_late_and_what_to_do(kind: str, words: tuple[str, ...]) -> None:
    told = written(kind, late=2)
    assert "待办：签收，期限 2026-11-16，已逾期 2 个工作日" in told
    assert all(each in told for each in words)
    assert ("报科室负责人和" in told) == (kind == REMINDED)


def test_what_is_assigned_is_not_late() -> None:
    told = written(ASSIGNED, late=0)
    assert "现派发案件 1 件，请按期签收。" in told
    assert "逾期" not in told
