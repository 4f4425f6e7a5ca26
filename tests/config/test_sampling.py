"""The random sample of cases: the same for everybody; that of a place holds what the nation drew of it."""

import random

from hypothesis import given
from hypothesis import strategies as st

from config.sampling import SIZE, sample

NUMBERS = st.lists(st.integers(1, 10**6).map("QD-330100-2026-{:06}".format), unique=True, max_size=3 * SIZE)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_the_order_in_which_cases_come_is_nothing_to_the_sample(
    numbers: list[str], order: random.Random
) -> None:
    shuffled = order.sample(numbers, len(numbers))
    assert sample(shuffled) == sample(numbers)
    assert len(sample(numbers)) == min(SIZE, len(numbers))


@given(NUMBERS, st.data())
def test_what_is_drawn_of_the_whole_is_drawn_of_its_part(numbers: list[str], data: st.DataObject) -> None:
    part = {number for number in numbers if data.draw(st.booleans())}
    assert set(sample(numbers)) & part <= set(sample(part))


def test_no_part_of_the_week_is_favoured() -> None:
    numbers = [f"QD-{place}-2026-{number:06}" for place in (110000, 330100) for number in range(5_000)]
    drawn = [numbers.index(number) for number in sample(numbers)]
    quarters = [sum(low <= at < low + 2_500 for at in drawn) for low in range(0, 10_000, 2_500)]
    assert sum(quarters) == SIZE
    assert all(12 <= quarter <= 40 for quarter in quarters)
