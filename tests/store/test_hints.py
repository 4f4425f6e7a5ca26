"""Hints as people are told them: one for each ad and pack, each stretch of the ad's words once."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from events.types import PackFinding
from store.database import snapshot
from store.findings import hints
from store.hints import Hint, apart, by_employer, list_hints, load_hints
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad
from tests.recorded import add, baited

TEXT = "全国均可，人不用到岗，只需配合现场核查，两年付清"


def loan(quote: str, *basis: str) -> PackFinding:
    rule = f"leasing.{len(quote)}"
    return finding(quote, start=TEXT.index(quote), pack="leasing", rule=rule, basis=basis)


def told(engine: Engine) -> list[Hint]:
    with snapshot(engine) as session:
        return list(load_hints(session, hints()))


@pytest.mark.parametrize(
    ("found", "quotes"),
    [
        (("两年付清", "人不用到岗，只需"), ("人不用到岗，只需", "两年付清")),
        (("人不用到岗", "用到岗"), ("人不用到岗",)),
        (("用到岗", "全国均可，人不用", "到岗，只需配合"), ("全国均可，人不用到岗，只需配合",)),
        (("人不用", "到岗"), ("人不用", "到岗")),
    ],
)
def test_stretches_that_overlap_are_quoted_as_one(
    engine: Engine, found: tuple[str, ...], quotes: tuple[str, ...]
) -> None:
    add(engine, checked_ad(job_ad(text=TEXT), findings=tuple(map(loan, found))))
    assert [hint.quotes for hint in told(engine)] == [quotes]


def test_an_ad_is_one_hint_for_each_pack_with_every_text_once(engine: Engine) -> None:
    rules = loan("人不用到岗", "A", "B"), loan("两年付清", "B", "C"), finding("学费分期", start=50)
    add(engine, checked_ad(job_ad(text=TEXT), findings=rules))
    assert [(hint.pack, hint.basis) for hint in told(engine)] == [
        ("leasing", ("A", "B", "C")), ("training", ("P2",)),
    ]  # fmt: skip


def test_those_of_one_employer_stand_together_and_those_without_stand_alone(engine: Engine) -> None:
    ads = (
        (1, "甲校", "110105"),
        (2, "", "110105"),
        (3, "甲校", "110105"),
        (4, "甲校", "440305"),
        (5, "", None),
    )
    add(engine, *(baited(number, company=company, division=place) for number, company, place in ads))
    assert sorted((group[0].employer, len(group)) for group in by_employer(told(engine))) == [
        ("", 1), ("", 1), ("甲校", 1), ("甲校", 2),
    ]  # fmt: skip


def test_the_list_begins_with_the_newest(engine: Engine) -> None:
    days = {number: WEDNESDAY + timedelta(days=number) for number in (2, 1, 3)}
    add(engine, *(baited(number, title=f"第{number}天", observed_at=seen) for number, seen in days.items()))
    with snapshot(engine) as session:
        newest = list_hints(session, limit=2)
        assert list_hints(session, bureau="440300") == []
    assert [hint.title for hint in newest] == ["第3天", "第2天"]


@given(st.lists(st.text("包就业学费", min_size=1, max_size=4)))
def test_no_quote_stands_within_another_and_none_is_lost(quotes: list[str]) -> None:
    kept = apart(quotes)
    assert not [one for one in kept for other in kept if one is not other and one in other]
    assert all(any(quote in each for each in kept) for quote in quotes)
