from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, LargeBinary, MetaData, Table
from sqlalchemy.exc import DataError

from store.copy_text import copy_text
from store.models import Ad, Employer, Release
from tests.factory import WEDNESDAY

MEANING = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def written(model: Any, *rows: dict[str, Any]) -> str:
    return "".join(copy_text(model.__table__, rows))


def read(text: str) -> list[list[str | None]]:
    """What COPY makes of `text`, by the description in PostgreSQL's manual."""
    return [[_value(field) for field in line.split("\t")] for line in text.split("\n")[:-1]]


def _value(field: str) -> str | None:
    if field == "\\N":
        return None
    parts = iter(field)
    return "".join(MEANING[char + next(parts)] if char == "\\" else char for char in parts)


@given(
    st.lists(
        st.tuples(st.text(st.sampled_from("\\\t\r\nN证a\u2028"), max_size=8), st.none() | st.text("\\N")),
        min_size=1,
        max_size=600,
    )
)
def test_whatever_is_written_is_read_again(pairs: list[tuple[str, str | None]]) -> None:
    rows = [{"name": name, "poster": poster} for name, poster in pairs]
    assert read(written(Employer, *rows)) == [list(pair) for pair in pairs]


def test_days_moments_numbers_and_lists_are_written_as_postgresql_reads_them() -> None:
    ad = {"posted": date(2026, 1, 2), "first_seen": datetime(2026, 1, 2, 3, 4, tzinfo=UTC)}
    assert written(Ad, ad, {"posted": None, "first_seen": WEDNESDAY}) == (
        f"2026-01-02\t2026-01-02T03:04:00Z\n\\N\t{WEDNESDAY.isoformat()}\n"
    )
    assert read(written(Release, {"problems": ["a\n"], "since": None})) == [['["a\\n"]', None]]
    assert read(written(Release, {"problems": None, "since": None})) == [["null", None]]


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        written(Ad, {"first_seen": None}, {"first_seen": datetime(2026, 1, 2)})  # noqa: DTZ001 - refused


def test_a_text_with_nul_is_refused_as_the_server_would() -> None:
    with pytest.raises(DataError, match="NUL"):
        written(Employer, {"name": "甲\0乙"})


def test_a_type_that_is_not_provided_for_is_refused() -> None:
    table = Table("files", MetaData(), Column("content", LargeBinary))
    with pytest.raises(TypeError, match="LargeBinary"):
        list(copy_text(table, [{"content": b""}]))
