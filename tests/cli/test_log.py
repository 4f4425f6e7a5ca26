"""`qingdan log trim` on a house that has worked for months."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.log import command
from cli.run import command as run
from cli.wiring import open_log
from config.settings import CHINA, settings
from events.claims import BlobFolder
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


def test_less_than_a_week_is_wrong_use(home: Path) -> None:
    assert home.is_dir()
    assert trim("--days", "6").exit_code == 2


def test_on_kafka_the_bytes_go_that_nothing_claims_any_more(
    home: Path, kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGDAN_EVENTS_URL", kafka_url)
    settings.cache_clear()
    blobs = BlobFolder(home / "blobs")
    for size in (1, 3):
        blobs.put(bytes(size << 20))
    old = datetime.now(CHINA).timestamp() - 100 * 86_400
    for file in home.glob("blobs/??/*"):
        os.utime(file, (old, old))
    blobs.put(bytes(1 << 20))
    assert trim("--days", "101").output == "claim checks: 0 deleted, 0 MiB; 2 kept\n"
    assert trim().output == "claim checks: 1 deleted, 3 MiB; 1 kept\n"
