"""The division list is whole, and its tree can be walked."""

import pytest

from config.divisions import (
    DivisionError,
    ancestors,
    in_subtree,
    load_divisions,
    name_of,
    parent_of,
    province_of,
)


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
