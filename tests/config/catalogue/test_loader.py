import shutil
from datetime import date
from pathlib import Path

import pytest

from config import policy, reading
from config.catalogue import lint
from config.catalogue.loader import FOLDER, load, shipped
from config.tables import DataError


def test_the_whole_life_of_one_qualification() -> None:
    catalogue = shipped()
    found = catalogue.find("人力资源管理师")
    assert found is not None
    kinds = [
        catalogue.standing(found.id, day).kind
        for day in (date(2019, 1, 1), date(2020, 10, 1), date(2022, 1, 1))
    ]
    assert kinds == ["proficiency", "skill_level", "skill_level"]


def test_a_name_is_found_in_any_width_and_case() -> None:
    catalogue = shipped()
    assert catalogue.find("cpa") == catalogue.find("CPA") == catalogue.find("注册会计师")
    assert catalogue.find("没有这个证") is None


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(FOLDER, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("edition-2021.tsv", "\tlicensing\t", "\tlicencing\t", r"edition-2021\.tsv, line 2: class"),
        ("edition-2021.tsv", "\tP01\t", "\tP99\t", r"edition-2021\.tsv, line 2: qualifications: 'P99'"),
        ("aliases.tsv", "\tP01\t", "\tP99\t", r"aliases\.tsv, line \d+: qualification: 'P99' is no id"),
        ("aliases.tsv", "\tads\n", "\n", r"aliases\.tsv, line \d+: 3 cells"),
        ("qualifications.tsv", "P01\t", "P02\t", r"qualifications\.tsv, line 3: id: 'P02' appears twice"),
        (
            "editions.yaml",
            "2017-09-12",
            "2022-09-12",
            r"editions\.yaml: editions\.2\.from: .* does not follow",
        ),
        ("editions.yaml", "0001-01-01", "2001-01-01", r"editions\.yaml: editions\.0\.from: the first entry"),
    ],
)
def test_a_malformed_row_is_refused_with_file_row_and_field(
    copy: Path, file: str, old: str, new: str, message: str
) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load(copy)


def test_a_file_that_is_not_utf8_is_refused(copy: Path) -> None:
    (copy / "aliases.tsv").write_bytes(b"alias\xff\n")
    with pytest.raises(DataError, match=r"aliases\.tsv"):
        load(copy)


def test_the_version_changes_with_the_data(copy: Path) -> None:
    before = load(copy).version
    with (copy / "aliases.tsv").open("a", encoding="utf-8") as file:
        file.write("某某新证\tP01\tname\town\n")
    assert load(copy).version != before


def test_lint_finds_an_alias_that_would_swallow_a_cue(copy: Path) -> None:
    with (copy / "aliases.tsv").open("a", encoding="utf-8") as file:
        file.write("茶艺师证优先\tP01\tname\town\n")
    assert any(
        "茶艺师证优先" in problem
        for problem in lint.problems(load(copy), reading.shipped(), policy.shipped())
    )


def test_every_verdict_rests_on_a_text_or_says_that_none_was_found() -> None:
    table = policy.shipped()
    for kind, verdicts in table.verdicts.items():
        for strength, verdict in verdicts.items():
            grounds = table.grounds_of(kind, verdict, strength)
            assert grounds
            assert set(grounds) <= set(table.bases)
