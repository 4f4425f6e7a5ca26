"""Words of an ad stay words in every part of a letter, and lead nowhere but to the web."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from reports.alerts.letter import letter_of
from reports.alerts.message import compose
from reports.alerts.parts import one_line
from reports.alerts.plain import plain_text
from tests.reports.news import (
    CASE,
    EVIDENCE,
    HINT,
    HINTS,
    NEWS,
    PACKS,
    SENDER,
    TEXTS,
    WITHDRAWN,
    bodies,
    read_back,
)

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover=alert(1) x='",
    "{{7*7}}{% raw %}",
    "\u202e证格资",
    "证\u200b书\u2066",
    "a\r\nBcc: victim@example.org\r\n\r\nbody",
    "第一行\n1. 【急】伪造的条目\u2028x",
    "\x00\x1b[31m",
    "x" * 5000,
)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words_in_other_messages_too(words: str) -> None:
    ad = replace(HINT, title=words, quotes=(words,) * 2, source=words, url=words)
    (case,), (hint,) = WITHDRAWN.cases, HINTS.hints
    for plain, hostile in (
        (WITHDRAWN, replace(WITHDRAWN, cases=(replace(case, employer=words, qualification=words),))),
        (HINTS, replace(HINTS, hints=(replace(hint, employer=words, evidence=(ad,)),))),
    ):
        text, page = bodies(read_back(compose(hostile, sender=SENDER, texts=TEXTS, packs=PACKS)))
        assert_harmless(page)
        assert not re.search("[\u0000-\u0009\u000b-\u001f\u200b-\u200f\u2028-\u202f\u2060-\u206f]", text)
        assert len(text.splitlines()) == len(plain_text(letter_of(plain, TEXTS, PACKS)).splitlines())


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words(words: str) -> None:
    evidence = replace(
        EVIDENCE, title=words, clause=f"须{words}证", quote=words, suggestion=words, source=words, url=words
    )
    case = replace(CASE, employer=words, qualification=words, evidence=(evidence,))
    news = replace(NEWS, bureau_name=words, cases=(case,))
    message = read_back(compose(news, sender=SENDER, texts=TEXTS, packs=PACKS))
    assert set(message.keys()) == {
        "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert [address.addr_spec for address in message["To"].addresses] == ["rsj@bureaus.example"]
    text, page = bodies(message)
    assert_harmless(page)
    assert not re.search("[\u0000-\u0009\u000b-\u001f\u200b-\u200f\u2028-\u202f\u2060-\u206f]", text)
    assert len(text.splitlines()) == len(plain_text(letter_of(NEWS, TEXTS, PACKS)).splitlines())


def assert_harmless(page: lxml_html.HtmlElement) -> None:
    for element in page.iter():
        assert element.tag not in {"script", "img", "iframe", "object", "form", "base"}
        assert not [name for name in element.attrib if name.startswith("on") or name in {"src", "background"}]
    assert not [link for link in page.xpath("//@href") if not link.startswith(("http://", "https://"))]
    assert "url(" not in lxml_html.tostring(page, encoding="unicode")


@settings(deadline=None)
@given(words=st.text(max_size=80), quote=st.text(max_size=10))
def test_any_words_compose(words: str, quote: str) -> None:
    evidence = replace(EVIDENCE, clause=f"{words}{quote}{words}", quote=quote or words or "证", url=words)
    case = replace(CASE, employer=words, evidence=(evidence,))
    message = read_back(compose(replace(NEWS, cases=(case,)), sender=SENDER, texts=TEXTS, packs=PACKS))
    assert_harmless(bodies(message)[1])


@pytest.mark.parametrize(
    ("url", "links"),
    [
        ("https://board.example/a?b=c&d=1", ["https://board.example/a?b=c&d=1"]),
        ("javascript:alert(1)", []),
        ("data:text/html,x", []),
        ("//board.example/a", []),
        ("http://[bad", []),
        ("", []),
    ],
)
def test_only_web_addresses_become_links(url: str, links: list[str]) -> None:
    case = replace(CASE, evidence=(replace(EVIDENCE, url=url),))
    _, page = bodies(
        read_back(compose(replace(NEWS, cases=(case,)), sender=SENDER, texts=TEXTS, packs=PACKS))
    )
    assert page.xpath("//@href") == links


def test_a_link_shows_its_real_host() -> None:
    case = replace(CASE, evidence=(replace(EVIDENCE, url="http://gov.cn@evil.example/"),))
    _, page = bodies(
        read_back(compose(replace(NEWS, cases=(case,)), sender=SENDER, texts=TEXTS, packs=PACKS))
    )
    assert "原文（evil.example）" in page.text_content()


def test_one_line_is_one_short_visible_line() -> None:
    assert one_line("  甲\n乙\t丙 \u202e ") == "甲 乙 丙 [U+202E]"
    assert one_line("x" * 300) == "x" * 200 + "…"
    assert one_line("a" * 300 + "b", limit=3, keep_end=True) == "…aab"
