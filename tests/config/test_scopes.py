"""Licences reach as far as their statutes; the data contradict themselves nowhere and quote what was seen."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from config import reading
from config.catalogue.loader import shipped as shipped_catalogue
from config.policy import STATUTE, shipped
from config.scopes import Scopes, load, problems
from config.tables import DATA, DataError

DAY: Final = date(2024, 6, 1)


def scopes() -> Scopes:
    return shipped().scopes


def families() -> frozenset[str]:
    return frozenset(family.id for family in reading.shipped().occupations.families)


@pytest.mark.parametrize(
    ("licence", "family", "scope"),
    [
        ("P01", "teacher", "inside"), ("P01", "front_desk", "outside"), ("P01", "sales", "outside"),
        ("P01", "driver", "outside"), ("P01", "education", "unclear"), ("P01", "", "unclear"),
        ("P02", "front_desk", "outside"), ("P02", "law", "inside"), ("P02", "civil_service", "inside"),
        ("P04", "accounting", "inside"), ("P04", "cook", "outside"), ("P04", "accounting_head", "unclear"),
        ("P31", "shop", "inside"), ("P31", "sales", "unclear"), ("S12", "office", "unclear"),
        ("S04", "property", "inside"), ("S04", "programmer", "outside"),
        ("no such licence", "front_desk", "unclear"),
    ],
)  # fmt: skip
def test_a_licence_reaches_as_far_as_its_activity(licence: str, family: str, scope: str) -> None:
    assert scopes().scope(licence, family) == scope


@pytest.mark.parametrize(
    ("qualification", "written", "named", "told", "tie"),
    [
        ("P57", "基金从业资格证", {"securities"}, "", "fund"),
        ("P57", "基金从业资格证", set(), "某某私募管理有限公司", "fund"),
        ("P57", "基金从业资格证", {"cook"}, "厨师", None),
        ("P57", "证券从业资格证", {"securities"}, "证券公司", None),
        ("P38", "中级会计师证", {"accounting_head"}, "财务经理", "accounting-head"),
        ("P38", "初级会计师证", {"accounting_head"}, "财务经理", None),
        ("P38", "中级会计师证", {"accounting"}, "会计", None),
        ("P54", "出版专业资格证", {"editor"}, "编辑", "publishing"),
        ("P48", "药师证", {"pharmacist"}, "药师", "pharmacy"),
        ("P48", "检验技师证", {"it"}, "某某软件公司", None),
        ("P40", "经济师证", {"bank"}, "银行", None),
    ],
)  # fmt: skip
def test_a_tie_needs_the_paper_and_the_activity(
    qualification: str, written: str, named: set[str], told: str, tie: str | None
) -> None:
    found = scopes().tie(qualification, written, families=frozenset(named), told=told)
    assert (found.id if found else None) == tie


def test_every_licence_of_the_catalogue_has_a_scope_with_a_statute() -> None:
    catalogue = shipped_catalogue()
    licensing = {
        qualification
        for qualification in catalogue.qualifications
        if catalogue.standing(qualification, DAY).kind == "licensing"
    }
    assert {qualification for qualification in licensing if scopes().licence(qualification) is None} == set()


def test_only_papers_that_are_no_licence_are_tied() -> None:
    catalogue = shipped_catalogue()
    for tie in scopes().ties:
        for qualification in tie.qualifications:
            assert catalogue.standing(qualification, DAY).kind != "licensing"


def test_an_article_speaks_only_while_it_is_in_force() -> None:
    statutes = shipped().statutes
    assert statutes("licence", "P01", date(2024, 6, 1)) == ("licence-P01-2",)
    assert statutes("licence", "P01", date(2025, 6, 1)) == ("licence-P01-1", "licence-P01-2")
    assert statutes("licence", "S13", date(2023, 2, 28)) == ("licence-S13-1",)
    assert statutes("licence", "S13", date(2023, 3, 1)) == (STATUTE,)
    assert statutes("licence", "none", DAY) == (STATUTE,)


def test_the_lint_finds_nothing_in_the_scopes_that_ship() -> None:
    assert list(problems(scopes(), frozenset(shipped_catalogue().qualifications), families())) == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(DATA / "scopes.yaml", tmp_path / "scopes.yaml")
    return tmp_path


def changed(copy: Path, old: str, new: str) -> Path:
    path = copy / "scopes.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- id: P02 ", "- id: P01 ", "'P01'.*twice"),
        ("- id: publishing\n", "- id: fund\n", "'fund'.*twice"),
        ("quote: '国家实行教师资格制度。'", "quote: ''", "a verified article must be quoted"),
        ("dated: '2009-08-27'", "dated: once", "dated"),
        ("since: 2025-06-01", "since: soon", "since"),
        ("since: 2025-06-01", "since: 2025-06-31", "no date"),
        ("since: 2025-06-01", "since: 2025-06-01, until: 2025-05-31", "until: 2025-05-31 is before"),
        ("  occupations: [teacher]\n", "  occupations: [teacher, cook]\n", "P01.*'cook'.*both"),
        ("  activity: 从事导游、领队活动\n", "", r"activity: Field required"),
        ("  elsewhere: [guard, driver]\n", "  outside: [guard]\n", r"outside"),
    ],
)
def test_malformed_scopes_are_refused_with_file_line_and_field(
    copy: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(DataError, match=rf"scopes\.yaml, line \d+: .*{message}"):
        load(changed(copy, old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("- id: P20 ", "- id: P99 ", "licences: P99: no such qualification"),
        ("undecided: [waiter]", "undecided: [butler]", "licences: S05: undecided: 'butler'"),
        ("qualifications: [P54]", "qualifications: [P540]", "ties: publishing: qualifications: 'P540'"),
        ("everyday: [front_desk,", "everyday: [doorman, front_desk,", "everyday: 'doorman'"),
    ],
)
def test_the_lint_names_what_refers_to_nothing(copy: Path, old: str, new: str, message: str) -> None:
    found = problems(load(changed(copy, old, new)), frozenset(shipped_catalogue().qualifications), families())
    assert any(message in problem for problem in found)


@pytest.mark.shared
def test_verified_quotes_are_those_of_the_research(shared: Path) -> None:
    """The articles of the catalogue's items, word for word; ties were read where these were."""
    path = shared / "catalogue" / "catalogue_2021.yaml"
    research: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    texts = {item["id"]: [tie["text"] for tie in item["tie_in"]] for item in research["items"]}
    for licence in scopes().licences:
        for statute in licence.statutes:
            assert not statute.verified or any(statute.quote in text for text in texts[licence.id])
