"""Taking decisions about unknown names over into a copy of the data files."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.catalogue import loader
from config.catalogue.adoption import Adopted, Decided, adopt
from config.catalogue.lint import CATALOGUE
from config.tables import DATA, DataError

DAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "*.csv")
    return Path(shutil.copytree(DATA, tmp_path_factory.mktemp("data") / "config", ignore=ignored))


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "copy"))


def decided(number: int, name: str, qualification: str = "", **given: Any) -> Decided:
    fields: dict[str, Any] = {"on": DAY, "why": "见广告"} | given
    return Decided(number=number, name=name, qualification=qualification, **fields)


def test_aliases_become_rows_and_names_of_their_own_questions_once(folder: Path) -> None:
    rows = [
        decided(3, "教师资格证", "P01"),
        decided(2, "某某\t新师\u200b证", why="第一行\n第二行\x1b"),
        decided(1, "Ａ类园丁教书证", "P01"),
    ]
    adopted = adopt(folder, rows)
    assert adopted.aliases == ("a类园丁教书证\tP01\tname\tads",)
    catalogue = loader.load(folder / CATALOGUE)
    found = catalogue.find("A类园丁教书证")
    assert found is not None
    assert found.id == "P01"
    question = catalogue.curation[-1]
    assert (question.id, question.raised) == ("tray.2", DAY)
    assert "“某某 新师证”" in question.question
    assert question.question.endswith("第一行 第二行")
    assert adopt(folder, rows) == Adopted((), ())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (decided(1, "必须持有教师证明", "P01"), "aliases.tsv"),
        (decided(1, "甲类园丁教书证", "P999"), "P999"),
    ],
)
def test_what_the_linter_refuses_leaves_the_files_as_they_were(folder: Path, row: Decided, told: str) -> None:
    files = {path: path.read_bytes() for path in (folder / CATALOGUE).iterdir()}
    with pytest.raises(DataError) as raised:
        adopt(folder, [row, decided(2, "某某新师证")])
    assert told in str(raised.value)
    assert {path: path.read_bytes() for path in (folder / CATALOGUE).iterdir()} == files
