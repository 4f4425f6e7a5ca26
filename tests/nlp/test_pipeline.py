"""The spaCy pipeline that takes one item of an ad through the steps."""

from functools import cache

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.clause import Item
from nlp.names import Names
from nlp.pipeline import ITEM, Characters, Pipeline, build
from nlp.rules import shipped_rules


@cache
def chinese() -> Vocab:
    return spacy.blank("zh").vocab


@given(st.text(max_size=50))
def test_every_character_is_a_token_and_none_is_lost(text: str) -> None:
    doc = Characters(chinese())(text)
    assert [token.text for token in doc] == list(text)
    assert doc.text == text


@pytest.mark.parametrize(
    ("text", "strengths"),
    [("持有电工证,有茶艺师证者优先", ["required", "preferred"]), ("有责任心", [])],
)
def test_an_item_leaves_the_pipeline_with_its_mentions(text: str, strengths: list[str]) -> None:
    rules = shipped_rules()
    item = Item(text, 0, "text")
    Names(rules.lexicon).find(item)
    build(rules).read(item)
    assert [candidate.strength for candidate in item.accepted] == strengths


def test_a_component_that_reads_a_doc_gets_one_with_the_item() -> None:
    seen: list[tuple[str, Item]] = []

    @Language.component("qingdan_watcher")
    def watch(doc: Doc) -> Doc:
        seen.append((doc.text, doc.user_data[ITEM]))
        return doc

    nlp = spacy.blank("zh")
    nlp.tokenizer = Characters(nlp.vocab)
    nlp.add_pipe("qingdan_watcher")
    item = Item("持有电工证", 0, "text")
    Pipeline(nlp).read(item)
    assert seen == [("持有电工证", item)]
