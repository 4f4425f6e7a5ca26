from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from events.types import Shown
from reports.dataset.fields import RowError
from reports.dataset.folders import Folders
from reports.dataset.leaks import leak
from reports.dataset.pseudonym import KeyFileError, key_at, pseudonym
from reports.dataset.rows import without_employer
from reports.dataset.verify import problems
from reports.dataset.versions import release
from store.database import transaction
from store.dataset_decisions import erase
from store.dead_letters import Decision
from store.models import Case, Clue
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.dataset.making import KEY, LATER, built, json_rows, readable

CONTACTS = {
    "a mobile number": (
        "13812345678", "138-1234-5678", "138 1234 5678", "+8613812345678", "1 3 8 1 2 3 4 5 6 7 8",
        "一三八一二三四五六七八", "１３８１２３４５６７８", "13\u200b812345678", "138.1234.5678",
    ),
    "a landline number": ("010-62345678", "(0755)2234567", "021 6234 5678"),
    "a service number": ("400-123-4567", "8001234567"),
    "an identity number": ("11010119900307123X", "110101 19900307 1234"),
    "a bank card number": ("6222021234567890123", "6222 0212 3456 7890"),
    "an e-mail address": ("hr@firm.example", "hr＠firm．example", "hr (at) firm.example"),
    "a web address": ("https://firm.example/a", "www.firm.example"),
    "a messenger account": ("微信：abc12345", "加VX abc_123", "QQ:12345678", "微信同号 a12345"),
    "a contact's name": ("联系人：张老师", "联系人: 李四"),
    "a licence plate": ("京A12345", "粤B·D12345"),
}  # fmt: skip
HARMLESS = (
    "须持有会计从业资格证", "18000-100000元", "13000-18000元/月", "持ISO9001内审员证", "08:30-17:30",
    "掌握新OFFICE2016", "联系人事部", "联系人：人事部", "微信公众号运营", "一级、二级建造师",
    "持证3-5年，25-35岁", "GB/T 2260-2007", "联系人：***", "电话：***********", "2026-11-18",
    "人社部发〔2017〕68号",
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in CONTACTS.items() for text in texts]
)
def test_a_contact_is_seen(kind: str, text: str) -> None:
    assert leak(text) == kind
    assert leak(f"须持有健身教练证，详询{text}，面试") == kind


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_contact_passes(text: str) -> None:
    assert leak(text) == ""


@given(
    digits=st.text("0123456789", min_size=9, max_size=9), gap=st.sampled_from(["", " ", "-", "·", "\u200d"])
)
def test_any_mobile_number_is_seen(digits: str, gap: str) -> None:
    number = f"13{digits}"
    assert leak(f"请拨打{gap.join((number[:3], number[3:7], number[7:]))}联系")


@pytest.mark.parametrize("text", [texts[0] for kind, texts in CONTACTS.items() if kind != "a web address"])
@pytest.mark.parametrize("column", ["clause", "name"])
def test_a_canary_anywhere_in_a_row_stops_the_build(
    engine: Engine, tmp_path: Path, text: str, column: str
) -> None:
    said = {"quote": "证", "text": f"须有证，{text}"} if column == "clause" else {"name": f"证书{text}"}
    add(engine, violation(1), violation(2, said=said))
    with pytest.raises(RowError) as caught:
        built(engine, tmp_path / "dataset")
    assert "looks like it holds" in str(caught.value)
    assert text not in str(caught.value), "the message must not leak what it found"
    assert Folders(tmp_path / "dataset").waiting() == []


def test_nothing_of_an_ad_but_the_clause_is_in_any_public_file(engine: Engine, tmp_path: Path) -> None:
    canaries: dict[str, Any] = {
        "company": "上海金丝雀科技有限公司",
        "title": "金丝雀标题",
        "text": "金丝雀正文，电话13812345678，须持有会计从业资格证",
        "url": "https://board.example/canary?uid=13812345678",
        "source_ad_id": "canary-13812345678",
        "city": "上海金丝雀路1号",
        "salary": "金丝雀薪资",
        "raw_sha256": "c" * 64,
        "evidence": (Shown(capture="e" * 32, locator="金丝雀表.xlsx:Sheet1!3"),),
    }
    said = {"quote": "会计证", "text": "上海金丝雀科技招聘，见 https://canary.example/x 须有会计证"}
    folders = Folders(tmp_path / "dataset")
    add(engine, violation(1, said=said, **canaries), violation(2, **canaries | {"source_ad_id": "A2"}))
    release(folders, built(engine, folders.public).version, LATER)
    with transaction(engine) as session:
        erase(
            session, "erased_ad", violation(2).ad.ad_id, Decision(actor="金丝雀", why="金丝雀", at=WEDNESDAY)
        )
    version = release(folders, built(engine, folders.public).version, LATER).folder
    everything = "\n".join(readable(file) for file in folders.public.rglob("*") if file.is_file())
    assert '{"op":"DEL","key":{"ad":' in everything
    assert "<h2>预览</h2>" in everything
    for word in ("金丝雀", "13812345678", "canary", "c" * 64, "e" * 32, "board.example"):
        assert word not in everything
    assert "［单位］招聘，见 ［网址］ 须有会计证" in everything
    assert list(problems(version)) == []


@pytest.mark.parametrize(
    ("text", "employer", "published"),
    [
        ("北京某某健身有限公司诚聘", "北京某某健身有限公司", "［单位］诚聘"),
        ("加入某某健身，须有证", "某某健身股份有限公司北京分公司", "加入［单位］，须有证"),
        ("须有证", "", "须有证"),
        ("甲级证书", "甲公司", "甲级证书"),
    ],
)
def test_the_employers_name_is_taken_out(text: str, employer: str, published: str) -> None:
    assert without_employer(text, employer) == published


def test_pseudonyms_are_keyed_and_stable() -> None:
    assert pseudonym(KEY, "e1") == pseudonym(KEY, "e1")
    assert pseudonym(KEY, "e1") != pseudonym(b"another" * 5, "e1")
    assert pseudonym(KEY, "e1") != pseudonym(KEY, "e2")
    assert pseudonym(KEY, None) is None


def test_the_key_is_made_once_and_for_us_alone(tmp_path: Path) -> None:
    file = tmp_path / "home" / "pseudonym.key"
    assert key_at(file, fresh=b"a" * 32) == b"a" * 32
    assert key_at(file, fresh=b"b" * 32) == b"a" * 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["pseudonym.key"]


def test_a_key_file_that_cannot_be_trusted_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pseudonym.key"
    key_at(file, fresh=b"a" * 32)
    file.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        key_at(file, fresh=b"b" * 32)
    file.chmod(0o600)
    for content in ("", "abcd", "no hexadecimal"):
        file.write_text(content)
        with pytest.raises(KeyFileError, match="restore it from your backup"):
            key_at(file, fresh=b"b" * 32)


@pytest.mark.parametrize(
    ("company", "poster", "named"),
    [
        ("上海测试健身有限公司", "private", True),
        ("上海测试健身有限公司", "unknown", True),
        ("某市测试医院", "public", True),
        ("张三小吃店", "unknown", False),
        ("张三公司门口小吃店", "individual", False),
    ],
)
def test_an_employer_is_named_when_all_is_over_and_it_is_no_person(
    engine: Engine, tmp_path: Path, company: str, poster: str, *, named: bool
) -> None:
    add(engine, violation(1, company=company, poster=poster), violation(2, company="别处有限公司"))
    with transaction(engine) as session:
        mine = select(Clue.id).where(Clue.ad_id == violation(1).ad.ad_id).scalar_subquery()
        session.execute(update(Clue).where(Clue.id == mine).values(human_verdict="confirmed"))

    def names(*, allowed: bool) -> set[str | None]:
        version = built(engine, tmp_path / "dataset", named=allowed).folder
        return {row["employer_name"] for row in json_rows(version, "clues")}

    assert names(allowed=True) == {None}, "the case is not closed"
    with transaction(engine) as session:
        session.execute(update(Case).values(status="closed"))
    assert names(allowed=True) == {None, company} if named else {None}
    assert names(allowed=False) == {None}
