"""Marking evidence in an ad's words."""

from hypothesis import given
from hypothesis import strategies as st

from reports.console.passages import pieces

PLACES = st.integers(min_value=0, max_value=30)


@given(st.text(max_size=20), PLACES, PLACES, PLACES, PLACES)
def test_the_pieces_are_the_text_whatever_the_places(text: str, a: int, b: int, c: int, d: int) -> None:
    assert "".join(piece.text for piece in pieces(text, (a, b), (c, d))) == text


@given(st.text(max_size=10), st.text(max_size=5), st.text(min_size=1, max_size=5), st.text(max_size=5))
def test_the_quote_and_its_clause_are_marked(before: str, head: str, quote: str, tail: str) -> None:
    start = len(before) + len(head)
    clause = len(before), start + len(quote) + len(tail)
    found = pieces(before + head + quote + tail + "其余", clause, (start, start + len(quote)))
    assert "".join(piece.text for piece in found if piece.is_quote) == quote
    assert "".join(piece.text for piece in found if piece.in_clause) == head + quote + tail
