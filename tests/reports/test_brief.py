"""Letters in brief: cut between entries, never too long, and nobody is called or led anywhere."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.alerts.brief import brief
from reports.alerts.links import Links
from store.announcements import Announcement
from store.deliveries import Unsendable
from tests.reports.news import CASE, HINTS, NEWS, PACKS, WITHDRAWN
from tests.reports.test_alerts_hostile import HOSTILE

CONSOLE = "https://console.example/"
WECOM = 2048


def news_of(*employers: str, total: int = 0) -> Announcement:
    cases = tuple(
        replace(CASE, employer=employer, number=f"QD-110000-2026-{place:06}")
        for place, employer in enumerate(employers, start=1)
    )
    return replace(NEWS, cases=cases, total=max(total, len(cases)))


def told(news: Announcement, budget: int = WECOM) -> list[str]:
    return brief(news, budget, packs=PACKS, links=Links(CONSOLE)).splitlines()


def test_what_a_group_reads() -> None:
    assert told(NEWS) == [
        "【疑似线索待初核】北京市 1 件（2026-11-18）",
        "新发现疑似线索 1 件，涉及招聘信息 1 条，请初核。",
        "以下均为机器识别的疑似线索，未经人工核实，不构成违法认定。",
        "1. 健身教练证（橙），北京某某健身有限公司，北京市朝阳区，QD-110000-2026-000001",
        "https://console.example/cases?view=new&bureau=110000",
        "文号 2026-11-18-110000-0f0f0f0f0f0f。系统自动发送，请勿转发至辖区以外。",
    ]


@pytest.mark.parametrize("news", [WITHDRAWN, HINTS])
def test_other_letters_are_told_too(news: Announcement) -> None:
    text = brief(news, WECOM, packs=PACKS)
    assert "北京某某" in text
    assert "https://" not in text


@given(
    employers=st.lists(st.text(max_size=90), min_size=1, max_size=20),
    more=st.integers(0, 50),
    budget=st.integers(700, 20_000),
)
def test_a_message_fits_and_says_how_much_is_left_out(employers: list[str], more: int, budget: int) -> None:
    total = len(employers) + more
    lines = told(news_of(*employers, total=total), budget)
    assert len("\n".join(lines).encode()) <= budget
    shown = [line for line in lines if re.match(r"\d+\. ", line)]
    assert all(re.search(r"，QD-110000-2026-\d{6}$", line) for line in shown), "no entry is cut"
    left = [line for line in lines if line.startswith("另有")]
    assert left == ([f"另有 {total - len(shown)} 件未在本消息列出。"] if total > len(shown) else [])


def test_the_gravest_stay_when_not_all_fit() -> None:
    lines = told(news_of(*(f"公司{n}" * 10 for n in range(20))))
    assert [line[:2] for line in lines[3:6]] == ["1.", "2.", "3."]
    assert any(line.startswith("另有 ") for line in lines)


def test_what_does_not_fit_at_all_is_not_sent() -> None:
    with pytest.raises(Unsendable, match="does not fit into 100 bytes"):
        told(NEWS, 100)


@pytest.mark.parametrize(
    "words",
    [*HOSTILE, "@all", '<at user_id="all">所有人</at>', "www.evil.example", "见 https://evil.example/x"],
)
def test_hostile_words_call_nobody_and_lead_nowhere(words: str) -> None:
    case = replace(CASE, employer=words, qualification=words)
    lines = told(replace(NEWS, cases=(case,)))
    assert len(lines) == len(told(NEWS))
    entry = lines[3]
    assert not re.search("[@<>\u0000-\u001f\u200b-\u200f\u2028-\u202f]", entry)
    assert "evil.example" not in entry


def test_a_percentage_stays_a_number() -> None:
    case = replace(CASE, qualification="占 65.8%，见 10.0.0.1 和 a.9")
    assert "占 65.8%，见 10．0．0．1 和 a．9" in told(replace(NEWS, cases=(case,)))[3]


def test_nothing_of_another_area_is_told() -> None:
    with pytest.raises(Unsendable, match="lies outside"):
        told(replace(NEWS, cases=(replace(CASE, division="440305"),)))
