import dataclasses
import re
from datetime import date

import pytest

from config.catalogue.changes import count, difference, problems, state_of
from config.catalogue.loader import shipped
from config.catalogue.model import Catalogue, Change

CATALOGUE = shipped()


@pytest.mark.parametrize(
    ("state", "name", "official"),
    [
        ("2017", "all", 140), ("2017", "professional", 59), ("2017", "skilled", 81),
        ("2017", "professional licensing", 36), ("2017", "professional proficiency", 23),
        ("2017", "skilled licensing", 5), ("2017", "skilled proficiency", 76),
        ("2017", "skilled contents", 198),
        ("2017-139", "all", 139), ("2017-139", "professional licensing", 35),
        ("2020-exit-1", "contents left", 29), ("2020-exit-1", "items changed", 14),
        ("2020-exit-2", "contents left", 156), ("2020-exit-2", "items changed", 66),
        ("2020-exit-2", "skilled", 8), ("2020-exit-2", "skilled contents", 13),
        ("2021", "all", 72), ("2021", "professional", 59), ("2021", "skilled", 13),
        ("2021", "professional licensing", 33), ("2021", "professional proficiency", 26),
        ("2021", "skilled licensing", 10), ("2021", "skilled pending", 3), ("2021", "skilled proficiency", 0),
    ],
)  # fmt: skip
def test_the_official_figures(state: str, name: str, official: int) -> None:
    assert count(CATALOGUE, state_of(CATALOGUE, state), name) == official


def test_the_198_occupations_by_what_became_of_them() -> None:
    first = state_of(CATALOGUE, "2017")
    licensing = sum(
        len(item.contents) for item in first.items if item.part == "skilled" and item.kind == "licensing"
    )
    kept = sum(
        len(item.contents)
        for item in state_of(CATALOGUE, "2020-exit-2").items
        if item.part == "skilled" and item.kind == "proficiency"
    )
    assert (licensing, kept) == (6, 7)
    assert licensing + 29 + 156 + kept == 198


def test_the_lines_of_the_2021_list() -> None:
    items = state_of(CATALOGUE, "2021").items
    assert (
        len(items)
        + sum(len(item.contents) for item in items if item.contents)
        - sum(1 for item in items if item.contents)
        == 95
    )


def test_140_less_73_less_2_and_2_and_5_is_72() -> None:
    found = difference(CATALOGUE, state_of(CATALOGUE, "2017"), state_of(CATALOGUE, "2021"))
    left = [each.before for each in found if each.change == "left"]
    entered = [each.after for each in found if each.change == "entered"]
    parts = [
        sum(item is not None and item.part == part for item in items)
        for items in (left, entered)
        for part in ("skilled", "professional")
    ]
    assert parts == [73, 2, 5, 2]
    assert 140 - 73 - 2 + 5 + 2 == 72
    assert {item.name for item in left if item and item.part == "professional"} == {
        "会计从业资格",
        "出入境检疫处理人员资格",
    }


def test_the_shipped_data_reconcile() -> None:
    assert list(problems(CATALOGUE)) == []


def test_each_change_names_its_document_and_day() -> None:
    for each in difference(CATALOGUE, *(CATALOGUE.editions[index] for index in (0, -1))):
        assert each.document
        assert each.day == state_of(CATALOGUE, each.state).row.start
        assert each.change != "kept"
        assert set(each.sources) <= set(CATALOGUE.sources)


def test_inferred_exits_are_not_presented_as_fact() -> None:
    found = difference(CATALOGUE, state_of(CATALOGUE, "2017-139"), state_of(CATALOGUE, "2020-exit-1"))
    by_name = {each.before.name: each.verified for each in found if each.before}
    assert by_name["人力资源服务人员"]
    assert not by_name["机械冷加工人员"]


def test_the_difference_is_empty_within_a_state_and_refused_backwards() -> None:
    assert difference(CATALOGUE, state_of(CATALOGUE, "2022-01-01"), state_of(CATALOGUE, "2026-01-01")) == ()
    with pytest.raises(ValueError, match="2017-139 came before 2021"):
        difference(CATALOGUE, state_of(CATALOGUE, "2021"), state_of(CATALOGUE, "2018-01-01"))


def test_a_state_is_named_by_its_id_or_a_day() -> None:
    assert state_of(CATALOGUE, "2020-12-31").id == "2020-exit-1"
    assert state_of(CATALOGUE, "2021").row.start == date(2021, 11, 23)
    with pytest.raises(ValueError, match=r"neither a state of the catalogue .* nor a day"):
        state_of(CATALOGUE, "yesterday")


def changed(find: str, **update: object) -> Catalogue:
    """The catalogue with the first change of 2021 that its note or items name, changed."""

    def edited(row: Change) -> Change:
        fits = row.state == "2021" and find in (row.before, row.note, row.change)
        return row.model_copy(update=update) if fits else row

    return dataclasses.replace(CATALOGUE, changes=tuple(edited(row) for row in CATALOGUE.changes))


@pytest.mark.parametrize(
    ("find", "update", "field"),
    [
        ("professional 24", {"before": "professional 99"}, "before: .*'professional 99'"),
        ("professional 24", {"after": "professional 1"}, "after: must be empty"),
        ("professional 1", {"after": ""}, "after: 2021 has no item ''"),
        ("professional 1", {"state": "2020-exit-2"}, "2021: professional 1 of 2021 .* is in no change"),
        ("更名", {"occupations": ("某某人员",)}, "occupations: '某某人员' is not in professional 6"),
        (
            "四个子项不再列入",
            {"occupations": ("注册机械工程师",)},
            "occupations: does not lead to professional 15",
        ),
        ("准入类改为水平评价类", {"change": "kept"}, "change: licensing before, proficiency after"),
        ("兽医资格更名为执业兽医", {"change": "kept"}, "change: 兽医资格 before, 执业兽医 after"),
        ("professional 24", {"qualifications": ()}, "2021 does not list 'old:出入境检疫处理人员资格'"),
        ("professional 24", {"source": ("nowhere",)}, "source: 'nowhere' is no id"),
    ],
)
def test_a_change_that_does_not_reconcile_is_found(find: str, update: dict[str, object], field: str) -> None:
    found = "\n".join(problems(changed(find, **update)))
    assert "changes.tsv" in found
    assert re.search(field, found), found


def test_a_total_that_is_not_met_is_found() -> None:
    row = CATALOGUE.editions[-1].row.model_copy(update={"totals": {"all": 73}})
    editions = (*CATALOGUE.editions[:-1], dataclasses.replace(CATALOGUE.editions[-1], row=row))
    found = list(problems(dataclasses.replace(CATALOGUE, editions=editions)))
    assert found == ["editions.yaml: editions.2021.totals.all: counted 72, official 73"]
