"""A place becomes the most specific safe code, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.divisions import load_divisions
from crawlers.places import locate, locate_all

KNOWN = [
    ("北京", "110000"),
    ("北京市", "110000"),
    ("深圳", "440300"),
    ("广东省深圳市南山区", "440305"),
    ("深圳-南山区", "440305"),
    ("深圳·南山", "440305"),
    ("深圳南山", "440305"),
    ("广东 深圳 南山区", "440305"),
    ("安徽省/合肥市", "340100"),
    ("上海市 徐汇区 徐汇区 田林路130号", "310104"),
    ("上海-徐汇区-南京西路", "310104"),
    ("北京朝阳", "110105"),
    ("长春市朝阳区", "220104"),
    ("内蒙古呼和浩特", "150100"),
    ("新疆维吾尔自治区塔城地区", "654200"),
    ("甘肃省临夏回族自治州临夏市", "622901"),
    ("恩施", "422800"),
    ("松江区", "310117"),
    ("昆山", "320583"),
    ("苏州-昆山市", "320583"),
    ("石河子", "659001"),
    ("中国上海", "310000"),
    ("广州天河区", "440106"),
    ("东莞-东城区", "441900"),
    ("中山·东区", "442000"),
    ("苏州-工业园区", "320500"),
    ("苏州工业园区", "320500"),
    ("雄安新区", "130600"),
    ("浦东", "310115"),
    ("上海浦东张江", "310115"),
    ("重庆-渝北区", "500157"),
    ("苏州吴江市", "320509"),
    ("上海-闸北区", "310106"),
    ("深圳南山科技园", "440300"),
    ("北京-朝阳门", "110000"),
    ("吉林", "220000"),
    ("海南", "460000"),
    ("西安", "610100"),
    ("江苏省鼓楼区", "320000"),
    ("北京市朝阳区、海淀区", "110000"),
    ("南京市玄武区、鼓楼区", "320100"),
    ("苏州,无锡", "320000"),
    ("广州·黄埔·龙湖", "440112"),
    ("南京-玄武区-鼓楼区", "320100"),
    ("上海浦东海洋一路333号；苏州星湖街328号", None),
    ("440305", "440305"),
    ("370202000000", "370202"),
    ("371202", "370116"),
    ("110104", "110102"),
    ("420171", "420100"),
    ("110100", "110000"),
    ("452601", "451000"),
    ("贵州省毕节地区金沙县", "520523"),
    ("呼伦贝尔盟", "150700"),
    ("重庆开县", "500154"),
]
UNCLEAR = [
    "", " ", "全国", "异地招聘", "不限", "开发区", "朝阳", "朝阳区", "鼓楼区", "东区", "北京,上海",
    "沈阳 昆山", "8千-1万", "=IFERROR(1)", "南京西路", "东方大厦", "控江路1555号上海信息技术大厦",
    "000000", "999999", "440355", "4403", "13812345678", "None", "海外/新加坡", "-", "市", "😀",
]  # fmt: skip


@pytest.mark.parametrize(("written", "code"), KNOWN)
def test_known_places(written: str, code: str | None) -> None:
    assert locate(written) == code


@pytest.mark.parametrize("written", UNCLEAR)
def test_unclear_places_are_never_guessed(written: str) -> None:
    assert locate(written) is None


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("北京,上海", ("110000", "310000")),
        ("南京市玄武区、鼓楼区", ("320102", "320106")),
        ("深圳/深圳-南山区", ("440305",)),
        ("沈阳 某地 昆山", ("210100", "320583")),
        ("上海浦东海洋一路333号；苏州星湖街328号", ("310115", "320500")),
        ("上海南京东路1号；上海", ("310000",)),
        ("朝阳区", ()),
        ("上海、朝阳区", ("310000",)),
        ("", ()),
    ],
)
def test_all_places_that_are_clear(written: str, codes: tuple[str, ...]) -> None:
    assert locate_all(written) == codes


def test_every_division_is_found_by_its_full_path() -> None:
    divisions = load_divisions()
    for code, division in divisions.items():
        path, above = division.name, divisions.get(division.parent)
        while above is not None and above.level:
            path, above = above.name + path, divisions.get(above.parent)
        assert locate(path) == (code if division.level else None), path


@given(st.text(max_size=300))
def test_anything_gives_a_known_code_or_none(written: str) -> None:
    code = locate(written)
    assert code is None or code in load_divisions()


@given(
    st.lists(
        st.sampled_from(["北京", "上海", "朝阳区", "鼓楼", "市", "南京路", "-", "、", "苏州", "吴江市"]),
        max_size=8,
    )
)
def test_any_mixture_of_names_gives_a_known_code_or_none(parts: list[str]) -> None:
    code = locate("".join(parts))
    assert code is None or code in load_divisions()
