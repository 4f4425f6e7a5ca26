"""A pattern is only left out of a search where it could not have matched."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reading import Cue
from nlp.needed import Patterns, needed
from tests.nlp.reading import reader


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("持有", {"持有"}),
        ("(?:可以)?放宽", {"放宽"}),
        ("免[试考]|加\\d分", {"免", "加"}),
        ("[^,]{0,4}(?:优先){1,2}", {"优先"}),
        ("(?:持)?有(?!限)", {"有"}),
        ("(?:证书)?", set()),
        ("[一-龥]|证", set()),
        ("[^证]", set()),
    ],
)
def test_every_match_holds_one_of_the_words(pattern: str, words: set[str]) -> None:
    assert needed(pattern) == words


def test_patterns_come_in_their_order_those_without_words_too() -> None:
    patterns = Patterns([(re.compile("乙"), "b"), (re.compile(r"\d"), "any"), (re.compile("甲|乙"), "ab")])
    assert [owner for _, owner in patterns.possible("乙")] == ["b", "any", "ab"]
    assert [owner for _, owner in patterns.possible("甲")] == ["any", "ab"]
    assert [owner for _, owner in patterns.possible("")] == ["any"]


CUES = [cue for cue in reader().rules.data.cues.cues if cue.pattern]


@pytest.mark.parametrize("cue", CUES, ids=[cue.id for cue in CUES])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_no_cue_matches_without_its_words(cue: Cue, data: st.DataObject) -> None:
    pattern = re.compile(cue.pattern)
    text = data.draw(st.from_regex(pattern))
    assert any(word in text for word in needed(cue.pattern)) or not pattern.search(text)
