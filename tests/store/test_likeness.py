from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.likeness import (
    ALIKE,
    BANDS,
    HASHES,
    SHORTEST,
    area,
    bands,
    core,
    fingerprint,
    jaccard,
    opposed,
    plain,
    shingles,
    signature,
)
from tests.factory import job_ad
from tests.postings import LONG, reworded

WORDS = st.text(st.characters(categories=["Lo", "Ll", "Nd"]), min_size=3, max_size=300)


def known_by(**given: Any) -> str:
    return fingerprint(job_ad(**{"text": LONG} | given)).id


@pytest.mark.parametrize(
    "copy",
    [
        {"text": LONG.replace("，", ", ").replace("。", "．\n")},
        {"text": f"  {LONG}  ***"},
        {"title": "会计（急聘）"},
        {"title": "双休 会 计 8-12K (J10126)"},
        {"company": "上海测试 有限公司"},
        {"division": "310115", "city": "浦东"},
        {"source": "other-board", "source_ad_id": "x", "salary": "8-12K"},
    ],
)
def test_copies_of_a_long_text_have_one_fingerprint(copy: dict[str, Any]) -> None:
    assert known_by(**copy) == known_by()


@pytest.mark.parametrize(
    "other",
    [
        {"company": "上海测试二店有限公司"},
        {"company": ""},
        {"company": "某知名公司"},
        {"title": "出纳"},
        {"division": "330106", "city": "杭州"},
        {"division": None},
        {"text": reworded(1)},
    ],
)
def test_another_employer_area_or_text_is_another_fingerprint(other: dict[str, Any]) -> None:
    assert known_by(**other) != known_by()


def test_a_short_text_is_known_by_its_title() -> None:
    short: dict[str, Any] = {"text": "须持会计证。"}
    assert known_by(**short) == known_by(text="五险一金，双休。") == known_by(**short, title="会 计")
    assert known_by(**short, title="出纳") != known_by(**short) != known_by()
    assert fingerprint(job_ad(**short)).known_by == "title"


def test_the_shortest_text_that_is_compared() -> None:
    assert fingerprint(job_ad(text="证" * SHORTEST)).known_by == "text"
    assert fingerprint(job_ad(text="证" * (SHORTEST - 1) + "。")).known_by == "title"


def test_without_an_employer_only_the_very_same_ad_in_one_place_is_one() -> None:
    nameless: dict[str, Any] = {"company": ""}
    assert known_by(**nameless, number=1) == known_by(**nameless, number=2)
    assert known_by(**nameless, title="出纳") != known_by(**nameless)
    assert known_by(**nameless, division="330100") != known_by(**nameless)
    assert known_by(**nameless, text="短", number=1) != known_by(**nameless, text="短", number=2)
    assert fingerprint(job_ad(company="", text=LONG)).known_by == "words"


@pytest.mark.parametrize(
    "public", [{"poster": "public"}, {"company": "测试市审计局"}, {"company": "测试县老干部中心（参公）"}]
)
def test_positions_of_public_bodies_are_one_only_when_equal(public: dict[str, Any]) -> None:
    assert fingerprint(job_ad(text=LONG, **public)).known_by == "words"
    assert known_by(**public) == known_by(**public, number=2)
    assert known_by(**public, title="出纳") != known_by(**public) != known_by(**public, text=reworded(1))


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("【急聘】Java 开发工程师（五险一金+双休）", "java开发工程师"),
        ("会计 4000+", "会计"),
        ("年薪20万 销售总监", "销售总监"),
        ("高薪", "高薪"),
        ("一级行政执法员（九）", "一级行政执法员九"),
        ("教师A", "教师a"),
        ("3D建模师", "3d建模师"),
        ("2025届毕业生", "2025届毕业生"),
    ],
)
def test_titles_without_what_changes_from_one_publication_to_the_next(title: str, left: str) -> None:
    assert core(title) == left


@pytest.mark.parametrize(
    ("code", "city", "found"),
    [
        ("330106", "西湖区", "330100"),
        ("330100", "杭州", "330100"),
        ("330000", "浙江", "330000"),
        ("310115", "浦东", "310000"),
        ("310000", "上海", "310000"),
        ("500103", "渝中", "500000"),
        ("429004", "仙桃", "429004"),
        ("000000", "全国", "全国"),
        (None, "某 地", "某地"),
        ("999999", "Mars", "mars"),
    ],
)
def test_areas(code: str | None, city: str, found: str) -> None:
    assert area(code, city) == found


@given(WORDS, WORDS)
def test_likeness_is_symmetric_and_a_share(one: str, other: str) -> None:
    likeness = jaccard(shingles(one), shingles(other))
    assert 0 <= likeness <= 1
    assert likeness == jaccard(shingles(other), shingles(one))
    assert jaccard(shingles(one), shingles(one)) == 1


@given(WORDS, WORDS)
def test_shingles_are_the_runs_of_three_characters(one: str, other: str) -> None:
    def runs(words: str) -> set[str]:
        return {words[start : start + 3] for start in range(len(words) - 2)}

    assert len(shingles(one)) == len(runs(one))
    shared, either = runs(one) & runs(other), runs(one) | runs(other)
    assert jaccard(shingles(one), shingles(other)) == len(shared) / len(either)


@given(WORDS)
def test_plain_is_stable(text: str) -> None:
    assert plain(plain(text)) == plain(text) == plain(f" {text}。")


@pytest.mark.parametrize("changed", [1, 3, 6, 12])
def test_signatures_agree_about_as_often_as_shingles_do(changed: int) -> None:
    runs = [shingles(plain(text)) for text in (LONG, reworded(changed))]
    estimate = float(np.mean(signature(runs[0]) == signature(runs[1])))
    # Four times the standard deviation of a share of 128.
    assert abs(estimate - jaccard(*runs)) < 4 * 0.5 / np.sqrt(HASHES)


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [("限男性", "限女性", True), ("限男性", "男女不限", False), ("限男性", "", False), ("", "", False)],
)
def test_men_alone_and_women_alone_are_two_positions(one: str, other: str, *, are: bool) -> None:
    assert opposed(one, other) is opposed(other, one) is are


def test_alike_texts_share_a_band_and_only_within_their_gate() -> None:
    one, other = plain(LONG), plain(reworded(1))
    assert ALIKE <= jaccard(shingles(one), shingles(other)) < 1
    assert set(bands("gate", one)) & set(bands("gate", other))
    assert not set(bands("gate", one)) & set(bands("another", one))


def test_bands_fit_a_signed_column_and_never_change() -> None:
    found = list(bands("gate", plain(LONG)))
    assert len(set(found)) == BANDS
    assert all(-(2**63) <= band < 2**63 for band in found)
    # Bands are kept in databases: other ones would find nothing there.
    assert (found[0], found[-1]) == (5611602869849408201, 2789374228871618905)
