"""Ids are the same everywhere, and differ wherever the facts differ."""

import hashlib
import json
import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from config.settings import ROOT
from events.ids import ad_id, stable_id

Parts = list[str | int | None]
PARTS = st.lists(st.none() | st.integers() | st.text(max_size=8), max_size=5)


@given(PARTS, PARTS)
def test_ids_are_equal_exactly_if_the_parts_are(
    one: list[str | int | None], two: list[str | int | None]
) -> None:
    same = json.dumps(one) == json.dumps(two)
    assert (stable_id(*one) == stable_id(*two)) is same


@given(PARTS)
def test_an_id_is_the_hash_of_its_parts_as_json(parts: Parts) -> None:
    canonical = json.dumps(parts, separators=(",", ":"))
    assert stable_id(*parts) == hashlib.sha256(canonical.encode()).hexdigest()[:32]


@given(st.text(min_size=1, max_size=10), st.data())
def test_it_matters_where_one_part_ends(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text) - 1))
    assert stable_id(text) != stable_id(text[:cut], text[cut:])
    assert stable_id(text[:cut], text[cut:]) != stable_id(text[: cut + 1], text[cut + 1 :])


def test_a_number_is_not_its_digits_and_nothing_is_not_empty() -> None:
    assert len({stable_id(1), stable_id("1"), stable_id(None), stable_id(""), stable_id()}) == 5


def test_another_process_with_another_hash_seed_gets_the_same_ids() -> None:
    code = r"from events.ids import *; print(stable_id('清单', 7, None), ad_id('板', 'x\x00y'))"
    ids = {_run(code, seed) for seed in ("0", "1", "4294967295")}
    assert ids == {" ".join([stable_id("清单", 7, None), ad_id("板", "x\x00y")])}


def _run(code: str, seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": seed},
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def test_an_id_never_changes_from_one_release_to_the_next() -> None:
    # These are in databases and logs already: a change here doubles everything on the next replay.
    assert stable_id("job-ad", 1, "board", "1", "c") == "63ec0e562a679b10dd61ce0ec39cabfc"
    assert ad_id("board", "1") == "00b5b20e0c65fc57885e50467483d887"
