"""`qingdan crawl`, as a process."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.crawl import command
from config.settings import ROOT
from crawlers.demo.ads import load_ads
from crawlers.demo.board import serve
from tests.crawlers.serving import Answer, serving
from tests.processes import PATIENCE


def qingdan(*arguments: str, home: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"QINGDAN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-P", "-m", "cli", *arguments]
    return subprocess.run(
        words, env=environment, cwd=home, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_the_demo_board_by_its_address(home: Path) -> None:
    with serve(load_ads()[:10]) as base:
        done = qingdan("crawl", "demo", "--base-url", base, home=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("demo: complete; 14 pages, 10 accepted, 1 duplicate, 3 rejected; run ")
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("home")
def test_an_incomplete_run_is_told_with_its_reason() -> None:
    with serving({"/robots.txt": Answer(b"", 403)}) as site:
        done = CliRunner().invoke(command, ["demo", "--base-url", site.base])
    assert done.exit_code == 1
    assert "demo: incomplete (1 pages or lists could not be had; no page held a posting); 0" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the boards to crawl, or give --all"),
        (["demo", "--all"], "name the boards to crawl, or give --all"),
        (["nowhere"], "no board nowhere; there are: "),
        (["demo"], "board demo has no address of its own; give it --base-url"),
        (["demo", "--base-url", "http://10.0.0.1"], "10.0.0.1 is not on this machine"),
    ],
)
def test_wrong_use(home: Path, arguments: Sequence[str], message: str) -> None:
    done = CliRunner().invoke(command, list(arguments))
    assert done.exit_code == 2
    assert message in done.output
    assert not list(home.iterdir())
