"""`qingdan log trim` on a house that has worked for months."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.log import command
from cli.run import command as run
from cli.wiring import open_log
from config.settings import CHINA, settings
from events.embedded import EmbeddedLog
from events.log import Log, Message
from events.topics import CHECKED, COLLECTED, DEAD
from tests.factory import job_ad


def trim(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["trim", *arguments])


def publish(log: Log, *payloads: bytes) -> None:
    log.producer().publish([Message(COLLECTED, b"key", payload) for payload in payloads])


def held() -> dict[str, int]:
    log = open_log()
    counts = {
        topic: sum(len(log.read(place, start=0, max_records=99)) for place in log.end_offsets(topic))
        for topic in (COLLECTED, CHECKED, DEAD)
    }
    log.close()
    return counts


def test_old_records_go_once_they_are_recorded_and_letters_stay(home: Path) -> None:
    open_log().close()
    old = EmbeddedLog(settings().events_file, clock=lambda: datetime.now(CHINA) - timedelta(days=100))
    publish(old, *(job_ad(number).encode() for number in range(3)), b"junk")
    old.close()
    assert home.is_dir()
    assert trim().output == "ads.collected: 0 records deleted\nads.checked: 0 records deleted\n"
    CliRunner().invoke(run, ["--until-idle"])
    assert trim("--days", "101").output.startswith("ads.collected: 0 ")
    assert trim().output == "ads.collected: 4 records deleted\nads.checked: 0 records deleted\n"
    assert held() == {COLLECTED: 0, CHECKED: 3, DEAD: 1}
    log = open_log()
    publish(log, job_ad(7).encode())
    log.close()
    assert "record  1 done" in CliRunner().invoke(run, ["--until-idle"]).output


def test_less_than_a_week_is_wrong_use_and_so_is_kafka(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    assert trim("--days", "6").exit_code == 2
    monkeypatch.setattr("cli.log.open_log", object)
    assert "Kafka trims its topics by itself" in trim().output
