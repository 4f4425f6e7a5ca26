"""Sentences of several papers: which cue governs which of them."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.nlp.reading import read

LINES: Final = (Path(__file__).parent / "several.tsv").read_text(encoding="utf-8").splitlines()
MARK: Final = re.compile("⟦(.+?)=([a-z_]+)⟧")


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("#")])
def test_each_paper_has_its_own_cue(line: str) -> None:
    mentions = read(MARK.sub(r"\1", line)).mentions
    removed = 0
    for mark in MARK.finditer(line):
        start = mark.start() - removed
        said = [mention.strength for mention in mentions if mention.start <= start < mention.end]
        assert said == [mark[2]], mark[1]
        removed += len(mark[0]) - len(mark[1])
