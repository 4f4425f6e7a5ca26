"""How a run is judged: by what its board's file expects, and by the last good runs before it."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final, get_args

from crawlers.expect import Expect, Filled
from store.run_profiles import Profile

FEWEST: Final = 20
"""Of fewer postings and rejections no shares are judged: one page more or less would decide."""
BURST: Final = 200
"""Growth below so many ads is no burst, however small the board was before."""
STEADY: Final = 20
"""A board with fewer ads after its last good run may shrink as it likes."""
FALL: Final = 0.2
"""By how much the share of postings with a field may be below the last good runs."""

_FIELDS: Final[tuple[Filled, ...]] = get_args(Filled)


def broken(expect: Expect, run: Profile, earlier: Sequence[Profile], *, entire: bool) -> list[str]:
    """Which expectations `run` does not meet; `earlier` are the last good runs, the newest first.

    `entire`: the run was complete and saw all lists to their ends, so that what is missing is missing.
    """
    found = [*_too_many(expect, run, earlier), *_too_poor(expect, run)]
    return [*found, *_too_few(expect, run, earlier)] if entire else found


def _too_many(expect: Expect, run: Profile, earlier: Sequence[Profile]) -> Iterator[str]:
    if expect.max_ads is not None and run.ads > expect.max_ads:
        yield f"{run.ads:,} ads, and at most {expect.max_ads:,} are expected (max_ads)"
    if not earlier:
        return
    times = f"{expect.max_growth:g} times"
    if run.ads > max(expect.max_growth * earlier[0].ads, BURST):
        before = f"{earlier[0].ads:,}"
        yield f"{run.ads:,} ads, more than {times} those of the last good run, {before} (max_growth)"
    usual = max(each.accepted for each in earlier)
    if run.accepted > max(expect.max_growth * usual, BURST):
        yield (
            f"{run.accepted:,} new or changed ads, more than {times} those of the fullest of the last "
            f"{len(earlier)} good runs, {usual:,} (max_growth)"
        )


def _too_few(expect: Expect, run: Profile, earlier: Sequence[Profile]) -> Iterator[str]:
    if run.ads < expect.min_ads:
        yield f"{run.ads:,} ads, and at least {expect.min_ads:,} are expected (min_ads)"
    if earlier and earlier[0].ads >= STEADY and run.ads < (1 - expect.max_shrink) * earlier[0].ads:
        yield (
            f"{run.ads:,} ads, less than {1 - expect.max_shrink:.0%} of those of the last good run, "
            f"{earlier[0].ads:,} (max_shrink)"
        )


def _too_poor(expect: Expect, run: Profile) -> Iterator[str]:
    if run.postings + run.rejected >= FEWEST and run.rejected_rate > expect.max_rejected:
        yield (
            f"{run.rejected_rate:.0%} of what was read was rejected, and at most {expect.max_rejected:.0%} "
            "is expected (max_rejected)"
        )
    if run.postings < FEWEST:
        return
    for field in _FIELDS:
        if run.rate(field) < expect.least(field):
            yield (
                f"{field} is filled in {run.rate(field):.0%} of {run.postings:,} postings, and at least "
                f"{expect.least(field):.0%} is expected (fill)"
            )


def falls(expect: Expect, run: Profile, earlier: Sequence[Profile]) -> list[str]:
    """Fields filled less than in the last good runs, unless the board's file says how much is enough."""
    standard = [each for each in earlier if each.postings >= FEWEST]
    if run.postings < FEWEST or not standard:
        return []
    usual = {field: median(each.rate(field) for each in standard) for field in _FIELDS}
    return [
        f"{field} is filled in {run.rate(field):.0%} of the postings, {usual[field]:.0%} before"
        for field in _FIELDS
        if field not in expect.fill and run.rate(field) < usual[field] - FALL
    ]
