"""What ads say around a paper, for papers of every kind: each frame ties each of them to the job alike.

frames.tsv holds the frames: `{}` is a paper with its noun, `{*}` a person whom a qualification makes, named
without one; `none` says that the person is meant.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.nlp.reading import read

PAPERS: Final = (
    "税务师证书",
    "育婴员证",
    "心理咨询师资格证",
    "施工员证",
    "一级建造师证",
    "区块链应用操作员证",
    "护士执业证",
)
PERSONS: Final = ("税务师", "经济师", "心理咨询师", "公共营养师", "人力资源管理师")
LINES: Final = (Path(__file__).parent / "frames.tsv").read_text(encoding="utf-8").splitlines()
FRAMES: Final = [tuple(line.split("\t")) for line in LINES[1:] if not line.startswith("#")]


def tied(frame: str, slot: str, name: str) -> str:
    """How the ad ties `name` to the job; `none` where it is no paper."""
    text = frame.replace("\\n", "\n")
    start = text.index(slot)
    end = start + len(name)
    mentions = read(text.replace(slot, name)).mentions
    found = [each for each in mentions if each.start < end and each.end > start]
    assert len(found) <= 1, [each.quote for each in found]
    return found[0].strength if found else "none"


@pytest.mark.parametrize(("want", "frame"), FRAMES)
def test_a_frame_ties_every_paper_alike(want: str, frame: str) -> None:
    slot, names = ("{*}", PERSONS) if "{*}" in frame else ("{}", PAPERS)
    assert {name: tied(frame, slot, name) for name in names} == dict.fromkeys(names, want)
