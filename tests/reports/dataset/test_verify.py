import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from reports.dataset import lines
from reports.dataset.fields import Field, Table
from reports.dataset.lines import json_line, read_lines, sha256
from reports.dataset.verify import problems
from tests.recorded import add, violation
from tests.reports.dataset.making import built


def test_verify_finds_what_was_changed(engine: Engine, tmp_path: Path) -> None:
    add(engine, violation(1), violation(2))
    version = built(engine, tmp_path / "dataset").folder

    def found(change: Callable[[Path], object]) -> str:
        copy = tmp_path / "copy" / version.name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(version, copy)
        for path in copy.iterdir():
            path.chmod(0o644)
        change(copy)
        return "\n".join(problems(copy))

    def edit(name: str, old: str, new: str) -> Callable[[Path], object]:
        return lambda copy: (copy / name).write_text((copy / name).read_text().replace(old, new, 1))

    def header(copy: Path) -> bytes:
        return (copy / "ads.csv").read_bytes().splitlines(keepends=True)[0]

    def turned(copy: Path) -> None:
        lines = (copy / "clues.jsonl").read_text().splitlines(keepends=True)
        (copy / "clues.jsonl").write_text("".join(reversed(lines)))

    assert found(lambda _: None) == ""
    assert "README.md: is missing" in found(lambda copy: (copy / "README.md").unlink())
    assert "extra: is not in the manifest" in found(lambda copy: (copy / "extra").touch())
    assert "clues.jsonl: SHA-256 differs" in found(edit("clues.jsonl", "orange", "red"))
    assert "field severity: 'blue' is none of" in found(edit("clues.jsonl", "orange", "blue"))
    assert "clues.csv: row 1 differs from line 1 of clues.jsonl" in found(edit("clues.csv", "orange", "red"))
    assert "ads.csv: row 1 differs" in found(lambda copy: (copy / "ads.csv").write_bytes(header(copy)))
    assert "blocks.csv: does not follow" in found(edit("blocks.csv", "clues,", "clues,1"))
    assert "blocks.csv: SHA-256 differs" in found(edit("blocks.csv", "clues,", "clues,1"))
    assert "ads.parquet: " in found(lambda copy: (copy / "ads.parquet").write_bytes(b"PAR1"))
    assert "clues.jsonl:2: " in found(turned)
    assert "does not follow from the files" in found(
        edit("manifest.json", sha256(version / "ads.csv"), "0" * 64)
    )
    assert "manifest.json: cannot be read" in found(lambda copy: (copy / "manifest.json").write_text("{"))


NAMED = Table(
    name="named", en="", zh="", key=("name",),
    fields=(Field(name="name", type="text", en="", zh="", example=""),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{", "Expecting"),
        (b'["name"]\n', "list indices"),
        (b'{"name": "n7"}\n', "is not written the way"),
        (b'{"name":"n6","name":"n7"}\n', "is not written the way"),
        (b'{"name":"a"}\n', "does not come after"),
        (b'{"name":7}\n', "is no text"),
        (b'{"other":"n7"}\n', "fields differ"),
        (b'{"name":"13912345678"}\n', "a mobile number"),
    ],
)
def test_of_rows_that_are_read_together_the_wrong_one_is_found(
    tmp_path: Path, line: bytes, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BATCH", 3)
    told = [json_line({"name": f"n{number}"}) for number in range(9)]
    told[7] = line
    (tmp_path / "named.jsonl").write_bytes(b"".join(told))
    rows = read_lines(tmp_path / "named.jsonl", NAMED)
    assert [next(rows)["name"] for _ in range(7)] == [f"n{number}" for number in range(7)]
    with pytest.raises((ValueError, TypeError), match=problem):
        next(rows)
