"""Every rule of the linter, on copies of the shipped data with faults in them: it names file, line and field.

The faults are laid into several copies, for rows that do not fit are told before ids that are not there, and
these before all else; what a file says of itself as a whole is told only where each part of it fits.
"""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from config.catalogue.lint import CATALOGUE, Problem, check
from config.tables import DATA


class Fault(NamedTuple):
    """`old` of a file, once replaced by `new`, and the problem that it brings; an empty `old`: the end."""

    file: str
    old: str
    new: str
    field: str
    """As a regular expression."""
    message: str

    def lay(self, folder: Path) -> None:
        path = folder / self.file if (folder / self.file).exists() else folder / CATALOGUE / self.file
        text = path.read_text(encoding="utf-8")
        assert self.old in text
        path.write_text(
            text.replace(self.old, self.new, 1) if self.old else text + self.new, encoding="utf-8"
        )

    def is_told(self, problem: Problem) -> bool:
        return (
            problem.file == self.file
            and problem.line > 0
            and re.fullmatch(self.field, problem.field) is not None
            and self.message in problem.message
        )


def alias(row: str, field: str, message: str) -> Fault:
    return Fault("aliases.tsv", "", f"{row}\n", field, message)


FORM = (
    Fault("edition-2021.tsv", "\tlicensing\t", "\tlicencing\t", "class", "Input should be"),
    Fault("sub-items.tsv", "2021\tprofessional 7\t", "2021\tprofessions 7\t", "item", "match pattern"),
    Fault("history.tsv", "P39\t2014-08-12\t", "P39\t2013-08-12\t", "from", "before 2014-01-01"),
    Fault("history.tsv", "P42\t2014-08-12\t", "P42\t2014-8-12\t", "from", "YYYY-MM-DD"),
    Fault("history.tsv", "\tproficiency\t", "\tlevel\t", "kind", "Input should be"),
    Fault("sources.tsv", "\tpress\n", "\tgossip\n", "kind", "Input should be"),
    Fault("changes.tsv", "\tnarrowed\t", "\tshrunk\t", "change", "Input should be"),
    Fault("qualifications.tsv", "\tdelisted\t", "\tgone\t", "outside", "Input should be"),
    Fault(
        "policy.yaml", "required: violation", "required: forbidden", r"rows\..*\.required", "Input should be"
    ),
    Fault(
        "occupations.yaml", "id: welder, name: ", "id: welder, nome: ", r"occupations\..*", "Field required"
    ),
    alias("飞天证\tP01\tnoun\town", "use", "Input should be"),
    alias("飞\0天证\tP01\tname\town", "alias", "U+0000"),
)
IDS = (
    Fault(
        "history.tsv", "P39\t2014-08-12\t2014-08-12", "P999\t2014-08-12\t2014-08-12", "id", "'P999' is no id"
    ),
    Fault("ambiguous.tsv", "电工证\tS10|S11|", "电工证\tS11|", "default", "is not among the candidates"),
    Fault("ambiguous.tsv", "\tS10|S12", "\tS99|S12", "candidates", "'S99' is no id"),
    Fault("edition-2021.tsv", "\tP33\t", "\tP99\t", "qualifications", "'P99' is no id"),
    Fault("qualifications.tsv", "P02\t", "P01\t", "id", "appears twice"),
    alias("飞天证\tP999\tname\town", "qualification", "'P999' is no id"),
    alias("教师资格证\tP02\tname\town", "alias", "appears twice"),
)
WHOLE = (
    Fault(
        "policy.yaml",
        "basis: [statute, no-text",
        "basis: [statute, no-test",
        r"rows\.\w+\.basis",
        "are no ids of bases",
    ),
    Fault("occupations.yaml", "id: welder,", "id: teacher,", r"families\.\d+\.id", "'teacher' appears twice"),
    Fault("scopes.yaml", "- id: P02 ", "- id: P01 ", r"licences\.1\.id", "'P01' appears twice"),
    Fault(
        "cues.yaml", "pattern: '{paper}", "pattern: '{poper}", r"cues\.\d+\.pattern", "no such part: poper"
    ),
)
"""What a file as a whole is wrong about."""
REST = (
    alias("茶艺师证优先\tP01\tname\town", "alias", "would swallow the cue '优先'"),
    alias("必须持茶艺证\tP01\tname\town", "alias", "would swallow the cue '必须'"),
    alias("CPA甲证\tP04\tname\town", "alias", "write 'cpa甲证'"),
    alias("ｃｐａ乙证\tP04\tname\town", "alias", "write 'cpa乙证'"),
    alias("cpa乙证\tP04\tname\town", "alias", "is read like line"),
    alias('"飞天证"\tP01\tname\town', "alias", "quotation marks"),
    alias("茶\tP01\tpost\town", "alias", "one character is no name"),
    alias("身份证\tP01\tname\town", "alias", "lexicon.yaml under pseudo"),
    alias("操作证\tP01\tname\town", "alias", "lexicon.yaml under heads"),
    alias("xy\tP01\ttoken\town", "use", "so short that it must be loose"),
    alias("xyzw\tP01\tname\town", "use", "must be token, loose or maker"),
    alias("xyzv\tP01\tshort\town", "use", "must be token, loose or maker"),
    alias("飞天证\tP01\tname\tnowhere", "source", "'nowhere' is no id of sources.tsv"),
    # Names in two places, and meanings that nothing decides.
    Fault("qualifications.tsv", "P22\t护士执业资格\t", "P22\t教师资格证\t", "name", "is an alias of 'P01'"),
    Fault("qualifications.tsv", "P33\t拍卖师\t", "P33\t教师资格\t", "name", "is the name of 'P01' as well"),
    Fault(
        "contexts.yaml",
        "names: [药师证,",
        "names: [护士证, 药师证,",
        r"contexts\.\d+\.names",
        "to ambiguous.tsv",
    ),
    Fault("ambiguous.tsv", "|curation\tS10\t", "\tS11\t", "default", "aliases.tsv gives '电工证' to 'S10'"),
    Fault(
        "ambiguous.tsv",
        "\tS11\t招聘电工",
        "\tS11\t招聘电工",
        "decided_by",
        "nothing decides for 'skill:电工'",
    ),
    Fault("ambiguous.tsv", "|context.welder_construction", "|context.nothing", "decided_by", "is no rule of"),
    Fault(
        "ambiguous.tsv", "\tcontext.surveyor", "\tcontext.teacher_chinese", "decided_by", "does not decide"
    ),
    # Ids that words, scopes, policy and questions refer to.
    Fault(
        "contexts.yaml",
        "qualification: P36",
        "qualification: P99",
        r"contexts\.\d+\.qualification",
        "is no id",
    ),
    Fault(
        "contexts.yaml",
        "occupations: [bank]",
        "occupations: [bunk]",
        r"contexts\.\d+\.occupations",
        "no family",
    ),
    Fault(
        "contexts.yaml",
        "id: context.driver_nearby",
        "id: context.driver_paper",
        r"contexts\.2\.id",
        "as well",
    ),
    Fault("contexts.yaml", ", occupations: [guide]", "", r"contexts\.\d+\.nearby", "would always fit"),
    Fault("scopes.yaml", "- id: P33", "- id: P99", r"licences\.P99", "no such qualification"),
    Fault(
        "scopes.yaml",
        "occupations: [guide]",
        "occupations: [guides]",
        r"licences\.P20\.occupations",
        "no family",
    ),
    Fault("curation.tsv", "qualifications.tsv:S02", "qualifications.tsv:S99", "subject", "has no row 'S99'"),
    Fault("curation.tsv", "\tS03\t", "\tS99\t", "candidates", "'S99' is no id"),
    # Official figures, and changes that lead to another state.
    Fault("editions.yaml", "    all: 140", "    all: 141", r"editions\.2017\.totals\.all", "counted 140"),
    Fault("editions.yaml", " contents: 198", " contents: 197", r"editions\.2017\..* contents", "counted 198"),
    Fault(
        "changes.tsv",
        "professional 38\tprofessional 35",
        "professional 38\tprofessional 36",
        "change",
        "renamed",
    ),
)


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[Fault, ...]], list[Problem]]:
    @cache
    def found(faults: tuple[Fault, ...]) -> list[Problem]:
        folder = copied(tmp_path_factory.mktemp("rules"))
        for fault in faults:
            fault.lay(folder)
        return [Problem.of(each) for each in check(folder)]

    return found


def copied(place: Path) -> Path:
    ignored = shutil.ignore_patterns("*.py", "__pycache__", "*.csv")
    return Path(shutil.copytree(DATA, place / "config", ignore=ignored))


def test_the_shipped_data_has_no_problem() -> None:
    assert check() == []


@pytest.mark.parametrize("fault", FORM)
def test_a_row_that_does_not_fit(problems: Callable[..., list[Problem]], fault: Fault) -> None:
    assert any(fault.is_told(each) for each in problems(FORM)), problems(FORM)


@pytest.mark.parametrize("fault", WHOLE)
def test_a_file_that_contradicts_itself(problems: Callable[..., list[Problem]], fault: Fault) -> None:
    (told,) = (each for each in problems(WHOLE) if each.file == fault.file)
    assert fault.is_told(told), told
    assert told.line > 1


@pytest.mark.parametrize("fault", IDS)
def test_an_id_that_is_not_there_or_twice(problems: Callable[..., list[Problem]], fault: Fault) -> None:
    assert any(fault.is_told(each) for each in problems(IDS)), problems(IDS)


@pytest.mark.parametrize("fault", REST)
def test_data_that_contradict_themselves(problems: Callable[..., list[Problem]], fault: Fault) -> None:
    assert any(fault.is_told(each) for each in problems(REST)), problems(REST)
