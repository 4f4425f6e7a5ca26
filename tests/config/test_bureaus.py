"""Every division has a bureau that is competent for it."""

from pathlib import Path

import pytest

from config.bureaus import (
    BureauError,
    UnknownBureauError,
    bureau_name,
    load_bureaus,
    nearest_bureau,
    read_bureaus,
)
from config.divisions import in_subtree, load_divisions

HEADER = "code,name,parent,email\n000000,部,,a@b.example\n"


def test_nation_provinces_and_prefectures_have_one() -> None:
    bureaus = {bureau.code: bureau for bureau in load_bureaus()}
    expected = {
        code
        for code, row in load_divisions().items()
        if row.level < 3 and code not in {"710000", "810000", "820000"}
    }
    assert set(bureaus) == expected
    assert bureaus["110000"].name == "北京市人力资源和社会保障局"
    assert bureaus["440000"].name == "广东省人力资源和社会保障厅"
    assert bureaus["440300"].parent == "440000"
    assert bureaus["000000"].parent is None


def test_a_code_that_is_no_bureaus_is_named() -> None:
    assert bureau_name("440000") == "广东省人力资源和社会保障厅"
    with pytest.raises(UnknownBureauError, match="'440305' is no bureau"):
        bureau_name("440305")


def test_every_address_is_a_placeholder_until_an_operator_replaces_it() -> None:
    assert all(bureau.email.endswith(".example") for bureau in load_bureaus())


@pytest.mark.parametrize(
    ("division", "bureau"),
    [
        ("440305", "440300"),
        ("440300", "440300"),
        ("110105", "110000"),
        ("659001", "650000"),
        ("810000", "000000"),
        ("000000", "000000"),
        (None, "000000"),
    ],
)
def test_nearest_bureau(division: str | None, bureau: str) -> None:
    assert nearest_bureau(division) == bureau


def test_the_nearest_bureau_is_always_above() -> None:
    assert all(in_subtree(code, nearest_bureau(code)) for code in load_divisions())


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("000000,部,,a@b.example\n000000,部,,a@b.example\n", ":3: code 000000 is in the file twice"),
        (HEADER.split("\n", 1)[1] + "440300,局,440000,a@b.example\n", ":3: parent '440000'"),
        (HEADER.split("\n", 1)[1] + "990000,局,000000,a@b.example\n", ":3: code '990000'"),
        (HEADER.split("\n", 1)[1] + "440000,厅,000000,\n", ":3: name '厅' or e-mail ''"),
        (HEADER.split("\n", 1)[1] + "440000,厅,000000,a@b.example,科长\n", "'科长' is no address"),
        ("", "no row for 000000"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, rows: str, told: str) -> None:
    file = tmp_path / "bureaus.csv"
    file.write_text("code,name,parent,email,section\n" + rows, encoding="utf-8")
    with pytest.raises(BureauError) as caught:
        read_bureaus(file)
    assert told in str(caught.value)
