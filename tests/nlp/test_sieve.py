"""The sieve tells where something may belong to a credential or a pack, however it is written."""

from functools import lru_cache
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.normalise import normalise
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


@given(parts=st.lists(st.sampled_from(PIECES), max_size=12), cut=st.integers(0, 12))
@settings(max_examples=400, deadline=None)
def test_the_search_over_the_written_ad_finds_what_is_in_the_normalised_fields(
    parts: list[str], cut: int
) -> None:
    title, text = "".join(parts[:cut]), "".join(parts[cut:])
    pages = normalise(title), normalise(text)
    positions = reader().rules.lexicon.triggers(f"{pages[0].text}\n{pages[1].text}")
    border = len(pages[0].text) + 1
    hints = any(
        anchor in page.text for pack in reader().rules.data.packs for anchor in pack.anchors for page in pages
    )
    sifted = sieve().look(title, text)
    assert (sifted is None) == (not positions and not hints)
    if sifted is not None:
        assert [page.text for page in sifted.pages] == [page.text for page in pages]
        assert [page.original(0, len(page.text)) for page in sifted.pages] == [
            page.original(0, len(page.text)) for page in pages
        ]
        assert sifted.positions[0] + [border + each for each in sifted.positions[1]] == positions
        assert sifted.hints == hints


@given(parts=st.lists(st.sampled_from(PIECES), max_size=12), cut=st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_what_a_field_by_itself_shows_is_never_passed_over(parts: list[str], cut: int) -> None:
    title, text = "".join(parts[:cut]), "".join(parts[cut:])
    alone = [reader().rules.lexicon.triggers(normalise(field).text) for field in (title, text)]
    sifted = sieve().look(title, text)
    found = sifted.positions if sifted is not None else ([], [])
    assert all(set(each) <= set(all_found) for each, all_found in zip(alone, found, strict=True))


@pytest.mark.parametrize("text", ["负责大型商场的日常保洁", "保证工作质量", "任职资格：大专以上", ""])
def test_an_ad_without_a_credential_is_passed_over(text: str) -> None:
    assert sieve().look("", text) is None
