"""Made-up ads of every trade: what is asked for, of what kind, and how firmly.

trades.tsv holds one ad a row: its title, its text, the mentions of the text in order
(`words=kind/strength`), and in `needs` what the reader lacks where it reads the ad wrongly today:
to be struck once it reads the ad right.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.nlp.reading import read

ROWS: Final = [
    line.split("\t")
    for line in (Path(__file__).parent / "trades.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
CASES: Final = [
    pytest.param(
        *row[:3],
        id=f"{number}-{row[0]}",
        marks=[pytest.mark.xfail(strict=True, raises=AssertionError, reason=row[3])] if row[3] else [],
    )
    for number, row in enumerate(ROWS, start=2)
]


@pytest.mark.parametrize(("title", "text", "mentions"), CASES)
def test_an_ad_of_the_trade(title: str, text: str, mentions: str) -> None:
    said = [
        f"{mention.quote}={mention.kind}/{mention.strength}"
        for mention in read(text, title=title).mentions
        if mention.field == "text"
    ]
    assert ", ".join(said) == mentions


def test_every_trade_is_a_case_of_its_own() -> None:
    assert len({tuple(row[:2]) for row in ROWS}) == len(ROWS) > 150
