"""The arithmetic of the report: rates with their uncertainty, shares, comparisons with the period before."""

from dataclasses import dataclass
from typing import Final

from config import wilson

MINIMUM_ADS: Final = 30
"""Fewer ads than this carry no rate: one clue more or less would move it by over 300 per 10,000."""
MINIMUM_BASE: Final = 20
"""A change is given in per cent only above this base; below it the percentage says less than the numbers."""

MANY_TIMES: Final = 10
"""From so many times the period before on, a percentage is hard to read; then the multiple is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Ads with a clue per 10,000 ads, with the 95 % Wilson interval."""

    per_10000: float
    low: float
    high: float


def rate(hits: int, ads: int) -> Rate | None:
    """`hits` of `ads` per 10,000 with the Wilson interval; None below the minimum sample.

    Raises:
        ValueError: more hits than ads; the two were counted over different things.
    """
    if hits > ads:
        raise ValueError(f"{hits} ads with a clue among {ads} ads")
    if ads < MINIMUM_ADS:
        return None
    low, high = wilson.interval(hits, ads)
    return Rate(per_10000=hits / ads * 10_000, low=low * 10_000, high=high * 10_000)


def share(part: int, whole: int) -> float:
    """`part` of `whole` in per cent; 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def change(now: int, before: int, unit: str, *, comparable: bool) -> str:
    """How `now` compares with the period before, in words; not `comparable` without data of it."""
    if not comparable:
        return "上期未采集，不作比较"
    difference = now - before
    if difference == 0:
        return "与上期持平"
    word = "增加" if difference > 0 else "减少"
    return f"较上期{word} {abs(difference):,} {unit}{_relative(now, before)}"


def _relative(now: int, before: int) -> str:
    if before < MINIMUM_BASE:
        return ""
    if now >= MANY_TIMES * before:
        return f"（为上期的 {now / before:,.0f} 倍）"
    return f"（{abs(now - before) / before:.1%}）"
