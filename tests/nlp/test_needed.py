"""A pattern is only left out of a search where it could not have matched."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.reading import Cue
from nlp.needed import Patterns, needed
from tests.nlp.reading import reader


@pytest.mark.parametrize(
    ("pattern", "ways"),
    [
        ("持有", [[{"持有"}]]),
        ("(?:可以)?放宽", [[{"放宽"}]]),
        ("免[试考]|加\\d分", [[{"免试", "免考"}], [{"加"}, {"分"}]]),
        ("(?:优先|加分)$", [[{"优先"}], [{"加分"}]]),
        ("[^,]{0,4}(?:优先){1,2}", [[{"优先"}]]),
        ("入职后[^,]*(?:考取|取得证)", [[{"入职后"}, {"考取", "取得证"}]]),
        ("(?:持)?有(?!限)", [[{"有"}]]),
        ("最(?=好)", [[{"最"}]]),
        ("(?:证书)?", [[]]),
        ("[一-龥]{2}|证", [[], [{"证"}]]),
        ("[^证]", [[]]),
    ],
)
def test_every_match_holds_one_of_each_set_of_words(pattern: str, ways: list[list[set[str]]]) -> None:
    assert [[set(words) for words in needs] for needs in needed(pattern)] == ways


def test_patterns_come_in_their_order_those_without_words_too() -> None:
    patterns = Patterns([(re.compile("乙"), "b"), (re.compile(r"\d"), "any"), (re.compile("甲.*乙|丙"), "c")])
    assert [owner for _, owner in patterns.possible("乙甲")] == ["b", "any", "c"]
    assert [owner for _, owner in patterns.possible("丙")] == ["any", "c"]
    assert [owner for _, owner in patterns.possible("甲")] == ["any"]
    assert [owner for _, owner in patterns.possible("")] == ["any"]


CUES = [cue for cue in reader().rules.data.cues.cues if cue.pattern]


@pytest.mark.parametrize("cue", CUES, ids=[cue.id for cue in CUES])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_no_cue_matches_without_its_words(cue: Cue, data: st.DataObject) -> None:
    pattern = re.compile(cue.pattern)
    text = data.draw(st.from_regex(pattern))
    assert Patterns([(pattern, cue)]).possible(text) or not pattern.search(text)
