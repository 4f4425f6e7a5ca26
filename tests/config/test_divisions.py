"""The division list is whole, and its tree can be walked."""

from pathlib import Path

import pytest

from config.divisions import (
    DivisionError,
    ancestors,
    former_codes,
    in_subtree,
    load_divisions,
    name_of,
    parent_of,
    province_of,
)


def test_a_former_code_means_an_area_of_today_in_the_same_province() -> None:
    divisions = load_divisions()
    assert len(former_codes()) > 700
    for code, now in former_codes().items():
        assert code not in divisions
        assert province_of(now) == f"{code[:2]}0000"


@pytest.mark.parametrize(
    ("row", "told"),
    [("440305,南山区,2010,440305", "'440305'"), ("440399,某区,2010,440398", "'440398'")],
)
def test_a_former_code_that_does_not_belong_is_named(tmp_path: Path, row: str, told: str) -> None:
    file = tmp_path / "former_codes.csv"
    file.write_text(f"code,name,until,now\n{row}\n", "utf-8")
    with pytest.raises(DivisionError, match=rf"former_codes.csv:2: .*{told}"):
        former_codes(file)


def test_the_list_is_whole() -> None:
    divisions = load_divisions().values()
    assert [sum(row.level == level for row in divisions) for level in range(4)] == [1, 34, 333, 2845]
    assert all(row.name and row.short and row.name.startswith(row.short[0]) for row in divisions)


@pytest.mark.parametrize(
    "code",
    ["370116", "460302", "450181", "330114", "410308", "540481", "659012", "653228", "710000", "810000"],
)
def test_recent_and_rare_codes_are_there(code: str) -> None:
    assert code in load_divisions()


def test_walking_the_tree() -> None:
    assert name_of("440305") == "南山区"
    assert parent_of("440305") == "440300"
    assert parent_of("000000") is None
    assert ancestors("440305") == ("440300", "440000", "000000")
    assert ancestors("110105") == ("110000", "000000")
    assert province_of("440305") == province_of("440000") == "440000"
    assert province_of("000000") is None


@pytest.mark.parametrize(
    ("code", "root", "inside"),
    [
        ("440305", "440300", True),
        ("440305", "440305", True),
        ("440305", "000000", True),
        ("440305", "440100", False),
        ("440300", "440305", False),
        ("659001", "650000", True),
    ],
)
def test_subtrees(code: str, root: str, inside: bool) -> None:  # noqa: FBT001
    assert in_subtree(code, root) is inside


def test_an_unknown_code_is_an_error() -> None:
    with pytest.raises(DivisionError, match="999999"):
        name_of("999999")
