"""The house keeps its shape: names are ours, nothing squatted, no host or machine path in any file."""

import ast
import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.__main__ import COMMANDS, Commands
from config.settings import ROOT, Settings

ROOMS = ("cli", "config", "events", "nlp", "store", "crawlers", "consumers", "reports")
SQUATTED = re.compile(r"^(zh|en|xx|de|fr)[-_](core|dep)[-_]", re.IGNORECASE | re.MULTILINE)
FORBIDDEN = re.compile(
    "|".join(
        (
            r"py" + r"pi\.org",
            r"python" + r"hosted\.org",
            r"registry\." + r"npmjs",
            r"deb\." + r"debian\.org",
            r"repo1?\." + r"maven",
            r"/wo" + r"rk/",
            r"/ro" + r"ot/",
        )
    )
)


def tracked() -> list[Path]:
    """Every file that git knows, or would with the next `git add`."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_the_one_in_the_checkout(room: str) -> None:
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).is_relative_to(ROOT)


def test_no_installed_distribution_brings_a_room_of_the_same_name() -> None:
    provided = importlib.metadata.packages_distributions()
    assert {room: provided[room] for room in ROOMS if room in provided} == {}
    assert not set(ROOMS) & sys.stdlib_module_names


def test_no_squatted_model_is_required_or_installed() -> None:
    for path in ROOT.glob("requirements*"):
        assert not SQUATTED.search(path.read_text()), path.name
    names = [distribution.name for distribution in importlib.metadata.distributions()]
    assert [name for name in names if SQUATTED.match(name)] == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


def lengths_of_functions(source: str) -> list[int]:
    nodes = ast.walk(ast.parse(source))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(function.end_lineno or 0) - function.lineno + 1 for function in functions]


def test_files_and_functions_stay_readable() -> None:
    """At most 400 lines a file; half of all functions under 10 lines."""
    lengths: list[int] = []
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS:
            source = path.read_text(encoding="utf-8")
            assert source.count("\n") <= 400, path
            lengths += lengths_of_functions(source)
    assert sorted(lengths)[len(lengths) // 2] <= 10


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = [f"QINGDAN_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in missing if f"`{name}`" not in documented] == []


def test_every_link_in_the_documents_leads_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in link.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_test_that_the_documents_name_is_there() -> None:
    named = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
    missing = [
        f"{path.relative_to(ROOT)}: {file}::{test}"
        for path in tracked()
        if path.suffix == ".md"
        for file, test in named.findall(path.read_text(encoding="utf-8"))
        if f"def {test}(" not in (ROOT / "tests" / file).read_text(encoding="utf-8")
    ]
    assert missing == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_help(name: str) -> None:
    told = CliRunner().invoke(Commands(), [name, "--help"], prog_name="qingdan")
    assert told.exit_code == 0, told.output
    assert f"qingdan {name}" in told.output


def test_help_is_answered_from_another_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "qingdan", "catalogue", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "qingdan catalogue" in done.stdout


def test_a_foreign_config_in_the_callers_folder_does_not_win(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "__init__.py").write_text("raise SystemExit('foreign')")
    done = subprocess.run(
        [ROOT / "qingdan", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "qingdan", "db", "upgrade"],
        cwd=tmp_path, env={"QINGDAN_PARTITIONS": "many", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "QINGDAN_PARTITIONS" in done.stderr
    assert "Traceback" not in done.stderr
