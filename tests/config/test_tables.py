from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from config.tables import DataError, TableRow, read_tsv, read_yaml, yaml_problem


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
    assert yaml_problem(path, ("lamps", 1), "is dark") == "shop.yaml, line 5: lamps.1: is dark"


@pytest.mark.parametrize("text", ["lamps: [", "", "- 1\n", "lamps:\n- 1\n"])
def test_no_yaml_or_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"shop\.yaml"):
        read_yaml(path, Shop)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.tsv"):
        read_tsv(tmp_path / "none.tsv", Colour)
