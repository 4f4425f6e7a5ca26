"""Contacts never pass the door; the wording of the job always does."""

import gzip
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.masking import mask

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

CONTACTS = [
    "13812345678",
    "138-1234-5678",
    "138 1234 5678",
    "138.1234.5678",
    "138-12345678",
    "1381234-5678",
    "138 123 45678",
    "1381 2345 678",
    "138 12 34 56 78",
    "1 3 8 1 2 3 4 5 6 7 8",
    "1-3-8-1-2-3-4-5-6-7-8",
    "8613812345678",
    "86-138-1234-5678",
    "138\u200b1234\u200b5678",
    "1\ufeff3812345678",
    "13812345678".translate(FULL_WIDTH),
    "021-58881234",
    "02158881234",
    "(0512)6677-8899",
    "0755-26881234-801",
    "400-888-9999",
    "4008889999",
    "400-8889-999",
    "hr.zhang@example.com",
    "hr.zhang @ example . com",
    "hr(at)example.com",
    "123456789#qq.com",
    "110101199003071234",
    "11010119900307123X",
    "110101 19900307 1234",
    "6222021234567890123",
    "6222 0212 3456 7890 123",
    "粤B12345",
    "沪A·D12345",
    "一三八一二三四五六七八",
]
LABELLED = [
    ("微信：", "zhang_hr88"),
    ("微信号", "hr880099"),
    ("VX:", "abc12345"),
    ("加V ", "zhaopin668"),
    ("QQ：", "123456789"),
    ("QQ群 ", "1234 5678"),
    ("扣扣", "88997766"),
    ("电话：", "88886666"),
    ("Tel: ", "6688 9900"),
    ("联系人：", "张三"),
    ("联系人：", "欧阳娜娜"),
    ("联系人 ", "李小龙"),
    ("联系人:", "Amy Wang"),
    ("请联系", "王"),
]
JOB_WORDING = [
    "薪资8000-12000元，13000-18000 3-5年经验",
    "底薪1500-2000 提成300-500 全勤200",
    "2026年11月18日至2026-12-31，上班8:30-17:30",
    "人社部发〔2017〕68号，国发〔2015〕41号",
    "熟悉QQ浏览器、微信公众号运营、微信小程序 HTML5 开发",
    "须持有会计从业资格证、一级建造师、GB/T 28001、ISO 9001:2015",
    "工号20260001，职位代码300110001019，学生人数1200人",
    "，向主管汇报工作；任经理两年以上；区域经理、项目经理、高工优先",
    "联系人：党群工作部",
    "C#.NET、Java/J2EE、Office2010、AWS EC2",
    "注册资金50000000元，营业面积12000平方米",
]

fillers = st.text(alphabet="岗位职责任要求熟悉工作，。；、 \n会计abc", max_size=30)


@pytest.mark.parametrize("contact", CONTACTS)
def test_no_digit_or_letter_of_a_contact_is_left(contact: str) -> None:
    masked, count = mask(f"有意者请致电，{contact}，谢谢")
    assert count == 1
    assert set(masked) <= set("有意者请致电，谢谢*()"), masked


@pytest.mark.parametrize(("label", "secret"), LABELLED)
def test_what_a_label_announces_is_masked_and_the_label_stays(label: str, secret: str) -> None:
    ending = "经理咨询" if secret == "王" else "，谢谢"
    assert mask(f"{label}{secret}{ending}") == (f"{label}{'*' * len(secret)}{ending}", 1)


@pytest.mark.parametrize("wording", JOB_WORDING)
def test_wording_of_the_job_stays(wording: str) -> None:
    assert mask(wording) == (wording, 0)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("，李女士 13812345678", "，*** ***********"),
        ("，张伟 13812345678", "，** ***********"),
        ("13812345678（张伟）", "***********（**）"),
        ("苏州 0512-66778899", "苏州 *************"),
        ("手机13812345678/13912345678", "手机***********/***********"),
    ],
)
def test_a_name_beside_a_number_goes_with_it(written: str, expected: str) -> None:
    assert mask(written)[0] == expected


@given(before=fillers, contact=st.sampled_from(CONTACTS), after=fillers)
def test_a_contact_planted_anywhere_never_survives(before: str, contact: str, after: str) -> None:
    text = f"{before}，{contact}，{after}"
    masked, count = mask(text)
    assert contact not in masked
    assert count >= 1
    assert len(masked) == len(text)
    assert mask(masked) == (masked, 0)


@given(text=st.text())
def test_any_text_keeps_its_length_and_is_masked_once(text: str) -> None:
    masked, _ = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == (masked, 0)
    assert all(new in {old, "*"} for old, new in zip(text, masked, strict=True))


@given(text=st.text(alphabet="0123456789-. @aq微信QV联系人张王经理电话：总*", max_size=60))
def test_dense_contacts_are_masked_once(text: str) -> None:
    masked, _ = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == (masked, 0)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "a",
        "a@",
        "a.",
        "微信",
        "微信：",
        "联系人：",
        "张",
        "王经理",
        "0512-",
        "李女士",
        "电话1",
        "13812345678 ",
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            mask(text)
            best = min(best, time.process_time() - start)
        return best

    small, large = seconds(20_000), seconds(80_000)
    assert large < 10 * small + 0.02, f"{small:.4f} s, four times as long {large:.4f} s"


@pytest.mark.shared
def test_real_ads_lose_next_to_nothing(shared: Path) -> None:
    with gzip.open(shared / "ads" / "ads-05.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line, _ in zip(lines, range(4000), strict=False)]
    counts = [mask(text)[1] for text in texts]
    assert sum(map(bool, counts)) < len(texts) * 0.01
