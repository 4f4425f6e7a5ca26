from pathlib import Path

import pytest

from config.platforms import FILE, MEASURES, platforms
from config.tables import DataError


def test_what_ships_has_the_four_measures_and_six_answers() -> None:
    found = platforms()
    assert list(found.measures.values()) == ["警示提醒", "撤销删除", "限制功能", "暂停或终止服务"]
    assert [each.name for each in found.outcomes.values()] == [
        "已警示", "已删除", "已限制", "已终止", "不同意", "未找到",
    ]  # fmt: skip
    assert found.measure_for("red") == "remove"
    assert found.measure_for("") == MEASURES[0]
    assert found.outcome_named("已删除") == found.outcome_named("removed") == "removed"
    assert found.outcome_named("也许") == ""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("  warn: 警示提醒\n", "", "measures: there are warn, remove, restrict, terminate"),
        ("red: remove", "red: fine", "by_severity.red: no such measure: fine"),
        ("[filed,", "[lost, filed,", "statuses: no such status: lost"),
        ("[filed,", "[reviewed, filed,", "statuses: reviewed is not past the approval"),
        ("demo-board.example", "a b", "email"),
        ("days: 5", "days: 0", "days"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, before: str, after: str, told: str) -> None:
    file = tmp_path / "platforms.yaml"
    file.write_text(FILE.read_text().replace(before, after))
    with pytest.raises(DataError, match=told):
        platforms(file)
