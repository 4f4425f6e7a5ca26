import shutil
from pathlib import Path

import pytest

from config.catalogue.loader import FOLDER, load
from config.tables import DataError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(FOLDER, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )


BAD = [
    ("edition-2021.tsv", "\tlicensing\t", "\tlicencing\t", r"edition-2021\.tsv, line 2: class: "),
    ("edition-2021.tsv", "\tP01\t", "\tP99\t", r"edition-2021\.tsv, line 2: qualifications: 'P99'"),
    ("edition-2021.tsv", "\tP02\t", "\tP01\t", r"edition-2021\.tsv, line 2: qualifications: .* another"),
    ("edition-2021.tsv", "\n2\tpro", "\n1\tpro", r"edition-2021\.tsv, line 3: ref: .* appears twice"),
    ("edition-2021.tsv", "name class", "nome class", r"edition-2021\.tsv, line 2: verified: .*nome"),
    ("aliases.tsv", "\tP01\t", "\tP99\t", r"aliases\.tsv, line \d+: qualification: 'P99' is no id"),
    ("aliases.tsv", "\tads\n", "\n", r"aliases\.tsv, line \d+: 3 cells"),
    ("qualifications.tsv", "\nP01\t", "\nP02\t", r"qualifications\.tsv, line 3: id: 'P02' appears twice"),
    ("sources.tsv", "\nads\t", "\nmemory\t", r"sources\.tsv, line \d+: id: 'memory' appears twice"),
    ("sub-items.tsv", "\tskilled 10\t", "\tskilled 99\t", r"sub-items\.tsv, line \d+: item: .*'skilled 99'"),
    ("editions.yaml", "2017-09-12", "2022-09-12", r"editions\.yaml, line \d+: editions\.2\.from: .*follow"),
    ("editions.yaml", "2017-09-12", "2013-09-12", r"editions\.yaml, line 16: editions\.1\.from: .*2014"),
    ("editions.yaml", "0001-01-01", "2001-01-01", r"editions\.yaml, line 9: editions\.0\.from: the first"),
    ("editions.yaml", "amends: '2017'", "amends: '2021'", r"editions\.yaml, line \d+: editions\.2\.amends"),
    (
        "editions.yaml",
        "    all: 139",
        "    all: many",
        r"editions\.yaml, line \d+: editions\.2\.totals\.all: ",
    ),
    ("editions.yaml", "id: 2017-139", "id: '2017'", r"editions\.yaml, line \d+: editions\.2\.id: .*twice"),
    ("changes.tsv", "\tleft\t", "\tgone\t", r"changes\.tsv, line 2: change: "),
    ("changes.tsv", "\tleft\t", "\trenamed\t", r"changes\.tsv, line 2: change: 'renamed' needs a list"),
    ("changes.tsv", "\tprofessional 35\t", "\tprofessional 77\t", r"changes\.tsv, line 2: before: "),
    ("changes.tsv", "\n2017-139\t", "\n2018\t", r"changes\.tsv, line 2: state: '2018'"),
    ("history.tsv", "2015-04-24", "2013-04-24", r"history\.tsv, line \d+: from: .*before 2014-01-01"),
    ("history.tsv", "2015-04-24", "24.4.2015", r"history\.tsv, line \d+: from: .*YYYY-MM-DD"),
    ("history.tsv", "2015-04-23", "2015-04-24", r"history\.tsv, line \d+: from: overlaps line \d+"),
    ("history.tsv", "\t2017-09-11\t", "\t2017-09-12\t", r"history\.tsv, line \d+: from: .*listed by 2017"),
    ("history.tsv", "2014-11-30\t2014-11\t", "2014-11-30\t2014-12\t", r"history\.tsv, line \d+: dated: "),
    ("history.tsv", "2014-08-12\t2014-08-12\t2015-06-30", "2014-08-12\t\t2014-06-30", r"line \d+: until: "),
    ("history.tsv", "\tdelisted\t", "\tforbidden\t", r"history\.tsv, line \d+: kind: "),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD)
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


def test_the_errors_of_all_files_are_told_at_once(copy: Path) -> None:
    for file in ("edition-2017.tsv", "history.tsv", "aliases.tsv"):
        path = copy / file
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([*lines[:3], "x", *lines[3:5], "y", *lines[5:]]), encoding="utf-8")
    with pytest.raises(DataError) as error:
        load(copy)
    named = [each.split(": ")[0] for each in error.value.problems]
    assert sorted(named) == [
        f"{file}, line {line}"
        for file in ("aliases.tsv", "edition-2017.tsv", "history.tsv")
        for line in (4, 7)
    ]


def test_ambiguous_names_and_open_questions_may_be_absent_or_given(copy: Path) -> None:
    for file in ("ambiguous.tsv", "curation.tsv"):
        (copy / file).unlink(missing_ok=True)
    catalogue = load(copy)
    assert (catalogue.ambiguous, catalogue.curation) == ({}, ())
    (copy / "ambiguous.tsv").write_text(
        "alias\tcandidates\tdecided_by\tdefault\tnote\tsource\n"
        "会计证\told:会计从业资格|P38\tcuration\tP38\t看岗位是否要求职称\town\n",
        encoding="utf-8",
    )
    meanings = load(copy).candidates("会计证")
    assert [(each.qualification.id, each.is_default) for each in meanings] == [
        ("P38", True),
        ("old:会计从业资格", False),
    ]
    assert {each.condition for each in meanings} == {"看岗位是否要求职称"}


def test_a_default_that_is_no_candidate_is_refused(copy: Path) -> None:
    (copy / "ambiguous.tsv").write_text(
        "alias\tcandidates\tdecided_by\tdefault\tnote\tsource\n"
        "会计证\told:会计从业资格|P38\tcuration\tP01\t看岗位\town\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match=r"ambiguous\.tsv, line 2: default: 'P01'"):
        load(copy)
