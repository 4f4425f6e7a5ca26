"""Machines whose clocks are a day ahead or behind, or set to another zone: real processes under faketime."""

import json
import os
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cli.doctor import command as doctor
from config.settings import CHINA, ROOT, settings
from store.database import connect, snapshot
from store.models import Ad, AdVersion, Case, Clue, Employer, StoredReading
from tests.services import missing

FACTS = (Employer, Ad, AdVersion, StoredReading, Case, Clue)
OF_THE_CHECKERS_CLOCK = {"rules_since"}
"""When the rules came into use is told by the machine that took them up, and by nothing else."""


pytestmark = pytest.mark.faults


@pytest.fixture(scope="module", autouse=True)
def faketime() -> None:
    if not shutil.which("faketime"):
        missing("no faketime: apt-get install faketime")


def qingdan(*command: str, home: Path, ahead: str = "", zone: str = "Asia/Shanghai") -> None:
    """Run a command on a machine whose clock is so far ahead (`+1d`, `-1d`) and has this zone."""
    faked = ["faketime", "-f", ahead] if ahead else []
    environment = os.environ | {"QINGDAN_HOME": str(home), "TZ": zone}
    subprocess.run(
        [*faked, str(ROOT / "qingdan"), *command],
        env=environment,
        check=True,
        capture_output=True,
        timeout=60,
    )


def facts(home: Path) -> dict[str, list[str]]:
    """All that was recorded, but for the moments that a stage's own clock gave."""
    found = {}
    engine = connect(f"sqlite:///{home / 'qingdan.db'}")
    with snapshot(engine) as session:
        for model in FACTS:
            columns = [c for c in model.__table__.columns if c.name not in OF_THE_CHECKERS_CLOCK]
            found[model.__tablename__] = sorted(repr(tuple(row)) for row in session.execute(select(*columns)))
    engine.dispose()
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    texts = ("须持有会计从业资格证。", "工作细致。", "须持有人力资源管理师证书。")
    rows = [
        {"id": str(n), "title": "会计", "text": texts[n % 3], "company": f"公司{n % 4}", "city": "上海"}
        for n in range(12)
    ]
    file = tmp_path / "ads.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def reconciled(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What `doctor --reconcile`, which finds nothing amiss, says on a machine with the right time."""
    monkeypatch.setenv("QINGDAN_HOME", str(home))
    settings.cache_clear()
    done = CliRunner().invoke(doctor, ["--reconcile", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_stages_with_wrong_clocks_record_what_stages_with_right_ones_do(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    qingdan("ingest", str(file), home=right)
    shutil.copytree(right, wrong)
    qingdan("run", "check", "record", "--until-idle", home=right)
    qingdan("run", "check", "--until-idle", home=wrong, ahead="+1d", zone="America/New_York")
    qingdan("run", "record", "--until-idle", home=wrong, ahead="-1d", zone="UTC")
    expected, found = facts(right), facts(wrong)
    assert found == expected
    assert len(found["clues"]) == 8
    assert "check: 12 in = 12 done" in reconciled(wrong, monkeypatch)


def test_kafka_has_a_clock_of_its_own(
    file: Path, tmp_path: Path, kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGDAN_EVENTS_URL", kafka_url)
    qingdan("ingest", str(file), home=tmp_path, ahead="+1d")
    qingdan("run", "check", "record", "--until-idle", home=tmp_path)
    tomorrow = datetime.now(CHINA) + timedelta(days=1)
    said = reconciled(tmp_path, monkeypatch)
    assert "door: 12 in = 12 done" in said
    assert "record: 12 in = 12 done" in said
    said = reconciled(tmp_path, monkeypatch, "--since", tomorrow.strftime("%Y-%m-%d"))
    assert "door: 12 in = 12 done" in said, "the run bears its own time"
    assert "check: 0 in = 0 done" in said
