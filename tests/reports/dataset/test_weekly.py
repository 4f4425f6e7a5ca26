"""Weekly counts in slices: what they leave empty cannot be told from each other."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from events.types import CheckedAd
from reports.dataset.suppression import SMALL
from reports.dataset.verify import problems
from reports.dataset.weekly import COUNTS, TOGETHER, WeeklyCounts
from store.database import transaction
from store.intake import Outcome, finish_run, start_run
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add, violation
from tests.reports.dataset.making import OCCUPATIONS, built, json_rows

TOLD = (*COUNTS, "suppressed")
ADS = st.lists(
    st.tuples(
        st.sampled_from(["110105", "310115", "440305", None]),
        st.sampled_from(["a", "b", "c"]),
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


def ran(engine: Engine, source: str, counts: dict[str, int], *, days: int = 0, kind: str = "crawl") -> None:
    at = WEDNESDAY + timedelta(days=days)
    with transaction(engine) as session:
        run_id = start_run(session, kind=kind, source=source, now=at)
        if counts:
            outcome = Outcome("incomplete" if counts.get("lost") else "complete", counts)
            finish_run(session, run_id, outcome, now=at)


def test_what_was_seen_at_a_source_stands_beside_what_was_read(engine: Engine, tmp_path: Path) -> None:
    add(engine, *(violation(number, source="board-a") for number in range(9)))
    add(engine, *(violation(number, source="drop") for number in range(20, 26)))
    crawl = {"accepted": 12, "changed": 2, "duplicate": 1, "unchanged": 20, "rejected": 7, "lost": 0}
    ran(engine, "board-a", crawl)
    ran(engine, "board-a", crawl | {"accepted": 0, "changed": 0, "held": 5, "lost": 3, "rejected": 0}, days=1)
    ran(engine, "board-a", {}, days=2)  # goes on, or was killed
    ran(engine, "board-a", crawl, kind="recheck")
    ran(engine, "board-a", crawl, days=7)
    ran(engine, "unreached", {"accepted": 0, "lost": 4})
    version = built(engine, tmp_path / "dataset").folder
    assert [list(row.values()) for row in json_rows(version, "weekly_sources")] == [
        ["2026-W47", "board-a", 2, 1, 3, 12 + 21 + 26 - 0, 7, 10, 9, False],
        ["2026-W47", "drop", 0, 0, 0, None, None, None, 6, False],
        ["2026-W47", "unreached", 1, 0, 4, 0, 0, 0, 0, False],
    ]
    assert list(problems(version)) == []


def test_a_source_is_left_empty_with_another_where_its_count_is_small() -> None:
    ads = [
        ("110105", "a", None, "none", 3),
        ("110105", "b", None, "none", 20),
        ("440305", "c", None, "none", 9),
    ]
    counts = counted(ads)
    assert [[row[name] for name in ("source", *TOGETHER, "suppressed")] for row in counts.by_source()] == [
        ["a", None, None, None, True],
        ["b", 20, 20, 20, False],
        ["c", None, None, None, True],
    ]
    # Of c nothing is told by place either: with the ads of b, it would tell those of a.
    assert [(row["source"], row["ads"]) for row in counts.by_place()] == [("a", None), ("b", 20), ("c", None)]


Made = tuple[str | None, str, str | None, str, int]


def counted(ads: Sequence[Made]) -> WeeklyCounts:
    """What they come to, each source having been looked at once, with nothing but these."""
    counts = WeeklyCounts()
    for division, source, occupation, verdict, many in ads:
        row = {"week": "2026-W47", "division": division, "source": source, "occupation": occupation}
        for _ in range(many):
            counts.add_ad(row | {"verdict": verdict})
            if verdict == "violation":
                counts.add_clue(row)
        counts.add_run(row, {"runs": 1, "sightings": many, "ads_seen": many, "refused": many})
    return counts


@given(ads=ADS, name=st.sampled_from(["ads", "ads_violation", "clues"]))
def test_who_knows_the_total_of_a_week_learns_no_small_count(ads: list[Made], name: str) -> None:
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
        assert safe(lost) or not any(told.values())


def safe(lost: list[int]) -> bool:
    """Does the sum of `lost` tell none of them that is small?"""
    return not lost or (len(lost) > 1 and sum(lost) >= SMALL)


@given(ads=ADS)
def test_who_knows_the_totals_of_sources_and_of_the_week_learns_no_small_count(ads: list[Made]) -> None:
    places: Counter[Any] = Counter()
    sources: Counter[Any] = Counter()
    for division, source, _, _, many in ads:
        places[division and f"{division[:2]}0000", source] += many
        sources[source] += many
    found = counted(ads)
    by_place = {(row["province_code"], row["source"]): row["ads"] for row in found.by_place()}
    by_source = {row["source"]: row["ads"] for row in found.by_source()}
    assert all(count in {None, sources[key]} for key, count in by_source.items())
    assert all(
        [row[name] for name in (*TOGETHER, "refused")] == [row["ads"]] * 4 for row in found.by_source()
    )
    hidden = [source for source, count in by_source.items() if count is None]
    assert safe([sources[source] for source in hidden]) or not any(by_source.values())
    assert not {*by_place.values(), *by_source.values()} & set(range(1, SMALL))
    # A sum is known of each source that is told, and with the total of the week of all others together.
    for known in ([source] for source in by_source if source not in hidden):
        assert safe([places[key] for key in by_place if key[1] in known and by_place[key] is None])
    rest = [key for key in by_place if key[1] in hidden]
    lost = [places[key] for key in rest if by_place[key] is None]
    assert safe(lost) or not any([*by_place.values(), *by_source.values()])
