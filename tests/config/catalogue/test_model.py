from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.catalogue.loader import shipped
from config.catalogue.model import Period

CATALOGUE = shipped()
IDS = st.sampled_from(sorted(CATALOGUE.qualifications))
DAY = timedelta(days=1)
STARTS = {
    "before-2017": date.min,
    "2017": date(2017, 9, 12),
    "2017-139": date(2017, 11, 5),
    "2020-exit-1": date(2020, 10, 1),
    "2020-exit-2": date(2021, 1, 1),
    "2021": date(2021, 11, 23),
}


def period_on(qualification: str, day: date) -> Period:
    return next(
        period
        for period in CATALOGUE.history(qualification)
        if (period.start or date.min) <= day <= (period.until or date.max)
    )


def test_the_states_of_the_law() -> None:
    assert {edition.id: edition.row.start for edition in CATALOGUE.editions} == STARTS


@given(st.dates())
def test_the_state_in_force_is_the_last_that_has_begun(day: date) -> None:
    begun = [name for name, start in STARTS.items() if start <= day]
    assert CATALOGUE.edition_on(day).id == begun[-1]


@pytest.mark.parametrize("name", [name for name in STARTS if name != "before-2017"])
def test_a_state_begins_exactly_on_its_day(name: str) -> None:
    assert CATALOGUE.edition_on(STARTS[name]).id == name
    assert CATALOGUE.edition_on(STARTS[name] - DAY).id != name


@given(IDS, st.dates())
def test_every_qualification_has_one_standing_on_every_day(qualification: str, day: date) -> None:
    standing = CATALOGUE.standing(qualification, day)
    assert standing.edition is CATALOGUE.edition_on(day)
    listed = standing.edition.listings.get(qualification)
    assert standing.item is listed
    assert listed is None or (standing.kind, standing.record) == (listed.kind, None)
    assert standing.pending == (listed is not None and listed.listed == "pending")


@given(IDS, st.dates())
def test_a_standing_changes_only_where_a_period_begins(qualification: str, day: date) -> None:
    period = period_on(qualification, day)
    standing = CATALOGUE.standing(qualification, day)
    assert (period.kind, period.pending) == (standing.kind, standing.pending)
    assert (period.item is None) == (standing.item is None)
    first = CATALOGUE.standing(qualification, period.start or date.min)
    last = CATALOGUE.standing(qualification, period.until or date.max)
    assert first.kind == standing.kind == last.kind


@given(IDS)
def test_periods_follow_one_another_without_a_gap(qualification: str) -> None:
    periods = CATALOGUE.history(qualification)
    assert periods[0].start is None
    assert periods[-1].until is None
    for earlier, later in pairwise(periods):
        assert earlier.until is not None
        assert later.start == earlier.until + DAY
        assert (earlier.kind, earlier.item, earlier.note) != (later.kind, later.item, later.note)


def test_an_unknown_id_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.standing("P99", date(2020, 1, 1))
    with pytest.raises(KeyError):
        CATALOGUE.history("P99")


def test_a_name_is_found_in_any_width_and_case() -> None:
    assert CATALOGUE.find("cpa") == CATALOGUE.find("CPA") == CATALOGUE.find("注册会计师")
    assert CATALOGUE.find("没有这个证") is None
    assert CATALOGUE.candidates("没有这个证") == ()


@pytest.mark.parametrize(
    ("name", "day", "kind", "edition"),
    [
        ("会计从业资格证", date(2016, 6, 1), "licensing", "before-2017"),
        ("会计从业资格证", date(2017, 9, 12), "licensing", "2017"),
        ("会计从业资格证", date(2017, 11, 4), "licensing", "2017"),
        ("会计从业资格证", date(2017, 11, 5), "delisted", "2017-139"),
        ("企业人力资源管理师", date(2019, 6, 1), "proficiency", "2017-139"),
        ("企业人力资源管理师", date(2020, 9, 30), "proficiency", "2017-139"),
        ("企业人力资源管理师", date(2020, 10, 1), "skill_level", "2020-exit-1"),
        ("企业人力资源管理师", date(2022, 1, 1), "skill_level", "2021"),
        ("健康管理师", date(2020, 12, 31), "proficiency", "2020-exit-1"),
        ("健康管理师", date(2021, 1, 1), "skill_level", "2020-exit-2"),
        ("设备监理师", date(2021, 11, 22), "licensing", "2020-exit-2"),
        ("设备监理师", date(2021, 11, 23), "proficiency", "2021"),
        ("矿业权评估师", date(2014, 8, 12), "delisted", "before-2017"),
        ("矿业权评估师", date(2021, 11, 23), "proficiency", "2021"),
        ("保险销售从业资格证", date(2015, 4, 23), "licensing", "before-2017"),
        ("保险销售从业资格证", date(2015, 4, 24), "delisted", "before-2017"),
        ("电工进网作业许可证", date(2017, 9, 29), "statutory", "2017"),
        ("电工进网作业许可证", date(2017, 9, 30), "delisted", "2017"),
    ],
)
def test_the_answer_depends_on_the_day(name: str, day: date, kind: str, edition: str) -> None:
    found = CATALOGUE.find(name)
    assert found is not None
    standing = CATALOGUE.standing(found.id, day)
    assert (standing.kind, standing.edition.id) == (kind, edition)


def test_the_whole_life_of_one_qualification() -> None:
    lives = [
        (period.start, period.until, period.kind, period.document, period.dated, period.verified)
        for period in CATALOGUE.history("skill:企业人力资源管理师")
    ]
    assert lives == [
        (None, date(2017, 9, 11), "skill_level", "", "", False),
        (date(2017, 9, 12), date(2020, 9, 30), "proficiency", "人社部发〔2017〕68号", "2017-09", True),
        (date(2020, 10, 1), None, "skill_level", "人社厅发〔2020〕80号", "2020-10-01", True),
    ]


def test_three_items_of_2021_are_pending_and_count_as_licensing() -> None:
    newest = CATALOGUE.editions[-1]
    pending = [item for item in newest.items if item.listed == "pending"]
    assert [item.name for item in pending] == ["安全保护服务人员", "消防和应急救援人员", "航空运输服务人员"]
    standing = CATALOGUE.standing("S02", date(2024, 6, 1))
    assert (standing.kind, standing.pending) == ("licensing", True)


@pytest.mark.parametrize(
    ("item", "listing", "rows"),
    [
        ("skilled 10", "特种作业目录", 54),
        ("skilled 11", "建筑施工特种作业人员管理规定", 7),
        ("skilled 12", "特种设备作业人员资格认定项目", 20),
        ("professional 15", "", 6),
        ("professional 14", "等级", 2),
    ],
)
def test_what_stands_below_an_item(item: str, listing: str, rows: int) -> None:
    newest = CATALOGUE.editions[-1]
    row = newest.item(item)
    assert row is not None
    found = list(CATALOGUE.sub_items_of(newest, row))
    assert {each.listing for each in found} == {listing}
    assert len(found) == rows
    if not listing:
        assert [each.name for each in found] == list(row.contents)


def test_a_date_that_is_only_known_to_the_month_is_shown_so() -> None:
    period = period_on("old:企业培训师", date(2015, 1, 1))
    assert (period.start, period.dated, period.kind) == (date(2014, 11, 30), "2014-11", "delisted")
