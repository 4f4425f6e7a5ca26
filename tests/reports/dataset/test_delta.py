import json
from collections.abc import Iterable
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.dataset import blocks, delta
from reports.dataset.blocks import Span, differing, read_blocks, write_blocks
from reports.dataset.delta import Part, changes, write_delta
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


def written(folder: Path, rows: Rows, *, with_blocks: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(rows.items(), key=lambda row: (row[0][0], row[0][1] or ""))
    lines = [json_line({"week": week, "place": place, "count": n}) for (week, place), n in ordered]
    (folder / "cells.jsonl").write_bytes(b"".join(lines))
    if with_blocks:
        write_blocks(folder, [TABLE])
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


@given(
    before=ROWS,
    after=ROWS,
    at_once=st.sampled_from((1, 7, 30, 60, 4096)),
    rows_of_a_block=st.sampled_from((None, 1, 2, 3, 256)),
)
def test_a_version_and_its_delta_are_the_next_version(
    tmp_path_factory: pytest.TempPathFactory,
    before: Rows,
    after: Rows,
    at_once: int,
    rows_of_a_block: int | None,
) -> None:
    """None for an older version, which has no digests of blocks."""
    folder = tmp_path_factory.mktemp("delta")
    with pytest.MonkeyPatch.context() as patch:
        # A line has some 35 bytes: at once are compared a part of one, one, or all.
        patch.setattr(delta, "FEWEST", at_once)
        patch.setattr(delta, "MOST", 2 * at_once)
        patch.setattr(blocks, "ROWS", rows_of_a_block or 1)
        known = rows_of_a_block is not None
        old, new = written(folder / "old", before, with_blocks=known), written(folder / "new", after)
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


class Counted(BytesIO):
    """A file that counts the lines asked of it one by one."""

    lines = 0

    def readline(self, size: int | None = -1, /) -> bytes:
        self.lines += 1
        return super().readline(size)


def many(changed: int) -> tuple[Rows, Rows]:
    rows: Rows = {("a", f"{number:05}"): number for number in range(5_000)}
    return rows, rows | dict.fromkeys(list(rows)[7::25][:changed], -1)


@pytest.mark.parametrize("changed", [0, 2, 200])
def test_lines_that_both_have_are_not_read_one_by_one(tmp_path: Path, changed: int) -> None:
    old, new = (
        Counted((written(tmp_path / str(name), said) / "cells.jsonl").read_bytes())
        for name, said in enumerate(many(changed))
    )
    old_part, new_part = (Part(file, Span(0, len(file.getbuffer()))) for file in (old, new))
    assert [change.op for change in changes(TABLE, old_part, new_part)] == ["MOD"] * changed
    assert old.lines == new.lines <= changed + 1


def lengths(found: Iterable[Span]) -> int:
    return sum(span.end - span.start for span in found)


@pytest.mark.parametrize("changed", [0, 1, 4])
def test_only_blocks_that_differ_are_read(
    tmp_path: Path, changed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "ROWS", 32)
    before, after = many(changed)
    del after["a", "04000"]
    old, new = written(tmp_path / "old", before), written(tmp_path / "new", after)
    spans = list(differing(read_blocks(old, TABLE), read_blocks(new, TABLE)))
    assert 1 <= len(spans) <= changed + 1
    assert lengths(here for here, _ in spans) < (old / "cells.jsonl").stat().st_size * (changed + 1) / 30
    assert list(differing(read_blocks(old, TABLE), read_blocks(old, TABLE))) == []


def test_a_row_more_moves_no_border_but_those_of_its_block() -> None:
    lines = [json_line({"number": number}) for number in range(5_000)]
    known = list(blocks.blocks(lines))
    assert 10 <= len(known) <= 40
    for place in (0, 1, 2_500, 5_000):
        other = list(blocks.blocks([*lines[:place], json_line({"more": place}), *lines[place:]]))
        assert len(set(known) - set(other)) <= 1
        assert len(set(other) - set(known)) <= 2
    assert sum(block.bytes for block in known) == len(b"".join(lines))
    assert list(blocks.blocks([])) == []


def test_the_changes_stand_in_the_order_of_their_keys(tmp_path: Path) -> None:
    old = written(tmp_path / "old", {("a", "x"): 1, ("c", None): 1})
    new = written(tmp_path / "new", {("a", None): 1, ("b", "x"): 1})
    write_delta(old, new, TABLE, tmp_path)
    told = [json.loads(line) for line in (tmp_path / "cells.delta.jsonl").read_text("utf-8").splitlines()]
    keys = [(row["week"], row["place"] or "") for row in (each.get("row") or each["key"] for each in told)]
    assert [each["op"] for each in told] == ["ADD", "DEL", "ADD", "DEL"]
    assert all(first < second for first, second in pairwise(keys))
