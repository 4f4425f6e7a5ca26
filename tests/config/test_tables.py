from pathlib import Path
from typing import Self

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from config.tables import (
    LONGEST_ROW,
    DataError,
    PartialDate,
    TableRow,
    read_tsv,
    read_yaml,
)


class Colour(TableRow):
    name: str
    wavelength: int


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Lamp(_Strict):
    id: str
    watts: int


class Shop(_Strict):
    lamps: list[Lamp]
    prices: dict[str, float] = {}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for number, lamp in enumerate(self.lamps):
            if lamp.id not in self.prices:
                raise ValueError(f"lamps.{number}.id: {lamp.id!r} has no price")
        if len(self.lamps) < len(self.prices):
            raise ValueError("more prices than lamps")
        return self


def tsv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "colours.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(error: pytest.ExceptionInfo[DataError]) -> tuple[str, ...]:
    assert str(error.value).splitlines() == list(error.value.problems)
    return error.value.problems


def test_rows_keep_their_line_number(tmp_path: Path) -> None:
    rows = read_tsv(tsv(tmp_path, "name\twavelength\n# a comment\nred\t700\n\nblue\t470\n"), Colour)
    assert [(row.line, row.name) for row in rows] == [(3, "red"), (5, "blue")]
    assert rows[0].problem("name", "is no colour") == "colours.tsv, line 3: name: is no colour"


def test_all_rows_that_do_not_fit_are_told_at_once(tmp_path: Path) -> None:
    path = tsv(tmp_path, "name\twavelength\nred\tlong\nblue\ngreen\t530\ngrey\t\n")
    with pytest.raises(DataError) as error:
        read_tsv(path, Colour)
    first, second, third = problems_of(error)
    assert first.startswith("colours.tsv, line 2: wavelength: ")
    assert "'long'" in first
    assert second == "colours.tsv, line 3: 1 cells, the header has 2"
    assert third.startswith("colours.tsv, line 5: wavelength: ")


@pytest.mark.parametrize(
    ("header", "field"),
    [("name", "wavelength"), ("name\twavelength\tsmell", "smell"), ("name\tname\twavelength", "name")],
)
def test_a_header_that_does_not_fit_is_one_problem(tmp_path: Path, header: str, field: str) -> None:
    with pytest.raises(DataError) as error:
        read_tsv(tsv(tmp_path, f"{header}\nred\nblue\n"), Colour)
    assert {each.split(": ")[1] for each in problems_of(error)} == {field}
    assert all("line 1" in each for each in problems_of(error))


YAML = """\
# a shop
lamps:
- id: a
  watts: 40
- id: b
  watts: bright
- watts: 3
prices:
  a: 1.5
  b: cheap
unknown: 1
"""


def test_yaml_errors_name_line_and_dotted_field(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(YAML, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_yaml(path, Shop)
    places = [": ".join(each.split(": ")[:2]) for each in problems_of(error)]
    assert places == [
        "shop.yaml, line 6: lamps.1.watts",
        "shop.yaml, line 7: lamps.2.id",
        "shop.yaml, line 10: prices.b",
        "shop.yaml, line 11: unknown",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "prices:\n  a: 1\nlamps:\n- {id: a, watts: 1}\n- watts: 3\n  id: b\n",
            "line 6: lamps.1.id: 'b' has no price",
        ),
        ("# none\n\nlamps: []\nprices: {a: 1}\n", "line 3: row: more prices than lamps"),
        ("# none\n\nprices: {a: 1}\n", "line 3: lamps: Field required"),
    ],
)
def test_what_a_document_finds_wrong_with_itself_is_told_with_its_line(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        read_yaml(path, Shop)
    assert problems_of(error) == (f"shop.yaml, {told}",)


@pytest.mark.parametrize("character", ["\0", "\u200b", "\u3000", "\x1b", "\ufffe"])
def test_a_character_that_nobody_sees_is_told_with_its_cell(tmp_path: Path, character: str) -> None:
    with pytest.raises(DataError) as error:
        read_tsv(tsv(tmp_path, f"name\twavelength\nred\t700\nbl{character}ue\t450\n"), Colour)
    (problem,) = problems_of(error)
    assert problem.startswith(f"colours.tsv, line 3: name: U+{ord(character):04X} in ")


@pytest.mark.parametrize("text", ["lamps: [", "", "- 1\n", "lamps:\n- 1\n"])
def test_no_yaml_or_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"shop\.yaml"):
        read_yaml(path, Shop)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("lamps: []\nprices: {a: 1\n", r"line 3: did not find"),
        ("lamps: []\nprices:\n  a: 1\n  b: 2\n  a: 3\n", "line 5: a: given twice"),
        ("lamps: []\nprices:\n  a: 2025-06-31\n", "line 3: '2025-06-31' is no date"),
        ("lamps: []\nprices: !!python/name:os.system\n", "line 2: could not determine a constructor"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rf"^shop\.yaml, {told}"):
        read_yaml(path, Shop)


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "colours.tsv"
    path.write_bytes(b"name\twavelength\nred\t700\n\xb5\t1\n")
    with pytest.raises(DataError, match=r"^colours\.tsv, line 3: not UTF-8"):
        read_tsv(path, Colour)


def test_a_row_has_an_end(tmp_path: Path) -> None:
    name = "x" * (LONGEST_ROW - 2)
    assert read_tsv(tsv(tmp_path, f"name\twavelength\n{name}\t1\n"), Colour)[0].name == name
    with pytest.raises(DataError, match=r"^colours\.tsv, line 2: row: more than 10,000 characters$"):
        read_tsv(tsv(tmp_path, f"name\twavelength\n{name}x\t1\n"), Colour)


def test_a_date_is_written_as_far_as_it_is_known_and_stands_in_the_calendar() -> None:
    dates: TypeAdapter[str] = TypeAdapter(PartialDate)
    for known in ("", "2017", "2017-09", "2020-02-29"):
        assert dates.validate_python(known) == known
    for wrong in ("17", "2017-13", "2021-02-29", "2021-13-45", "2017-9", "2017-09-12 "):
        with pytest.raises(ValidationError):
            dates.validate_python(wrong)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.tsv"):
        read_tsv(tmp_path / "none.tsv", Colour)
