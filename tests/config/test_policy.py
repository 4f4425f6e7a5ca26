"""The policy is the guide's table for the kinds, cites only what is there, and refuses the unknown."""

import re
import shutil
from pathlib import Path
from typing import Final, get_args

import pytest

from config import policy as policy_file
from config import reading
from config.catalogue.loader import shipped as shipped_catalogue
from config.policy import STATUTE, Policy, Poster, RowId, Strength, load, problems, shipped
from config.tables import DATA, DataError

SOFT: Final = ("preferred", "alternative", "after_hire")
GUIDE: Final = {
    "licensing": ("lawful", "lawful"),
    **dict.fromkeys(
        ("proficiency", "skill_level", "delisted", "post_permit", "other"), ("violation", "advisory")
    ),
    **dict.fromkeys(("foreign", "vendor", "generic"), ("advisory", "none")),
    **dict.fromkeys(("statutory", "title", "education"), ("none", "none")),
    "pending": ("lawful", "lawful"),
    "licensing_elsewhere": ("advisory", "none"),
    "statutory_tie": ("advisory", "advisory"),
}
"""Row: the verdict on a required and on a soft demand."""
CELLS: Final = [(row, poster) for row in get_args(RowId) for poster in get_args(Poster)]


@pytest.mark.parametrize(("row", "poster"), CELLS)
def test_every_cell_is_the_guides_and_rests_on_a_text(row: RowId, poster: Poster) -> None:
    for strength in get_args(Strength):
        check_cell(shipped(), row, strength, poster)


def check_cell(policy: Policy, row: RowId, strength: Strength, poster: Poster) -> None:
    required, soft = GUIDE[row]
    expected = required if strength == "required" else soft if strength in SOFT else "none"
    verdict = policy.verdict(row, strength, poster)
    assert verdict == expected
    grounds = policy.grounds_of(row, verdict, strength, poster)
    assert set(grounds) <= set(policy.bases)
    assert bool(grounds) == (verdict != "none")
    assert bool(policy.measure(verdict, poster)) == (verdict in {"violation", "advisory"})
    assert bool(policy.suggestion(row, verdict, "某证")) == (verdict in {"violation", "advisory"})
    severity = policy.severity_of(row, verdict, poster=poster, named=True)
    assert severity in ({"red", "orange", "yellow"} if verdict == "violation" else {"grey", ""})


def severity(row: RowId, poster: Poster, *, named: bool = True) -> str:
    return shipped().severity_of(row, "violation", poster=poster, named=named)


def test_severity_follows_who_is_bound() -> None:
    assert [severity("proficiency", poster) for poster in ("public", "state", "private")] == [
        "red", "red", "orange",
    ]  # fmt: skip
    # A public employer shall state the skill of a skilled post, so a person weighs that first.
    assert severity("skill_level", "public") == "orange"
    assert "vocational-education-53" in shipped().grounds_of("skill_level", "violation", "required", "public")
    assert "vocational-education-53" not in shipped().grounds_of("skill_level", "violation", "required")
    assert severity("other", "private") == "yellow"
    assert severity("delisted", "private", named=False) == "yellow"
    assert severity("delisted", "public", named=False) == "red"


def test_every_text_has_a_number_or_a_date_or_says_that_none_was_found() -> None:
    for name, basis in shipped().bases.items():
        told = basis.found or re.search("未找到|未见|未写明|尚无", basis.title)
        assert told, name
        assert basis.verified or not basis.found or "〔待核〕" in basis.citation, name
        assert basis.addressee or not (basis.found and basis.verified), name


def test_a_text_is_named_in_brief_by_its_number_or_by_title_and_article() -> None:
    bases = shipped().bases
    assert bases["skill-exit-2020"].brief == "人社厅发〔2020〕80号"
    assert bases["vocational-education-53"].brief == "《中华人民共和国职业教育法》（第五十三条）"
    assert all("〔待核〕" in text.brief or text.verified for text in bases.values())


@pytest.mark.parametrize("poster", get_args(Poster))
def test_a_measure_names_its_text_and_whom_it_binds_or_says_that_there_is_none(poster: Poster) -> None:
    told = shipped().measure("violation", poster)
    assert re.search(r"依据.+（.+\d.+）.*，适用于|未见", told)
    assert "未见" in shipped().measure("advisory", poster)


def test_the_lint_finds_nothing_in_the_policy_that_ships() -> None:
    families = frozenset(family.id for family in reading.shipped().occupations.families)
    assert list(problems(shipped(), frozenset(shipped_catalogue().qualifications), families)) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("policy.yaml", "scopes.yaml"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def changed(copy: Path, old: str, new: str) -> None:
    path = copy / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


MALFORMED: Final = [
    ("required: violation", "required: crime", r"rows\.proficiency\.verdicts\.required"),
    ("{required: violation", "{demanded: violation", r"rows\.proficiency\.verdicts\.demanded"),
    ("public: {severity: orange}", "mayor: {severity: orange}", r"rows\.other\.posters\.mayor"),
    ("  foreign:\n", "  alien:\n", r"rows\.alien"),
    ("basis: [no-text-unnamed]", "basis: [no-such-text]", r"rows\.generic\.basis.*no-such-text"),
    ("soft_ground: no-text-preferred", "soft_ground: gone", "soft_ground.*gone"),
    ("持有{name}者优先\n", "持有{paper}者优先\n", r"rows\.licensing_elsewhere\.suggestion.*\{name\}"),
    ("请删去对{name}的要求", "请删去对{name的要求", r"rows\.delisted\.suggestion"),
    ("  public: red\n", "", r"severity.*public.*missing"),
    ("unnamed: yellow", "unnamed: pink", "unnamed"),
    ("date: '2021-11-23'", "date: autumn", r"bases\.catalogue-2021\.date"),
    ("date: '2021-11-23'", "date: '2021-13-45'", r"bases\.catalogue-2021\.date"),
    ("  foreign:\n", "  other:\n", r"other: given twice"),
    ("      basis: [market-29, market-43]", "      basis: [market-44]", r"measures\.violation\.agency"),
]


@pytest.mark.parametrize(("old", "new", "message"), MALFORMED)
def test_a_malformed_policy_is_refused_with_file_line_and_field(
    copy: Path, old: str, new: str, message: str
) -> None:
    changed(copy, old, new)
    with pytest.raises(DataError, match=rf"policy\.yaml, line \d+: .*{message}"):
        load(copy)


def test_a_row_that_is_missing_is_named(copy: Path) -> None:
    changed(copy, "  title:\n    name: 职称\n", "")
    with pytest.raises(DataError, match=r"rows.*'title'.*missing"):
        load(copy)


def test_the_version_is_that_of_both_files(copy: Path) -> None:
    before = load(copy)
    assert before.version == policy_file.digest(copy) == shipped().version
    with (copy / "scopes.yaml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert load(copy).version != before.version


def test_a_regulator_may_except_one_type_of_poster(copy: Path) -> None:
    changed(
        copy,
        "      public: {severity: orange, basis: [vocational-education-53]}",
        "      public: {verdicts: {required: advisory}, basis: [vocational-education-53]}",
    )
    policy = load(copy)
    assert policy.verdict("skill_level", "required", "public") == "advisory"
    assert policy.verdict("skill_level", "required", "private") == "violation"


def test_the_lint_names_a_verdict_without_a_text_and_without_a_wording(copy: Path) -> None:
    changed(copy, "    basis: [no-text-unnamed]\n", "")
    changed(copy, "    suggestion: 请写明证书名称及法定依据；没有法定依据的，宜写为“优先”\n", "")
    found = list(problems(load(copy), frozenset(), frozenset()))
    assert any("rows.generic.basis" in problem for problem in found)
    assert any("rows.generic.suggestion" in problem for problem in found)


def test_the_articles_of_a_scope_can_be_cited() -> None:
    policy: Policy = shipped()
    for sort, group in (("licence", policy.scopes.licences), ("tie", policy.scopes.ties)):
        for each in group:
            for number, statute in enumerate(each.statutes, start=1):
                basis = policy.bases[f"{sort}-{each.id}-{number}"]
                assert (basis.number, basis.date) == (statute.article, statute.dated)
    assert STATUTE in policy.bases
