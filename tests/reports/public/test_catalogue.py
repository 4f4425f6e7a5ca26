"""The look-up in the catalogue, for everybody."""

from urllib.parse import urlencode

from reports.look_up import LONGEST_NAME
from tests.reports.console.browsing import Answer, Browser
from tests.reports.console.test_hostile import PAYLOADS, check


def look_up(browser: Browser, name: str, **more: str) -> Answer:
    return browser.get(f"/catalogue?{urlencode({'name': name} | more)}")


def test_a_name_is_answered_with_what_may_be_demanded_why_and_its_history(browser: Browser) -> None:
    words = look_up(browser, "会计从业资格").words
    assert "已取消的职业资格" in words
    assert "不得作为录用条件" in words
    assert "人社部发〔2017〕68号" in words
    assert "2017-11-05起" in words
    assert "建议表述：该资格已取消" in words


def test_the_law_of_another_day_is_told(browser: Browser) -> None:
    answer = look_up(browser, "会计从业资格", on="2017-10-01")
    assert "准入类职业资格" in answer.words
    assert "国家职业资格目录（2017年）" in answer.words
    assert 'value="2017-10-01"' in answer.text


def test_every_meaning_of_a_name_is_told_with_what_decides(browser: Browser) -> None:
    words = look_up(browser, "电工证").words
    assert "有 4 种含义" in words
    for name in ("特种作业人员（默认含义）", "建筑施工特种作业人员", "电工进网作业许可证"):
        assert name in words


def test_what_is_not_known_is_no_verdict_and_near_names_are_links(browser: Browser) -> None:
    answer = look_up(browser, "注册会计")
    assert "没有收录" in answer.words
    assert "不得作为录用条件" not in answer.words
    assert "/catalogue?name=" in answer.text


def test_a_day_that_is_none_is_told(browser: Browser) -> None:
    for day in ("昨天", "2026-13-01"):
        answer = look_up(browser, "电工证", on=day)
        assert answer.status == 400
        assert "日期须写作" in answer.words
        assert 'value="电工证"' in answer.text


def test_a_name_that_is_too_long_is_told(browser: Browser) -> None:
    assert look_up(browser, "证" * (LONGEST_NAME + 1)).status == 400
    assert look_up(browser, "证" * LONGEST_NAME).status == 200


def test_hostile_words_are_words(browser: Browser) -> None:
    for payload in PAYLOADS:
        answer = look_up(browser, payload, on=payload)
        check(answer)
        check(look_up(browser, payload))
        assert answer.status == 400
