"""The stages on Kafka, from the file to the clue: what the embedded log makes of it, Kafka makes of it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from cli.dead import command as dead
from cli.doctor import command as doctor
from cli.ingest import command as ingest
from cli.run import command as run
from cli.wiring import open_database, open_log
from config.settings import settings
from events.log import Message
from events.topics import COLLECTED
from store.database import snapshot
from store.models import Ad, Clue
from tests.processes import output_of_run_until

TEXTS = ("任职要求：须持有会计从业资格证。", "任职要求：工作细致，有责任心。", "须持有人力资源管理师证书。")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = [
        {
            "id": str(number),
            "title": "会计",
            "text": TEXTS[number % 3],
            "company": f"公司{number % 5}",
            "city": "上海",
        }
        for number in range(60)
    ]
    path = tmp_path / "ads.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def use(monkeypatch: pytest.MonkeyPatch, home: Path, url: str) -> None:
    monkeypatch.setenv("QINGDAN_HOME", str(home))
    monkeypatch.setenv("QINGDAN_EVENTS_URL", url)
    settings.cache_clear()


def call(command: Any, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], env={"USER": "mei"})


def clues() -> list[tuple[Any, ...]]:
    """What stands in the database against whom, by the facts."""
    columns = (Clue.ad_id, Clue.case_id, Clue.start, Clue.end, Clue.quote, Clue.qualification, Clue.severity)
    engine = open_database()
    with snapshot(engine) as session:
        rows = sorted(tuple(row) for row in session.execute(select(*columns)))
    engine.dispose()
    return rows


def the_whole_way(file: Path) -> list[tuple[Any, ...]]:
    """Bring the ads of `file` in, and two records that nobody can read; run everything; the clues."""
    assert call(ingest, file).exit_code == 0
    log = open_log()
    producer = log.producer()
    # The second is too large for Kafka, and its dead letter more so.
    producer.publish([Message(COLLECTED, b"bad", value) for value in (b"\xff\x00 no ad", bytes(9_000_000))])
    producer.close()
    log.close()
    done = call(run, "--until-idle")
    assert "check   60 done, 2 dead\nrecord  60 done\n" in done.stdout
    assert done.exit_code == 1
    return clues()


def test_the_clues_are_those_of_the_embedded_log(
    file: Path, tmp_path: Path, kafka_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, home, "embedded:")
    expected = the_whole_way(file)
    use(monkeypatch, tmp_path / "on-kafka", kafka_url)
    assert the_whole_way(file) == expected
    assert len(expected) > 20
    assert "2 open of 2 dead letters" in call(dead, "list").output
    told = call(doctor).output
    assert "log: ads.checked holds 60 records" in told
    assert f"claim checks: 2 in {tmp_path / 'on-kafka' / 'blobs'}, 20 MiB" in told
    # Neither the same file nor a second run brings anything that is not known.
    assert call(ingest, file).exit_code == 0
    again = call(run, "--until-idle")
    assert again.exit_code == 0, again.output
    assert "check   0 done\nrecord  0 done\n" in again.stdout
    assert clues() == expected


def test_a_stage_in_a_process_of_its_own_ends_on_sigterm_and_leaves_its_group(
    file: Path, home: Path, kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, home, kafka_url)
    assert call(ingest, file).exit_code == 0
    assert "record  60 done" in output_of_run_until(lambda: count_of_ads() == 60)
    # Had it not left its groups, the next process would wait for the end of its session, half a minute.
    started = time.monotonic()
    assert call(run, "--until-idle").exit_code == 0
    assert time.monotonic() - started < 25


def count_of_ads() -> int:
    engine = open_database()
    with snapshot(engine) as session:
        count = session.scalar(select(func.count()).select_from(Ad)) or 0
    engine.dispose()
    return count
