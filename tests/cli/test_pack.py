"""`qingdan cases pack` and `qingdan evidence verify-pack` as officers and experts use them."""

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.cases import command as cases
from cli.evidence import command as evidence
from cli.wiring import open_database
from tests.reports.pack.conftest import NUMBER, filled

pytestmark = pytest.mark.usefixtures("home")
WHO = ("--by", "张承办", "--why", "立案取证")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    engine = open_database()
    filled(engine)
    engine.dispose()
    return tmp_path / "pack.zip"


def packed(out: Path, *arguments: str) -> Result:
    command = ["pack", NUMBER, "--out", str(out), "--no-screenshots", *arguments]
    return CliRunner().invoke(cases, command)


def verified(file: Path) -> Result:
    return CliRunner().invoke(evidence, ["verify-pack", str(file)])


def test_a_pack_is_for_its_owner_alone_noted_and_sound(out: Path) -> None:
    told = packed(out, *WHO)
    assert told.exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    sha256 = re.search(r"SHA-256 ([0-9a-f]{64})", told.output)
    assert sha256 is not None
    checked = verified(out)
    assert (checked.exit_code, checked.output) == (0, f"sound  SHA-256 {sha256[1]}\n")
    log = CliRunner().invoke(evidence, ["log"]).output
    for words in ("张承办", "立案取证", NUMBER, sha256[1]):
        assert words in log


@pytest.mark.parametrize("who", [(), WHO[:2], WHO[2:], ("--by", " ", "--why", "立案")])
def test_nobody_gets_one_without_name_and_reason(out: Path, who: tuple[str, ...]) -> None:
    assert packed(out, *who).exit_code == 2
    assert not out.exists()


def test_no_file_is_written_over_and_then_nothing_is_noted(out: Path) -> None:
    out.write_text("mine")
    assert packed(out, *WHO).exit_code == 2
    assert out.read_text() == "mine"
    assert "张承办" not in CliRunner().invoke(evidence, ["log"]).output


def test_an_unknown_case_leaves_no_file(out: Path) -> None:
    missing = CliRunner().invoke(cases, ["pack", "QD-310000-2026-000009", "--out", str(out), *WHO])
    assert missing.exit_code == 1
    assert "no case QD-310000-2026-000009" in missing.output
    assert not out.exists()


def test_a_changed_pack_is_told_with_what_was_changed(out: Path) -> None:
    packed(out, *WHO)
    out.write_bytes(out.read_bytes().replace("王初核".encode(), "孙初核".encode()))
    told = verified(out)
    assert told.exit_code == 1
    assert f"{NUMBER}/history.json: " in told.output
    assert "changed  SHA-256" in told.output
