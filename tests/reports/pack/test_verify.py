"""A pack that was changed in any way is found out, and what was changed is named."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.pack.archive import SUMS, File, write, write_plain
from reports.pack.verify import problems
from tests.reports.pack.conftest import NUMBER

Contents = dict[str, bytes]


def contents(file: Path) -> Contents:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put(file: Path, files: Contents) -> None:
    with file.open("wb") as target:
        write_plain(target, [File.of(name, data) for name, data in files.items()])


def forge(file: Path, files: Contents) -> None:
    """A pack with a list of hashes that fits."""
    inner = {name.removeprefix(f"{NUMBER}/"): data for name, data in files.items()}
    inner.pop(SUMS)
    with file.open("wb") as target:
        write(target, [File.of(name, data) for name, data in inner.items()], folder=NUMBER)


def test_a_whole_pack_has_no_problem(file: Path) -> None:
    assert list(problems(file)) == []
    forge(file, contents(file))
    assert list(problems(file)) == [], "the same files make the same pack"


def test_every_file_is_missed_by_name_and_every_change_in_it_is_told(file: Path) -> None:
    whole = contents(file)
    for name, data in whole.items():
        put(file, {each: bytes_ for each, bytes_ in whole.items() if each != name})
        assert any(name.rpartition("/")[2] in problem for problem in problems(file)), name
        put(file, whole | {name: bytes([data[0] ^ 1]) + data[1:]})
        found = list(problems(file))
        assert found, name
        if not name.endswith(SUMS):
            assert found == [f"{name}: SHA-256 differs from {SUMS}"]


@pytest.mark.parametrize("name", ["extra.txt", f"{NUMBER}/extra.txt", f"{NUMBER}/../up.txt"])
def test_an_added_file_is_named(file: Path, name: str) -> None:
    put(file, contents(file) | {name: b"more"})
    assert list(problems(file)) == [f"{name}: is not in {SUMS}"]


def test_a_file_that_is_there_twice_is_named(file: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"), ZipFile(file, "a") as archive:
        archive.writestr(f"{NUMBER}/case.json", "{}")
    assert f"{NUMBER}/case.json: is there 2 times" in list(problems(file))


def test_a_compressed_file_is_not_unpacked(file: Path) -> None:
    bomb = file.with_name("bomb.zip")
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{NUMBER}/{SUMS}", b"0" * 10_000_000)
    assert list(problems(bomb)) == [f"{NUMBER}/{SUMS}: is compressed, as no file of a pack is"]


def test_any_single_bit_and_any_tail_is_noticed(file: Path) -> None:
    whole = file.read_bytes()

    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    @given(place=st.integers(0, len(whole) - 1), bit=st.integers(0, 7))
    def flipped(place: int, bit: int) -> None:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        assert list(problems(file)) != []

    flipped()
    for other in (whole + b"x", b"x" + whole, whole[:-1], b"", b"no archive"):
        file.write_bytes(other)
        assert list(problems(file)) != []


def _edit(name: str, change: Callable[[str], str]) -> Callable[[Contents], Contents]:
    def edited(files: Contents) -> Contents:
        path = next(each for each in files if each.endswith(name))
        return files | {path: change(files[path].decode()).encode()}

    return edited


FORGERIES = {
    "does not stand in text.txt": _edit("/text.txt", lambda text: text.replace("须持有", "可持有")),
    "tells link": _edit("history.json", lambda text: text.replace("王初核", "孙初核")),
    "is not the link": _edit("chain/000000001.json", lambda text: text.replace("confirm", "dismiss")),
    "is not made as a pack is": _edit("history.json", lambda text: text.replace('"link"', '"chain"')),
    "its name is not its SHA-256": _edit(".bin", lambda text: text + " "),
}


@pytest.mark.parametrize("told", FORGERIES)
def test_a_forged_list_does_not_hide_that_files_contradict_each_other(file: Path, told: str) -> None:
    files = {name: data for name, data in contents(file).items() if not name.endswith(".bin")}
    item = b'{"a": 1}'
    files[f"{NUMBER}/originals/{hashlib.sha256(item).hexdigest()}.bin"] = item
    forge(file, files)
    assert list(problems(file)) == []
    forge(file, FORGERIES[told](files))
    assert any(told in problem for problem in problems(file))


def test_json_of_a_pack_is_for_programs_of_others_too(file: Path) -> None:
    for name, data in contents(file).items():
        if name.endswith(".json"):
            json.loads(data)
