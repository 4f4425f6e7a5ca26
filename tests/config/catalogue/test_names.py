"""The names outside and beside the editions: all lead somewhere, and no reader sees a note to us."""

import re

import pytest

from config import reading
from config.catalogue.loader import FOLDER, shipped
from config.catalogue.model import Question, Source

CATALOGUE = shipped()
WORDS = re.compile(r"[a-z]{4,}")
PAPERS = ("", "证", "证书", "资格证", "资格证书")


def _questions_about(subject: str) -> list[Question]:
    return [question for question in CATALOGUE.curation if question.subject == subject]


def test_every_ambiguous_name_is_decided_by_rules_or_asked_of_a_person() -> None:
    for row in CATALOGUE.ambiguous.values():
        if "curation" in row.decided_by:
            assert _questions_about(f"ambiguous.tsv:{row.alias}"), row.alias


def test_a_rule_of_context_is_told_in_the_list_of_ambiguous_names() -> None:
    told = {each for row in CATALOGUE.ambiguous.values() for each in row.decided_by}
    for rule in reading.shipped().contexts.contexts:
        meant = {CATALOGUE.aliases[name].qualification for name in rule.names if name in CATALOGUE.aliases}
        assert rule.id in told or meant <= {rule.qualification}, rule.id


def test_the_name_of_a_cancelled_qualification_means_no_living_one_unless_it_is_ambiguous() -> None:
    for row in CATALOGUE.qualifications.values():
        for name in (row.name.lower() + paper for paper in PAPERS if row.outside == "delisted"):
            found = CATALOGUE.find(name)
            assert found is None or found.id == row.id or name in CATALOGUE.ambiguous, name


@pytest.mark.parametrize("name", ["电工证", "会计证", "a证", "n1", "教师证", "药师证", "从业资格证", "acp"])
def test_candidates_hold_all_meanings_with_the_default_first(name: str) -> None:
    row = CATALOGUE.ambiguous[name]
    meanings = CATALOGUE.candidates(name)
    assert {meaning.qualification.id for meaning in meanings} == set(row.candidates)
    assert [meaning.is_default for meaning in meanings] == [bool(row.default), *[False] * (len(meanings) - 1)]


def test_questions_stand_in_files_that_exist_and_can_be_answered() -> None:
    folders = (FOLDER, FOLDER.parent)
    for question in CATALOGUE.curation:
        file, _, row = question.subject.partition(":")
        assert any((folder / file).is_file() for folder in folders), question.id
        assert "？" in question.question, question.id
        if file == "qualifications.tsv":
            assert row in CATALOGUE.qualifications, question.id
        if file == "ambiguous.tsv":
            assert row in CATALOGUE.ambiguous, question.id
        assert set(question.candidates) <= set(CATALOGUE.qualifications), question.id


def test_what_a_reader_sees_of_a_qualification_is_chinese() -> None:
    for row in CATALOGUE.qualifications.values():
        assert not WORDS.search(row.note + row.decision), row.id
        assert re.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?", row.ended), row.id


def test_every_source_is_cited_and_names_what_it_is() -> None:
    cited: set[str] = set()
    for row in (
        *CATALOGUE.qualifications.values(),
        *CATALOGUE.aliases.values(),
        *CATALOGUE.ambiguous.values(),
    ):
        cited.update(row.source)
    for row in (*CATALOGUE.curation, *CATALOGUE.changes, *CATALOGUE.records, *CATALOGUE.sub_items):
        cited.update(row.source)
    for edition in CATALOGUE.editions:
        cited.update(edition.row.source, *(item.source for item in edition.items))
    assert cited == set(CATALOGUE.sources)
    assert not [source.id for source in CATALOGUE.sources.values() if not _citable(source)]


def _citable(source: Source) -> bool:
    """A title in Chinese that names no file number of a code host, and an address that can be opened."""
    plain = re.search("[一-龥]", source.title) and "GitHub" not in source.title
    return bool(plain) and (not source.url or source.url.startswith("http"))


def test_what_rests_on_memory_alone_is_never_called_verified() -> None:
    for row in CATALOGUE.qualifications.values():
        assert not (row.verified and set(row.source) == {"memory"}), row.id
