"""Which words of the lexicon are found in a text, and which of them make it worth reading."""

import pytest

from tests.nlp.reading import reader


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("熟悉mysql ocpa", []),
        ("熟悉mysql ocp", ["mysql ocp"]),
        ("dba证书", ["证书"]),
        ("cisspx证书", ["证书"]),
    ],
)
def test_a_word_within_other_letters_is_none_and_hides_none(text: str, words: list[str]) -> None:
    assert [hit.word.text for hit in reader().rules.lexicon.words.hits(text)] == words


@pytest.mark.parametrize(
    "text",
    [
        *("精通tcp/ip协议", "熟悉aws等云平台", "四级主任科员"),
        *("招高级软件工程师", "高级开发工程师2名", "硕士以上学历", "博士优先"),
    ],
)
def test_a_word_that_mostly_means_something_else_is_not_worth_reading_about(text: str) -> None:
    assert not reader().rules.lexicon.triggers(text)


@pytest.mark.parametrize(
    "text",
    [
        *("持有tcp的优先", "取得四级", "aws认证", "aws(中级)", "须通过四级"),
        *("具有高级软件工程师", "高级工程师/二级咨询师", "高级心理咨询师", "护士以上", "硕士、护士优先"),
    ],
)
def test_it_is_where_it_may_be_held_or_has_a_noun(text: str) -> None:
    assert reader().rules.lexicon.triggers(text)
