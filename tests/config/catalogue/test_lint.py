import shutil
from pathlib import Path

import pytest

from config import policy, reading
from config.catalogue import lint
from config.catalogue.loader import FOLDER, load


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(FOLDER, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )


def test_lint_finds_an_alias_that_would_swallow_a_cue(copy: Path) -> None:
    with (copy / "aliases.tsv").open("a", encoding="utf-8") as file:
        file.write("茶艺师证优先\tP01\tname\town\n")
    assert any(
        "茶艺师证优先" in problem
        for problem in lint.problems(load(copy), reading.shipped(), policy.shipped())
    )
