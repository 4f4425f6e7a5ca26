import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from cli.cases import command as cases
from cli.doctor import command
from cli.ingest import command as ingest
from cli.run import command as run
from cli.wiring import open_database, open_log
from config.clock import now_in_china
from config.settings import CHINA, settings
from events import topics
from events.log import Message
from store.database import transaction
from store.models import Delivery, Run, StoredReading
from store.outbox import Waiting, put
from tests.factory import WEDNESDAY


def test_a_new_house_is_healthy(home: Path) -> None:
    result = CliRunner().invoke(command)
    assert result.exit_code == 0, result.output
    for part in (f"home: {home}", "database: sqlite", "log: ads.collected holds 0 records", "rules: version"):
        assert part in result.output


def test_a_broken_database_is_named_and_the_rest_still_looked_at(home: Path) -> None:
    (home / "qingdan.db").write_bytes(b"this is no database" * 100)
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "BAD  database: " in result.output
    assert "ok   rules: version" in result.output


@pytest.mark.parametrize("name", ["qingdan.db", "events.db"])
def test_a_broken_file_is_one_line_not_a_traceback(home: Path, name: str) -> None:
    (home / name).write_bytes(b"this is no database" * 100)
    result = CliRunner().invoke(run, ["record", "--until-idle"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert f"{home / name}: file is not a database; see: qingdan doctor" in result.output


def test_a_home_that_cannot_be_made_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("QINGDAN_HOME", str(home / "file" / "home"))
    settings.cache_clear()
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "BAD  home: " in result.output
    assert "BAD  database: " in result.output
    assert CliRunner().invoke(cases, ["list"]).output.startswith("Error: database sqlite:///")


def test_an_unreadable_database_url_is_named_by_its_setting(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert home.is_dir()
    monkeypatch.setenv("QINGDAN_DATABASE_URL", "nonsense")
    settings.cache_clear()
    result = CliRunner().invoke(cases, ["list"])
    assert result.exit_code == 1
    assert "Error: QINGDAN_DATABASE_URL: " in result.output


def test_an_alert_that_was_given_up_is_trouble(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    with transaction(engine) as session:
        given_up = Delivery(
            id="d", bureau="310000", kind="new_cases", period="2026-11-18", content_id="c", status="dead",
            attempts=6, created_at=WEDNESDAY, sent_at=None, place="", error="full",
        )  # fmt: skip
        session.add(given_up)
    engine.dispose()
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "BAD  alerts: 1 given up" in result.output


def test_an_incomplete_run_is_trouble_until_its_source_ran_through(home: Path) -> None:
    file = home / "ads.jsonl"
    file.write_text('{"id": "1"}\n', encoding="utf-8")
    assert CliRunner().invoke(ingest, [str(file)]).exit_code == 2
    assert "BAD  runs: 1 incomplete or held; ads\n" in CliRunner().invoke(command).output
    file.write_text('{"id": "1", "text": "持证"}\n', encoding="utf-8")
    assert CliRunner().invoke(ingest, [str(file)]).exit_code == 0
    assert "ok   runs: 0 incomplete or held\n" in CliRunner().invoke(command).output


def test_a_dead_letter_is_trouble(home: Path) -> None:
    assert home.is_dir()
    log = open_log()
    log.producer().publish([Message(topics.COLLECTED, b"key", b"no ad")])
    log.close()
    assert CliRunner().invoke(run, ["check", "--until-idle"]).exit_code == 1
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "BAD  dead letters: 1 open" in result.output


def test_an_unknown_log_is_named_by_its_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    monkeypatch.setenv("QINGDAN_EVENTS_URL", "carrier-pigeon:")
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert "QINGDAN_EVENTS_URL" in result.output


def test_reconciling_proves_that_nothing_was_lost_and_names_what_was(home: Path) -> None:
    file = home / "ads.jsonl"
    texts = ("工作细致", "工作认真", "须持有会计从业资格证。", "须持有会计从业资格证。")
    rows = [
        {"id": str(number), "title": "会计", "text": text, "company": f"公司{number}"}
        for number, text in enumerate(texts)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, rows[0]]), encoding="utf-8")
    CliRunner().invoke(ingest, [str(file)])
    assert CliRunner().invoke(run, ["--until-idle"]).exit_code == 0
    today = datetime.now(CHINA).strftime("%Y-%m-%d")
    result = CliRunner().invoke(command, ["--reconcile", "--since", today, "--until", today])
    assert result.output.splitlines() == [
        "ok   door: 5 in = 4 done, 1 filtered, 0 dead, 0 in flight",
        "ok   check: 4 in = 4 done, 0 filtered, 0 dead, 0 in flight",
        "ok   record: 4 in = 4 done, 0 filtered, 0 dead, 0 in flight",
        "ok   alert: 2 in = 2 done, 0 filtered, 0 dead, 0 in flight",
    ]
    engine = open_database()
    with transaction(engine) as session:
        (lost, *_) = session.scalars(select(StoredReading.id).where(StoredReading.verdict == "none"))
        session.execute(delete(StoredReading).where(StoredReading.id == lost))
        session.execute(update(Delivery).values(status="skipped", error="nothing in it holds any more"))
    engine.dispose()
    result = CliRunner().invoke(command, ["--reconcile"])
    assert result.exit_code == 1
    assert "BAD  record: 4 in = 3 done, 0 filtered, 0 dead, 0 in flight, 1 MISSING" in result.output
    assert f" {lost}\n" in result.output
    assert "BAD  alert: 2 in = 0 done, 0 filtered, 0 dead, 0 in flight, 2 MISSING" in result.output
    assert "BAD    new_cases to 000000: " in result.output
    assert CliRunner().invoke(command, ["--since", today]).exit_code == 2


def test_a_stage_that_stopped_and_messages_that_nobody_publishes_are_trouble(home: Path) -> None:
    assert home.is_dir()
    log = open_log()
    log.producer().publish([Message(topics.COLLECTED, b"key", b"no ad")] * 150)
    log.close()
    assert CliRunner().invoke(run, ["check", "--until-idle"]).exit_code == 1
    engine = open_database()
    with transaction(engine) as session:
        put(session, [Waiting(topics.COLLECTED, b"key", b"value")], now=WEDNESDAY)
    engine.dispose()
    output = CliRunner().invoke(command).output
    assert "stopped: TooManyDeadLetters: more than 100 dead letters in a row" in output
    assert "BAD  outbox: 1 messages wait for the log since 2026-11-18 10:30:00" in output


def test_it_is_noticed_that_no_letter_leaves_any_more(home: Path) -> None:
    assert home.is_dir()
    with transaction(open_database()) as session:
        started = now_in_china() - timedelta(days=settings().alert_silence_days + 1)
        session.add(Run(id="0" * 32, kind="crawl", source="board", started_at=started, status="complete"))
    result = CliRunner().invoke(command)
    assert result.exit_code == 1
    assert (
        f"BAD  alerts: no letter has left since {started:%Y-%m-%d}; see: qingdan alerts test-send"
        in result.output
    )
