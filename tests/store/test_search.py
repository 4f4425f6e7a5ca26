"""What cases are found by: any word, however short, in what is searched, and in nothing else."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from itertools import pairwise

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select

from store.database import MIGRATIONS, snapshot, transaction
from store.models import Case, Clue
from store.recording import record
from store.search import folded, grams_of, index_cases, says
from store.search_models import CaseWords
from tests.factory import WEDNESDAY, mention
from tests.recorded import add, read_with, violation

CLAUSE = "须持有特种作业电工证，ＣＡＤ优先 100%"


def found(engine: Engine, word: str) -> list[str]:
    """Employers of the cases that hold the word."""
    with snapshot(engine) as session:
        query = select(CaseWords.employer).where(says(session, CaseWords.words, folded(word)))
        return list(session.scalars(query.order_by(CaseWords.employer)))


@pytest.fixture
def two(engine: Engine) -> Engine:
    add(engine, violation(1, company="杭州公司"))
    add(engine, violation(2, company="Acme 电厂", said={"text": CLAUSE, "quote": "电工证"}))
    return engine


@pytest.mark.parametrize(
    ("word", "employers"),
    [
        ("电工", ["acme 电厂"]),
        ("电", ["acme 电厂"]),
        ("工证", ["acme 电厂"]),
        ("工电", []),
        ("特种作业电工", ["acme 电厂"]),
        ("电工作业", []),
        ("cad", ["acme 电厂"]),
        ("ＡＣＭＥ", ["acme 电厂"]),
        ("100%", ["acme 电厂"]),
        ("1%", []),
        ("_", []),
        ("杭州公司", ["杭州公司"]),
        ("QD-310000-2026-000002", ["acme 电厂"]),
        ("会计从业", ["acme 电厂", "杭州公司"]),
        ("qd-310000", ["acme 电厂", "杭州公司"]),
    ],
)  # fmt: skip
def test_a_word_is_found_wherever_it_stands(two: Engine, word: str, employers: list[str]) -> None:
    assert found(two, word) == employers


def test_what_a_withdrawn_clue_says_is_not_found_until_it_stands_again(engine: Engine) -> None:
    add(engine, read_with("r1", mention(text="须持有特种作业电工证", quote="电工证")))
    assert len(found(engine, "特种")) == 1
    add(engine, read_with("r2", day=1))
    assert found(engine, "特种") == []
    assert len(found(engine, "会计")) == 1
    add(engine, read_with("r3", mention(text="须持有特种作业电工证", quote="电工证"), day=2))
    assert len(found(engine, "特种")) == 1


def test_a_case_is_found_by_all_of_its_clues(engine: Engine) -> None:
    add(engine, violation(1))
    add(
        engine,
        violation(2, said={"text": "入职前须有会计从业资格证"}, observed_at=WEDNESDAY + timedelta(days=1)),
    )
    assert len(found(engine, "入职前")) == len(found(engine, "须持有")) == 1


def test_of_two_who_add_to_a_case_at_once_neither_is_lost(engine: Engine) -> None:
    add(engine, violation(1))
    one = violation(2, said={"text": "入职前须有会计从业资格证"})
    other = violation(3, said={"text": "上岗时须有会计从业资格证"})
    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as session:
            record(session, [one])
            later = pool.submit(add, engine, other)
            wait([later], timeout=0.5)  # it may have come as far as it can
        later.result()
    assert len(found(engine, "入职前")) == len(found(engine, "上岗时")) == 1


def test_the_migration_writes_what_recording_writes(two: Engine) -> None:
    with two.connect() as connection:
        recorded = connection.execute(select(CaseWords.__table__).order_by(CaseWords.case_id)).all()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with two.begin() as connection:
        connection.execute(delete(CaseWords))
        ScriptDirectory.from_config(config).get_revision("0026").module.write_words(connection)
        migrated = connection.execute(select(CaseWords.__table__).order_by(CaseWords.case_id)).all()
    assert len(recorded) == 2
    assert migrated == recorded


def test_indexing_again_changes_nothing(two: Engine) -> None:
    with transaction(two) as session:
        before = session.execute(select(CaseWords.words).order_by(CaseWords.case_id)).all()
        index_cases(session, session.scalars(select(Case.id)).all())
        assert session.execute(select(CaseWords.words).order_by(CaseWords.case_id)).all() == before
        assert session.scalar(select(func.count()).select_from(Clue)) == len(before)


@given(st.text(), st.text(min_size=1), st.text())
def test_whatever_holds_a_word_holds_its_grams(before: str, word: str, after: str) -> None:
    text = before + word + after
    assert set(grams_of(word)) <= set(text) | {one + other for one, other in pairwise(text)}
