"""A table of made-up sentences: how each ties the paper between ⟦ ⟧ to the job."""

import re
import unicodedata
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nlp.reading import read

PAPER: Final = "茶艺师证"
LINES: Final = (Path(__file__).parent / "strengths.tsv").read_text(encoding="utf-8").splitlines()
CASES: Final = [tuple(line.split("\t")) for line in LINES[1:] if not line.startswith("#")]
UNRELATED: Final = ("能吃苦耐劳", "年龄20至40岁", "服从安排", "身体健康,五官端正", "沟通能力强")
INVISIBLE: Final = ("\u200b", "\ufeff", "\u2060")


def strengths(sentence: str, *, before: str = "", after: str = "") -> set[str]:
    """How the ad ties the papers that stand where the sentence says; an empty place holds `PAPER`."""
    text, starts = f"任职要求:{before}", []
    for number, part in enumerate(re.split("[⟦⟧]", f"{sentence}。{after}")):
        starts += [len(text)] if number % 2 else []
        text += (part or PAPER) if number % 2 else part
    found = [
        mention for mention in read(text).mentions for start in starts if mention.start <= start < mention.end
    ]
    assert len(found) == len(starts), text
    return {mention.strength for mention in found}


@pytest.mark.parametrize(("want", "sentence"), CASES)
def test_a_sentence_ties_the_paper_to_the_job(want: str, sentence: str) -> None:
    assert strengths(sentence) == {want}


def test_the_table_covers_every_strength() -> None:
    assert {want for want, _ in CASES} == {
        "required",
        "preferred",
        "alternative",
        "after_hire",
        "mentioned",
        "negated",
    }


@given(case=st.sampled_from(CASES), before=st.sampled_from(UNRELATED), after=st.sampled_from(UNRELATED))
@settings(max_examples=150, deadline=None)
def test_other_items_change_nothing(case: tuple[str, str], before: str, after: str) -> None:
    want, sentence = case
    assert strengths(sentence, before=f"\n{before}。\n", after=f"\n{after}。") == {want}


@given(case=st.sampled_from(CASES), invisible=st.sampled_from(INVISIBLE), places=st.sets(st.integers(0, 40)))
@settings(max_examples=100, deadline=None)
def test_invisible_characters_change_nothing(case: tuple[str, str], invisible: str, places: set[int]) -> None:
    want, sentence = case
    text = "任职要求:" + re.sub("[⟦⟧]", "", sentence.replace("⟦⟧", PAPER))
    dotted = "".join(mark + (invisible if place in places else "") for place, mark in enumerate(text))
    assert [mention.strength for mention in read(dotted).mentions] == [
        mention.strength for mention in read(text).mentions
    ]
    assert want in {mention.strength for mention in read(dotted).mentions}


@given(case=st.sampled_from(CASES))
@settings(max_examples=100, deadline=None)
def test_the_width_of_signs_changes_nothing(case: tuple[str, str]) -> None:
    want, sentence = case
    wide = sentence.translate({ord(narrow): unicodedata.lookup(f"FULLWIDTH {name}") for narrow, name in WIDE})
    assert strengths(wide) == {want}


WIDE: Final = (
    (",", "COMMA"),
    (":", "COLON"),
    (";", "SEMICOLON"),
    ("(", "LEFT PARENTHESIS"),
    (")", "RIGHT PARENTHESIS"),
)
