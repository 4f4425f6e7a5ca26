"""Weekly counts in slices: what they leave empty cannot be told from each other."""

from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from events.types import CheckedAd
from reports.dataset.weekly import COUNTS, SMALL, WeeklyCounts
from tests.factory import checked_ad, job_ad, mention
from tests.recorded import add, violation
from tests.reports.dataset.making import OCCUPATIONS, built, json_rows

TOLD = (*COUNTS, "suppressed")
ADS = st.lists(
    st.tuples(
        st.sampled_from(["110105", "310115", "440305", None]),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["accounting", "cook", None]),
        st.sampled_from(["violation", "advisory", "none"]),
        st.integers(1, 12),
    ),
    max_size=12,
)


def of_post(number: int, occupation: str, *, unlawful: bool = False) -> CheckedAd:
    return checked_ad(job_ad(number), *([mention()] if unlawful else []), occupation=occupation)


def test_small_counts_are_left_empty_and_so_is_what_tells_them(engine: Engine, tmp_path: Path) -> None:
    add(
        engine,
        *(violation(number, division="110105") for number in range(4)),
        *(violation(number, division="440305") for number in range(10, 15)),
        *(checked_ad(job_ad(number, division="440303")) for number in range(20, 25)),
        *(violation(number, division="310115") for number in range(30, 33)),
        *(checked_ad(job_ad(number, division="310115")) for number in range(40, 50)),
    )
    rows = json_rows(built(engine, tmp_path / "dataset").folder, "weekly")
    assert {row["province"]: [row[name] for name in TOLD] for row in rows} == {
        "北京市": [None, None, None, None, True],
        # Its ten are left empty because the four of 北京市 could be told from the ads of the week.
        "广东省": [None, 5, 0, 5, True],
        "上海市": [13, None, 0, None, True],
    }


def test_ads_and_clues_are_counted_by_the_post_of_the_title(engine: Engine, tmp_path: Path) -> None:
    add(
        engine,
        *(of_post(number, "accounting", unlawful=True) for number in range(6)),
        *(of_post(number, "accounting") for number in range(10, 20)),
        *(of_post(number, "cook") for number in range(30, 38)),
        *(of_post(number, "") for number in range(40, 45)),
        *(of_post(number, "since-gone") for number in range(50, 56)),
    )
    version = built(engine, tmp_path / "dataset").folder
    rows = json_rows(version, "weekly_occupations")
    assert [[row[name] for name in ("occupation", "occupation_name", *TOLD)] for row in rows] == [
        [None, None, 5, 0, 0, 0, False],
        ["accounting", "会计、财务", 16, 6, 0, 6, False],
        ["cook", "厨师", 8, 0, 0, 0, False],
        ["since-gone", None, 6, 0, 0, 0, False],
    ]
    named = Counter(row["occupation"] for row in json_rows(version, "ads"))
    assert named == {None: 5, "accounting": 16, "cook": 8, "since-gone": 6}
    assert {row["occupation"] for row in json_rows(version, "clues")} == {"accounting"}


def counted(ads: list[tuple[str | None, str, str | None, str, int]]) -> WeeklyCounts:
    counts = WeeklyCounts()
    for division, source, occupation, verdict, many in ads:
        row = {"week": "2026-W47", "division": division, "source": source, "occupation": occupation}
        for _ in range(many):
            counts.add_ad(row | {"verdict": verdict})
            if verdict == "violation":
                counts.add_clue(row)
    return counts


@given(ads=ADS, name=st.sampled_from(["ads", "ads_violation", "clues"]))
def test_who_knows_the_total_of_a_week_learns_no_small_count(
    ads: list[tuple[str | None, str, str | None, str, int]], name: str
) -> None:
    places: Counter[Any] = Counter()
    posts: Counter[Any] = Counter()
    for division, source, occupation, verdict, many in ads:
        if name == "ads" or verdict == "violation":
            places[division and f"{division[:2]}0000", source] += many
            posts[occupation] += many
    found = counted(ads)
    by_place = {(row["province_code"], row["source"]): row[name] for row in found.by_place()}
    by_post = {row["occupation"]: row[name] for row in found.by_occupation(OCCUPATIONS)}
    for told, exact in ((by_place, places), (by_post, posts)):
        assert all(count in {None, exact[key]} for key, count in told.items())
        lost = [exact[key] for key, count in told.items() if count is None and exact[key]]
        assert not lost or (len(lost) > 1 and sum(lost) >= SMALL) or not any(told.values())
