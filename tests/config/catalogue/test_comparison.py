import json
from itertools import pairwise

import pytest

from config.catalogue.changes import state_of
from config.catalogue.comparison import Comparison, compare, inventory
from config.catalogue.documents import states
from config.catalogue.explanation import explain_comparison, explain_inventory, explain_states
from config.catalogue.loader import shipped

CATALOGUE = shipped()


def compared(earlier: str, later: str) -> Comparison:
    return compare(CATALOGUE, state_of(CATALOGUE, earlier), state_of(CATALOGUE, later))


def test_the_end_of_one_qualification() -> None:
    found = compared("2017-11-04", "2017-11-05")
    (change,) = found.changes
    assert (change.change, change.after, [each.name for each in change.qualifications]) == (
        "left",
        None,
        ["会计从业资格"],
    )
    text = explain_comparison(found)
    for part in ("140项", "139项", "2017-11-05", "会计法", "退出", "专业第35项", "出处"):
        assert part in text


def test_from_2017_to_2021_every_sort_of_change_is_told_in_chinese() -> None:
    text = explain_comparison(compared("2017", "2021"))
    for word in ("新增", "退出", "更名", "合并", "调整类别", "缩小范围", "扩大范围", "〔待核〕"):
        assert word in text
    headings = [line for line in text.splitlines() if line.endswith("　人社厅发〔2020〕80号")]
    assert [heading[:10] for heading in headings] == ["2020-10-01", "2021-01-01"]


def test_the_same_state_has_no_changes() -> None:
    assert explain_comparison(compared("2021", "2030-01-01")).endswith("没有变化")


def test_no_way_back() -> None:
    with pytest.raises(ValueError, match="came before"):
        compared("2021", "2017")


def test_steps_make_up_the_whole() -> None:
    ids = [edition.id for edition in CATALOGUE.editions]
    steps = [change for one, other in pairwise(ids) for change in compared(one, other).changes]
    whole = compared(ids[0], ids[-1]).changes
    assert [each.model_dump(exclude={"sources"}) for each in steps] == [
        each.model_dump(exclude={"sources"}) for each in whole
    ]


@pytest.mark.parametrize("edition", CATALOGUE.editions, ids=lambda edition: edition.id)
def test_an_inventory_has_every_item(edition) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    found = inventory(CATALOGUE, edition)
    assert len(found.items) == found.state.items == len(edition.items)
    assert len(explain_inventory(found, whole=False).splitlines()) == len(edition.items) + 1
    assert json.loads(found.to_json())["state"]["id"] == edition.id


def test_one_item_in_full() -> None:
    text = explain_inventory(inventory(CATALOGUE, state_of(CATALOGUE, "2021"), 10), whole=True)
    for part in (
        "注册建筑师",
        "特种作业人员",
        "（特种作业目录·电工作业）低压电工作业",
        "设定依据",
        "〔待核〕",
    ):
        assert part in text


def test_the_states_are_listed_oldest_first() -> None:
    lines = explain_states(states(CATALOGUE)).splitlines()
    assert [line.split("\t")[:3] for line in lines][:2] == [
        ["before-2017", "此前", "无目录"],
        ["2017", "2017-09起", "140项"],
    ]
    assert [state["from"] for state in json.loads(states(CATALOGUE).to_json())["states"]][:2] == [
        None,
        "2017-09-12",
    ]
