from dataclasses import replace
from email.policy import SMTP

import pytest

from config.policy import CANCELLED
from reports.alerts.letter import letter_of
from reports.alerts.links import Links
from reports.alerts.message import compose
from reports.alerts.parts import place_of
from reports.alerts.plain import plain_text
from reports.citations import cited
from store.announced_hints import Hints
from store.deliveries import (
    ABOVE,
    ASSIGNED,
    DUE_OBJECTIONS,
    FOUND_AGAIN,
    NEW_HINTS,
    RETURNED_CASES,
    WITHDRAWN_CASES,
    Unsendable,
)
from store.news import News
from store.withdrawals import Withdrawals
from tests.reports.news import (
    CASE,
    EVIDENCE,
    HINT,
    HINTS,
    NEWS,
    NOW,
    PACKS,
    SENDER,
    TEXTS,
    WITHDRAWN,
    bodies,
    read_back,
)


def test_a_message_says_what_where_why_and_what_to_do() -> None:
    message = read_back(compose(NEWS, sender=SENDER, texts=TEXTS, packs=PACKS))
    assert message["Subject"] == "【疑似线索待初核】北京市 1 件（2026-11-18）"
    assert message["To"] == "北京市人力资源和社会保障局 <rsj@bureaus.example>"
    assert message["Message-ID"] == f"<{'0f' * 16}@qingdan.example>"
    assert message["Date"].datetime == NOW
    assert message["Importance"] is None
    text, page = bodies(message)
    for words in (
        "疑似线索", "未经人工核实", "QD-110000-2026-000001", "北京某某健身有限公司", "北京市朝阳区",
        "「须持有健身教练证，能倒班」", "人社部发〔2017〕68号", "建议措施", "核实后提醒告知，建议改正",
        "持有健身教练证者优先", "下一步", "首次发现 2026-11-18",
    ):  # fmt: skip
        assert words in text
        assert words in page.text_content()
    assert "违法" not in text.replace("不构成违法认定", "")
    assert [bold.text for bold in page.iter("b")] == ["健身教练证"]


def test_the_same_rows_give_the_same_bytes() -> None:
    first, second = (compose(NEWS, sender=SENDER, texts=TEXTS, packs=PACKS).as_bytes() for _ in range(2))
    assert first == second


def test_an_urgent_case_marks_the_whole_message() -> None:
    red = replace(CASE, severity="red", poster="public")
    message = read_back(
        compose(replace(NEWS, cases=(red,), urgent=1), sender=SENDER, texts=TEXTS, packs=PACKS)
    )
    assert message["Subject"] == "【疑似线索待初核】北京市 1 件，急件 1 件（2026-11-18）"
    assert message["Importance"] == "high"
    text, page = bodies(message)
    assert "【急】" in text
    assert "急件" in page.text_content()


def test_what_does_not_fit_is_counted() -> None:
    text = plain_text(letter_of(replace(NEWS, total=31), TEXTS, PACKS))
    assert "另有 30 件未在本件列出，用 qingdan cases list --bureau 110000 查看。" in text
    assert "另有" not in plain_text(letter_of(NEWS, TEXTS, PACKS))


def test_what_a_letter_tells_of_is_linked_where_the_console_has_an_address() -> None:
    news = replace(NEWS, total=31)
    links = Links("https://console.example/")
    text, page = bodies(read_back(compose(news, sender=SENDER, texts=TEXTS, packs=PACKS, links=links)))
    case = "https://console.example/cases/QD-110000-2026-000001"
    listed = "https://console.example/cases?view=new&bureau=110000"
    assert f"\n   {case}\n" in text
    assert f"另有 30 件未在本件列出，在工作台查看。\n{listed}\n" in text
    assert {each.text_content(): each.get("href") for each in page.iter("a")} == {
        "QD-110000-2026-000001": case,
        "另有 30 件未在本件列出，在工作台查看。": listed,
        "原文（board.example）": "http://board.example/ads/1",
    }
    assert "console.example" not in plain_text(letter_of(news, TEXTS, PACKS))


@pytest.mark.parametrize(
    ("kind", "bureau", "where"),
    [
        (WITHDRAWN_CASES, "110000", "/cases?view=all&bureau=110000"),
        (RETURNED_CASES, "000000", "/cases?view=new"),
        (FOUND_AGAIN, "110000", "/cases?view=corrected&bureau=110000"),
        (ASSIGNED, "110000", "/cases?view=open&bureau=110000"),
        (ABOVE, "110000", "/cases?view=overdue&bureau=110000"),
        (DUE_OBJECTIONS, "110000", "/objections"),
        (NEW_HINTS, "110000", ""),
    ],
)
def test_each_letter_leads_to_the_list_that_holds_all_of_it(kind: str, bureau: str, where: str) -> None:
    found = Links("https://console.example").whole(replace(NEWS, kind=kind, bureau=bureau))
    assert found == (f"https://console.example{where}" if where else "")


def test_what_no_page_shows_is_still_to_be_listed_by_command() -> None:
    letter = letter_of(replace(HINTS, total=4), TEXTS, PACKS, Links("https://console.example"))
    told = "另有 3 件未在本件列出，用 qingdan cases hints --bureau 110000 查看。"
    assert (letter.more, letter.more_link) == (told, "")


def test_an_empty_message_is_never_made() -> None:
    with pytest.raises(Unsendable, match="empty"):
        compose(replace(NEWS, cases=(), total=0), sender=SENDER, texts=TEXTS, packs=PACKS)


@pytest.mark.parametrize(
    ("bureau", "division"),
    [("110000", "440305"), ("110105", "110106"), ("440300", "440000"), ("110000", None)],
)
def test_a_case_of_another_area_is_refused_at_composition_too(bureau: str, division: str | None) -> None:
    news = replace(NEWS, bureau=bureau, cases=(CASE, replace(CASE, division=division)))
    with pytest.raises(Unsendable, match=f"outside the area of bureau {bureau}"):
        compose(news, sender=SENDER, texts=TEXTS, packs=PACKS)


def test_the_tray_of_unclear_areas_says_so() -> None:
    unclear = replace(NEWS, bureau="000000", cases=(replace(CASE, division=None),))
    letter = letter_of(unclear, TEXTS, PACKS)
    assert letter.subject.startswith("【疑似线索待初核】辖区不明 1 件")
    assert letter.entries[0].place == "辖区不明"


def test_an_ad_without_an_employer_asks_to_find_it_first() -> None:
    (entry,) = letter_of(
        replace(NEWS, cases=(replace(CASE, employer="", poster="unknown"),)), TEXTS, PACKS
    ).entries
    assert entry.employer == "招聘信息未写明用人单位"
    assert dict(entry.advice)["建议措施"] == "先查明用人单位，再定措施"


def test_an_ad_that_somebody_posts_for_another_names_both() -> None:
    quotes = tuple(replace(EVIDENCE, acting_for=name) for name in ("青禾纺织\u202e有限公司", "", "甲厂"))
    (entry,) = letter_of(
        replace(NEWS, cases=(replace(CASE, poster="agency", evidence=quotes),)), TEXTS, PACKS
    ).entries
    assert (entry.employer, entry.poster) == ("北京某某健身有限公司", "人力资源服务机构")
    told = "青禾纺织[U+202E]有限公司、甲厂（招聘信息写明，由上述单位代招或派遣）"
    assert dict(entry.facts)["用工单位"] == told
    (alone,) = letter_of(NEWS, TEXTS, PACKS).entries
    assert "用工单位" not in dict(alone.facts)


def test_a_cancelled_paper_is_cited_with_the_document_that_ended_it() -> None:
    evidence = replace(EVIDENCE, basis=("P1", CANCELLED), ended_by="国发〔2016〕35号")
    (entry,) = letter_of(replace(NEWS, cases=(replace(CASE, evidence=(evidence,)),)), TEXTS, PACKS).entries
    assert dict(entry.advice)["依据"] == "人社部发〔2017〕68号；国发〔2016〕35号"


def test_a_document_that_ended_a_paper_and_is_a_ground_too_is_named_once() -> None:
    said = "人社部发〔2017〕68号：没有列入目录，停止考试〔待核〕"
    evidence = replace(EVIDENCE, basis=("P1", CANCELLED), ended_by=said)
    (entry,) = letter_of(replace(NEWS, cases=(replace(CASE, evidence=(evidence,)),)), TEXTS, PACKS).entries
    assert dict(entry.advice)["依据"] == said
    title = TEXTS["P1"].citation
    assert cited(("P1", CANCELLED), said, TEXTS) == (f"{title}：没有列入目录，停止考试〔待核〕",)
    assert cited((CANCELLED,), said, TEXTS) == (said,)
    assert cited(("P1", CANCELLED), "国发〔2016〕35号", TEXTS) == (title, "国发〔2016〕35号")


def test_a_document_in_brackets_behind_what_it_says_is_named_once() -> None:
    said = "未列入2017年目录（人社部发〔2017〕68号）〔待核〕"
    told = "人社部发〔2017〕68号：未列入2017年目录〔待核〕"
    assert cited(("P1", CANCELLED), said, TEXTS, brief=True) == (told,)
    assert cited((CANCELLED,), said, TEXTS) == (said,)
    assert (
        cited(("P1", CANCELLED), "决定（国发〔2016〕68号）", TEXTS, brief=True)[1]
        == "决定（国发〔2016〕68号）"
    )


def test_a_document_that_two_clues_rest_on_is_named_once_with_what_it_says_of_the_paper() -> None:
    said = "未列入2017年目录（人社部发〔2017〕68号）"
    evidence = EVIDENCE, replace(EVIDENCE, basis=("P1", CANCELLED), ended_by=said)
    (entry,) = letter_of(replace(NEWS, cases=(replace(CASE, evidence=evidence),)), TEXTS, PACKS).entries
    assert dict(entry.advice)["依据"] == "人社部发〔2017〕68号：未列入2017年目录"


@pytest.mark.parametrize("news", [NEWS, WITHDRAWN, HINTS])
@pytest.mark.parametrize("name", ["北京市人力资源和社会保障局", 'A, "B" <c@d.example>', "某局" * 29])
def test_headers_that_are_set_once_are_those_that_python_sets(news: News, name: str) -> None:
    links = Links("https://console.example")
    named = replace(news, bureau_name=name)
    message = compose(named, sender=SENDER, texts=TEXTS, packs=PACKS, links=links)
    assert message.as_bytes() == message.as_bytes(policy=SMTP)


def test_an_ad_that_is_no_longer_at_its_source_is_said_to_be_gone() -> None:
    (entry,) = letter_of(
        replace(NEWS, cases=(replace(CASE, evidence=(replace(EVIDENCE, gone=True),)),)), TEXTS, PACKS
    ).entries
    (quote,) = entry.quotes
    assert quote.facts == "来源 board（来源已撤下），标注发布日期 2026-11-18，首次发现 2026-11-18"


def test_a_case_that_came_back_says_that_it_was_withdrawn() -> None:
    letter = letter_of(replace(NEWS, kind=RETURNED_CASES), TEXTS, PACKS)
    assert letter.subject.startswith("【疑似线索恢复待核】北京市 1 件")
    assert letter.summary.startswith("此前通知撤回的疑似线索重新认定 1 件")


def test_a_withdrawal_names_the_case_and_the_message_that_told_of_it() -> None:
    message = read_back(compose(WITHDRAWN, sender=SENDER, texts=TEXTS, packs=PACKS))
    assert message["Subject"] == "【疑似线索撤回】北京市 1 件（2026-11-18）"
    text, page = bodies(message)
    for words in (
        "QD-110000-2026-000001", "北京某某健身有限公司", "2026-11-18，文号 2026-11-11-110000-0a0a0a0a0a0a",
        "规则 5f0c2a91 不再认定", "不再认定，现予撤回", "不是对事实的结论",
    ):  # fmt: skip
        assert words in text
        assert words in page.text_content()
    assert "依据" not in text.replace("请依", "")


def test_a_hint_shows_its_words_and_claims_nothing() -> None:
    message = read_back(compose(HINTS, sender=SENDER, texts=TEXTS, packs=PACKS))
    assert message["Subject"] == "【提示待核】北京市 挂靠与招转培 1 件（2026-11-18）"
    text, page = bodies(message)
    for words in (
        "疑似培训招生（招转培）", "「先就业后付款」", "「学费分期」", "北京某某培训有限公司",
        "人社部发〔2017〕68号",         PACKS["training"].advice, "不是疑似线索", "招聘信息 3c3c3c3c3c3c",
    ):  # fmt: skip
        assert words in text
        assert words in page.text_content()
    assert "违法" not in text.replace("不构成违法认定", "")


def test_an_ad_is_told_once_however_many_of_its_words_are_quoted() -> None:
    text = plain_text(letter_of(HINTS, TEXTS, PACKS))
    assert text.count("岗位“学徒”") == text.count(HINT.url) == 1


def test_entries_name_a_document_by_its_number_and_the_message_gives_its_title_once() -> None:
    statement = TEXTS["P1"].model_copy(update={"title": "未见条文", "number": "", "date": ""})
    evidence = replace(EVIDENCE, basis=("P1", "none", "gone", CANCELLED))
    case = replace(CASE, evidence=(evidence,))
    letter = letter_of(replace(NEWS, cases=(case, case)), TEXTS | {"none": statement}, PACKS)
    assert {dict(entry.advice)["依据"] for entry in letter.entries} == {
        "人社部发〔2017〕68号；未见条文；gone；cancelled"
    }
    assert letter.texts == ("关于公布国家职业资格目录的通知（人社部发〔2017〕68号）（2017-09）",)


def test_a_hint_before_the_texts_it_would_cite_says_so() -> None:
    (hint,) = HINTS.hints
    undated = replace(hint, pack="later", basis=())
    (entry,) = letter_of(replace(HINTS, hints=(undated,)), TEXTS, PACKS).entries
    assert (entry.heading, dict(entry.advice)) == (
        "later", {"依据": "判断日期之前未见所引文件", "核查": "请核对原文。"},
    )  # fmt: skip


@pytest.mark.parametrize("news", [replace(WITHDRAWN, total=3), replace(HINTS, total=3)])
def test_what_else_there_is_is_counted_whatever_the_message(news: Withdrawals | Hints) -> None:
    assert letter_of(news, TEXTS, PACKS).more.startswith("另有 2 件未在本件列出")


@pytest.mark.parametrize("news", [replace(WITHDRAWN, bureau="440000"), replace(HINTS, bureau="440000")])
def test_no_message_says_anything_of_another_area(news: Withdrawals | Hints) -> None:
    with pytest.raises(Unsendable, match="outside the area of bureau 440000"):
        compose(news, sender=SENDER, texts=TEXTS, packs=PACKS)


@pytest.mark.parametrize("news", [replace(WITHDRAWN, cases=()), replace(HINTS, hints=())])
def test_no_message_is_empty(news: Withdrawals | Hints) -> None:
    with pytest.raises(Unsendable, match="empty"):
        compose(news, sender=SENDER, texts=TEXTS, packs=PACKS)


def test_places_are_named_from_the_province_down() -> None:
    assert place_of("440305") == "广东省深圳市南山区"


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d.example", "a b@c.example", "a@b, c@d"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Unsendable, match="no e-mail address"):
        compose(replace(NEWS, email=address), sender=SENDER, texts=TEXTS, packs=PACKS)
    with pytest.raises(Unsendable, match="QINGDAN_ALERT_SENDER"):
        compose(NEWS, sender=address, texts=TEXTS, packs=PACKS)
