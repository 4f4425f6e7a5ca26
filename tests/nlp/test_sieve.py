"""The sieve never passes over an ad that holds a credential or what a pack finds, however it is written."""

from functools import lru_cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.normalise import normalise
from nlp.packs import PackReader
from nlp.sieve import Sieve
from tests.nlp.reading import reader

PIECES: Final = [
    *(
        "证",
        "證",
        "保证",
        "保证书",
        "挂靠",
        "书挂靠",
        "企业资质",
        "办理",
        "建造师",
        "一 级 建 造 师",
        "高级",
        "师",
    ),
    *("工程师", "優先", "PMP", "ｐｍｐ", "x", "iso/iec", " 17025", "（岩土）", "&#35777;", "&nbsp;", "<br>"),
    *(
        "\u200b",
        " ",
        "\u3000",
        "\n",
        "不坐班",
        "兼职",
        "电",
        "工",
        "tcp",
        "/ip",
        "四级",
        "硕",
        "士以上",
        "软件",
        "持",
        "e",
        "mba证",
        "mysql ocp",
        "任职",
        "资格",
        "\ud800",
    ),
    "\U00020000",
]


@lru_cache(maxsize=1)
def sieve() -> Sieve:
    rules = reader().rules
    return Sieve(rules.lexicon, rules.data.packs)


@lru_cache(maxsize=1)
def packs() -> PackReader:
    return PackReader(reader().rules.data.packs)


def needs_reading(title: str, text: str) -> bool:
    texts = [normalise(title).text, normalise(text).text]
    return any(map(reader().rules.lexicon.triggers, texts)) or bool(packs().find(texts))


@given(parts=st.lists(st.sampled_from(PIECES), max_size=12), cut=st.integers(0, 12))
@settings(max_examples=400, deadline=None)
def test_what_needs_reading_is_never_passed_over(parts: list[str], cut: int) -> None:
    title, text = "".join(parts[:cut]), "".join(parts[cut:])
    assert sieve().holds(title, text) or not needs_reading(title, text)


@pytest.mark.parametrize("text", ["负责大型商场的日常保洁", "保证工作质量", "任职资格：大专以上", ""])
def test_an_ad_without_a_credential_is_passed_over(text: str) -> None:
    assert not sieve().holds("", text)
