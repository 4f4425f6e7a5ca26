"""The console as it is started from a terminal."""

from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import uvicorn
from click.testing import CliRunner
from starlette.types import ASGIApp

from cli.console import command
from tests.crawlers.pushing import listening
from tests.processes import PATIENCE


@pytest.mark.usefixtures("home")
def test_it_serves_this_machine_only_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {}

    def run(app: ASGIApp, **options: Any) -> None:
        with listening(app) as base, urlopen(f"{base}/login", timeout=PATIENCE) as answer:
            found.update(options, page=answer.read().decode())

    monkeypatch.setattr(uvicorn, "run", run)
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 0, done.output
    assert (found["host"], found["port"]) == ("127.0.0.1", 8800)
    assert "<h1>登录</h1>" in found["page"]


@pytest.mark.usefixtures("home")
def test_a_port_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(command, ["--port", "99999"]).exit_code == 2
    assert not list(tmp_path.glob("*.db"))
