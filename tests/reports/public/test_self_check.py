"""Self-check: what is pasted is judged, shown as text, and kept nowhere."""

import logging
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import Engine

from reports.public.self_check import LONGEST_TEXT, MOST_MENTIONS
from tests.reports.console.browsing import Browser
from tests.reports.console.test_hostile import PAYLOADS, check

AD = "招聘会计一名，双休。\n须持有会计从业资格证，有经验者优先。"


def marks(text: str) -> list[tuple[str, str]]:
    return [
        (each.get("class") or "", "".join(map(str, each.itertext())))
        for each in html.fromstring(text).iter("mark")
    ]


def test_an_ad_is_answered_with_verdict_quote_basis_and_a_lawful_wording(browser: Browser) -> None:
    answer = browser.post("/check", title="会计", text=AD)
    assert answer.status == 200
    assert marks(answer.text) == [("violation", "会计从业资格证")]
    assert "疑似违规要求 “会计从业资格证”" in answer.words
    assert "须持有会计从业资格证" in answer.words
    assert "目录之外一律不得许可和认定职业资格" in answer.words
    assert "建议表述该资格已取消" in answer.words
    assert "国家职业资格目录（2021年版）" in answer.words


def test_the_law_of_the_chosen_day_applies_and_the_form_keeps_what_was_typed(browser: Browser) -> None:
    answer = browser.post("/check", text=AD, on="2017-10-01", poster="state")
    assert marks(answer.text) == [("lawful", "会计从业资格证")]
    assert "国家职业资格目录（2017年）" in answer.words
    assert 'value="2017-10-01"' in answer.text
    assert '<option value="state" selected>' in answer.text
    assert "有经验者优先。</textarea>" in answer.text


def test_an_ad_that_demands_nothing_and_one_that_lends_papers(browser: Browser) -> None:
    assert "未发现证书要求" in browser.post("/check", text="招聘店员，包吃住。").words
    lent = browser.post("/check", text="一级建造师证书挂靠，年薪三万，不用坐班。").words
    assert "提示" in lent
    assert "挂靠" in lent


WRONG = (
    ({"text": " "}, "请粘贴"),
    ({"text": "证" * (LONGEST_TEXT + 1)}, "正文至多"),
    ({"text": AD, "on": "昨天"}, "日期须写作"),
    ({"text": AD, "poster": "king"}, "发布单位"),
)


def test_what_cannot_be_judged_is_told(browser: Browser) -> None:
    for form, told in WRONG:
        answer = browser.post("/check", **form)
        assert answer.status == 400
        assert told in answer.words


def test_the_gravest_are_told_where_there_are_too_many(browser: Browser) -> None:
    answer = browser.post("/check", text="电工须持电工证；" * 300 + "会计须持会计从业资格证。")
    assert answer.text.count("<article>") == MOST_MENTIONS
    assert "疑似违规要求 “会计从业资格证”" in answer.words
    assert "另有" in answer.words
    assert ("violation", "会计从业资格证") in marks(answer.text)


def test_line_breaks_stay_what_they_are(browser: Browser) -> None:
    answer = browser.post("/check", text="招聘会计\r\n须持有会计从业资格证")
    assert "招聘会计\n须持有" in answer.text
    assert "[U+000D]" not in answer.text


def test_the_longest_ad_fits_into_a_form(browser: Browser) -> None:
    assert browser.post("/check", text="岗" * LONGEST_TEXT).status == 200


def test_hostile_words_are_words(browser: Browser) -> None:
    for payload in PAYLOADS:
        answer = browser.post(
            "/check", title=f"{payload}会计从业资格证", text=f"必须有{payload}会计从业资格证"
        )
        check(answer)
        assert " ".join(payload.split()) in answer.words
        check(browser.post("/check", title=payload, text=payload, on=payload, poster=payload))


def test_characters_that_hide_or_turn_text_are_told(browser: Browser) -> None:
    assert "须持[U+202E]会计从业资格证" in browser.post("/check", text="须持\u202e会计从业资格证").words


def test_nothing_that_is_pasted_is_kept_or_logged(
    browser: Browser, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser.post("/check", title="绝密岗位七七", text=f"绝密内容八八。{AD}")
    assert "绝密" not in caplog.text
    folder = Path(str(engine.url.database)).parent
    kept = [path for path in folder.rglob("*") if path.is_file() and "绝密".encode() in path.read_bytes()]
    assert kept == []
