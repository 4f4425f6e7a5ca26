"""Nobody but who has the key makes a link to sign, and none can be changed into another."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.sign_links import HOLDS, SignLink, read, sign_link, written
from tests.factory import WEDNESDAY

KEY = bytes(range(32))
LINK = sign_link("0f" * 16, "QD-330100-2026-000001", bureau="330100", planned_at=WEDNESDAY)
TEXT = written(LINK, KEY)


def test_a_link_is_read_as_it_was_written_and_holds_for_two_weeks() -> None:
    assert read(TEXT, KEY) == LINK
    assert timedelta(days=14) == HOLDS
    assert LINK.until == int(WEDNESDAY.timestamp()) + 14 * 24 * 3600
    assert read(TEXT, bytes(32)) is None


@pytest.mark.parametrize(
    "other",
    [
        SignLink(delivery="0e" * 16, case=LINK.case, bureau=LINK.bureau, until=LINK.until),
        SignLink(delivery=LINK.delivery, case="QD-330100-2026-000002", bureau=LINK.bureau, until=LINK.until),
        SignLink(delivery=LINK.delivery, case=LINK.case, bureau="330200", until=LINK.until),
        SignLink(delivery=LINK.delivery, case=LINK.case, bureau=LINK.bureau, until=LINK.until + 1),
    ],
)
def test_all_that_it_says_is_signed(other: SignLink) -> None:
    forged = written(other, b"\1" * 32).rpartition(".")[0] + "." + TEXT.rpartition(".")[2]
    assert read(forged, KEY) is None


@given(st.integers(0, len(TEXT) - 1), st.characters())
def test_no_other_character_will_do(place: int, char: str) -> None:
    changed = TEXT[:place] + char + TEXT[place + 1 :]
    assert (read(changed, KEY) == LINK) == (changed == TEXT)


@given(st.text())
def test_whatever_is_no_link_is_none(text: str) -> None:
    assert read(text, KEY) is None
