"""The public pages as they are started from a terminal."""

from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import uvicorn
from click.testing import CliRunner
from starlette.types import ASGIApp

from cli.public import command
from config.settings import settings
from tests.crawlers.pushing import listening
from tests.data_folder import copy_rules
from tests.processes import PATIENCE


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the server was started with, and its first page."""
    found: dict[str, Any] = {}

    def run(app: ASGIApp, **options: Any) -> None:
        with listening(app) as base, urlopen(base, timeout=PATIENCE) as answer:
            found.update(options, page=answer.read().decode())

    monkeypatch.setattr(uvicorn, "run", run)
    return found


@pytest.mark.usefixtures("home")
def test_it_serves_this_machine_only_unless_told_otherwise(served: dict[str, Any]) -> None:
    done = CliRunner().invoke(command, ["--proxy", "172.16.0.0/12"])
    assert done.exit_code == 0, done.output
    assert (served["host"], served["port"]) == ("127.0.0.1", 8600)
    assert served["forwarded_allow_ips"] == "172.16.0.0/12"
    # Addresses of people who ask are written nowhere.
    assert served["access_log"] is False
    assert "招聘信息自查" in served["page"]


def test_rules_that_cannot_be_used_are_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_rules(tmp_path / "rules")
    (folder / "policy.yaml").write_text("rows: 7\n", encoding="utf-8")
    monkeypatch.setenv("QINGDAN_RULES", str(folder))
    settings.cache_clear()
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 1
    assert "policy.yaml" in done.output
    assert not (home / "qingdan.db").exists()
