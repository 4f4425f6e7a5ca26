import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.dataset.delta import write_delta
from reports.dataset.fields import Field, Table
from reports.dataset.lines import json_line

TABLE = Table(
    name="cells", en="", zh="", key=("week", "place"),
    fields=(
        Field(name="week", type="text", en="", zh="", example=""),
        Field(name="place", type="text", en="", zh="", example="", nullable=True),
        Field(name="count", type="integer", en="", zh="", example=1),
    ),
)  # fmt: skip
Rows = dict[tuple[str, str | None], int]

ROWS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.sampled_from(("x", "甲", "😀")))),
    st.integers(0, 3),
)


def written(folder: Path, rows: Rows) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(rows.items(), key=lambda row: (row[0][0], row[0][1] or ""))
    lines = [json_line({"week": week, "place": place, "count": n}) for (week, place), n in ordered]
    (folder / "cells.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def applied(before: Rows, delta: Path) -> Rows:
    """`before` with the delta, by somebody who only knows how it is described."""
    rows = dict(before)
    for line in delta.read_text("utf-8").splitlines():
        change = json.loads(line)
        row = change.get("row") or change["key"]
        key = row["week"], row["place"]
        if change["op"] == "ADD":
            assert key not in rows
            rows[key] = row["count"]
        elif change["op"] == "MOD":
            assert rows[key] != row["count"]
            rows[key] = row["count"]
        else:
            assert (change["op"], row.keys()) == ("DEL", {"week", "place"})
            del rows[key]
    return rows


@given(before=ROWS, after=ROWS)
def test_a_version_and_its_delta_are_the_next_version(
    tmp_path_factory: pytest.TempPathFactory, before: Rows, after: Rows
) -> None:
    folder = tmp_path_factory.mktemp("delta")
    old, new = written(folder / "old", before), written(folder / "new", after)
    file, counts = write_delta(old, new, TABLE, folder)
    assert applied(before, folder / file.name) == after
    assert file.rows == sum(counts.values())
    assert counts["ADD"] - counts["DEL"] == len(after) - len(before)


def test_what_did_not_change_is_not_told(tmp_path: Path) -> None:
    rows: Rows = {("a", None): 1, ("a", "x"): 2, ("b", "x"): 3}
    old, new = written(tmp_path / "old", rows), written(tmp_path / "new", {**rows, ("a", "x"): 5})
    write_delta(old, new, TABLE, tmp_path)
    (line,) = (tmp_path / "cells.delta.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {"op": "MOD", "row": {"week": "a", "place": "x", "count": 5}}


def test_the_changes_stand_in_the_order_of_their_keys(tmp_path: Path) -> None:
    old = written(tmp_path / "old", {("a", "x"): 1, ("c", None): 1})
    new = written(tmp_path / "new", {("a", None): 1, ("b", "x"): 1})
    write_delta(old, new, TABLE, tmp_path)
    told = [json.loads(line) for line in (tmp_path / "cells.delta.jsonl").read_text("utf-8").splitlines()]
    keys = [(row["week"], row["place"] or "") for row in (each.get("row") or each["key"] for each in told)]
    assert [each["op"] for each in told] == ["ADD", "DEL", "ADD", "DEL"]
    assert all(first < second for first, second in pairwise(keys))
