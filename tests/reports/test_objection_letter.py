"""The letter about objections."""

from dataclasses import replace
from datetime import date

import pytest

from reports.alerts.letter import letter_of
from reports.alerts.message import compose, html
from reports.alerts.plain import plain_text
from store.deliveries import DUE_OBJECTIONS, NEW_OBJECTIONS, Unsendable
from store.objection_news import ObjectionNews, ToldObjection
from tests.reports.news import NOW, PACKS, SENDER, TEXTS

OBJECTION = ToldObjection(
    number=7,
    received_at=NOW,
    due=date(2026, 12, 9),
    organisation="北京某某健身有限公司",
    reasons="不是我们发布的\n<b>请核</b>\u202e",
    about="QD-110000-2026-000001",
    case="QD-110000-2026-000001",
    division="110105",
    employer="北京某某健身有限公司",
    poster="private",
    qualification="健身教练证",
)
NEWS = ObjectionNews(
    delivery_id="0f" * 16,
    key="k",
    kind=NEW_OBJECTIONS,
    created_at=NOW,
    bureau="110000",
    bureau_name="北京市人力资源和社会保障局",
    email="rsj@bureaus.example",
    total=1,
    objections=(OBJECTION,),
)


def test_it_says_who_objects_to_what_why_and_by_when() -> None:
    message = compose(NEWS, sender=SENDER, texts=TEXTS, packs=PACKS)
    assert message["Subject"] == "【收到异议】北京市 1 件（2026-11-18）"
    assert message["Importance"] is None
    text = plain_text(letter_of(NEWS, TEXTS, PACKS))
    for words in (
        "异议第 7 号", "健身教练证", "案件：QD-110000-2026-000001", "异议人：北京某某健身有限公司",
        "答复期限：2026-12-09", "未经核实", "下一步",
    ):  # fmt: skip
        assert words in text


def test_one_that_is_due_soon_is_urgent() -> None:
    message = compose(replace(NEWS, kind=DUE_OBJECTIONS), sender=SENDER, texts=TEXTS, packs=PACKS)
    assert message["Subject"] == "【异议即将到期】北京市 1 件（2026-11-18）"
    assert message["Importance"] == "high"


def test_one_that_names_no_case_says_what_it_is_about() -> None:
    unknown = replace(
        OBJECTION, case="", division=None, employer="", qualification="", about="沪人社〔2026〕1号"
    )
    text = plain_text(letter_of(replace(NEWS, bureau="000000", objections=(unknown,)), TEXTS, PACKS))
    assert "案件：所指案件待确定：沪人社〔2026〕1号" in text


def test_hostile_words_are_words_on_one_line() -> None:
    letter = letter_of(NEWS, TEXTS, PACKS)
    assert "不是我们发布的 <b>请核</b>[U+202E]" in plain_text(letter)
    assert "&lt;b&gt;请核&lt;/b&gt;[U+202E]" in html(letter)


def test_what_does_not_fit_is_counted_and_another_area_is_never_written_to() -> None:
    assert "另有 2 件未在本件列出，在工作台“异议”页查看。" in plain_text(
        letter_of(replace(NEWS, total=3), TEXTS, PACKS)
    )
    with pytest.raises(Unsendable, match="outside the area"):
        letter_of(replace(NEWS, bureau="310000"), TEXTS, PACKS)
