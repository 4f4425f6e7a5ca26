"""The clause that a mention is shown in: short, whole, and in the words of the ad."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.evidence import Clauses
from tests.nlp.reading import only, read

TEXT = st.lists(
    st.sampled_from(["持", "证", "，", ",", "。", "1、", "(2)", " ", "\n", "三级", ";", "1,000"]),
    min_size=1,
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("要求：1、吃苦耐劳，持有茶艺师证，形象好；2、会英语", "持有茶艺师证"),
        ("要求：1、形象好，有茶艺师证，同等条件下优先，会英语", "有茶艺师证，同等条件下优先"),
        ("优先条件：\n1、形象好，茶艺师证；\n2、能吃苦", "茶艺师证"),
        ("要求：2、 茶艺师证\n3、", "茶艺师证"),
        ("要求：须持有茶艺师证，月薪3,000元起", "须持有茶艺师证"),
    ],
)
def test_only_the_clauses_of_mention_and_cue_are_shown(text: str, clause: str) -> None:
    assert only(text).clause.text == clause


def test_a_list_that_shares_its_cue_is_shown_whole() -> None:
    text = "要求：形象好，有茶艺师证，厨师证，保育员证者优先，会英语"
    shown = {mention.quote: mention.clause.text for mention in read(text).mentions}
    assert shown["茶艺师证"] == "有茶艺师证，厨师证，保育员证者优先"
    assert shown["保育员证"] == "保育员证者优先"


def test_a_title_is_cut_like_a_text() -> None:
    mention = only("", title="诚聘经理，持茶艺师证，五险一金")
    assert mention.clause.text == "持茶艺师证"


def test_a_cue_far_away_is_left_out() -> None:
    text = "持证" + ",其他" * 60 + "优先"
    assert Clauses(text).shortest((0, 2), (len(text) - 2, len(text))) == (0, 2)


@given(text=TEXT, data=st.data())
def test_the_clause_holds_the_mention_and_a_near_cue(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    cue = data.draw(st.none() | st.integers(0, len(text) - 1).map(lambda at: (at, at + 1)))
    first, last = Clauses(text).shortest((start, end), cue)
    low, high = min(start, cue[0] if cue else start), max(end, cue[1] if cue else end)
    assert 0 <= first <= (low if high - low <= 100 else start)
    assert (high if high - low <= 100 else end) <= last <= len(text)
