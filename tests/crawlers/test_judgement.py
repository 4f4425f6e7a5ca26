"""How a run is judged: the bounds of a board's file, the last good runs, and what is too small to judge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.expect import Expect
from crawlers.judgement import broken, falls
from store.run_profiles import Profile


def profile(ads: int = 100, *, accepted: int = 10, postings: int = 100, **counted: int) -> Profile:
    """A run whose postings have all their fields, but for those that `counted` names."""
    rejected = counted.pop("rejected", 0)
    filled = dict.fromkeys(("title", "text", "company"), postings) | counted
    return Profile(ads=ads, accepted=accepted, postings=postings, rejected=rejected, filled=filled)


BEFORE = (profile(), profile(accepted=40))


@pytest.mark.parametrize(
    ("expect", "run", "named"),
    [
        (Expect(), profile(), ""),
        (Expect(min_ads=101), profile(), "min_ads"),
        (Expect(max_ads=99), profile(), "max_ads"),
        (Expect(), profile(1001), "max_growth"),
        (Expect(), profile(1000), ""),
        (Expect(max_growth=2), profile(201), "max_growth"),
        (Expect(), profile(accepted=401), "max_growth"),
        (Expect(), profile(accepted=400), ""),
        (Expect(), profile(49), "max_shrink"),
        (Expect(), profile(50), ""),
        (Expect(max_shrink=1), profile(1), ""),
        (Expect(), profile(rejected=101), "max_rejected"),
        (Expect(max_rejected=0.6), profile(rejected=101), ""),
        (Expect(), profile(title=49), "fill"),
        (Expect(fill={"title": 0.1}), profile(title=49), ""),
        (Expect(fill={"company": 0.9}), profile(company=89), "fill"),
        (Expect(fill={"company": 0.9}), profile(postings=19, company=0), ""),
    ],
)
def test_bounds(expect: Expect, run: Profile, named: str) -> None:
    faults = broken(expect, run, BEFORE, entire=True)
    assert [fault.rpartition("(")[2].rstrip(")") for fault in faults] == ([named] if named else [])


def test_what_is_missing_counts_in_whole_complete_runs_only() -> None:
    assert not broken(Expect(min_ads=50), profile(1), BEFORE, entire=False)
    assert len(broken(Expect(min_ads=50), profile(1), BEFORE, entire=True)) == 2


def test_small_boards_may_grow_and_shrink_as_they_like() -> None:
    small = (profile(10, accepted=0),)
    assert not broken(Expect(), profile(200, accepted=200), small, entire=True)
    assert broken(Expect(), profile(201, accepted=200), small, entire=True)
    assert not broken(Expect(), profile(0), small, entire=True)


def test_the_first_run_is_judged_by_its_bounds_alone() -> None:
    assert not broken(Expect(), profile(100_000, accepted=100_000), (), entire=True)


def test_a_field_that_is_filled_less_than_before_is_named() -> None:
    before = [profile(company=95), profile(company=90), profile(company=10)]
    assert falls(Expect(), profile(company=69), before) == [
        "company is filled in 69% of the postings, 90% before"
    ]
    assert not falls(Expect(), profile(company=71), before)
    assert not falls(Expect(fill={"company": 0.5}), profile(company=69), before)
    assert not falls(Expect(), profile(postings=19, company=0), before)
    assert not falls(Expect(), profile(company=0), [])


counts = st.integers(0, 5000)


@given(counts, counts, counts)
def test_a_run_like_the_one_before_is_never_held(ads: int, accepted: int, postings: int) -> None:
    same = profile(ads, accepted=accepted, postings=postings)
    assert not broken(Expect(), same, [same], entire=True)
    assert not falls(Expect(), same, [same])
