"""Commands that begin while Kafka or PostgreSQL is away: stages wait for it, the door goes on without."""

import gc
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, func, select

from cli.ingest import command as ingest
from cli.run import command as run
from cli.wiring import open_database
from config.settings import ROOT, settings
from consumers.failures import Patience
from crawlers.demo.ads import load_ads
from crawlers.demo.board import serve
from store.database import connect, snapshot
from store.models import Ad
from store.outbox import waiting
from tests.kafka.broker import own_brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.postgres import cluster
from tests.processes import PATIENCE

pytestmark = CLIENT_LEFTOVERS

NOBODY = "kafka://127.0.0.1:1/nobody"
"""No broker listens there."""
RESUME_SECONDS = 60.0
"""What the fault catalogue allows until everything goes on by itself."""


@pytest.fixture(autouse=True)
def no_sockets_left() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ads.jsonl"
    rows = [{"id": str(number), "title": "会计", "text": f"工作细致{number}"} for number in range(4)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def use(monkeypatch: pytest.MonkeyPatch, events: str) -> None:
    monkeypatch.setenv("QINGDAN_EVENTS_URL", events)
    settings.cache_clear()


def waits() -> int:
    engine = open_database()
    with snapshot(engine) as session:
        count = waiting(session)
    engine.dispose()
    return count


@pytest.mark.usefixtures("home", "impatient")
def test_ads_that_come_in_while_the_brokers_are_away_wait_and_are_read_later(
    file: Path, kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, NOBODY)
    done = CliRunner().invoke(ingest, [str(file)])
    assert done.exit_code == 0, done.output
    assert "4 accepted" in done.output
    assert waits() == 4
    use(monkeypatch, kafka_url)
    done = CliRunner().invoke(run, ["--until-idle"])
    assert done.exit_code == 0, done.output
    assert "relay   4 done\ncheck   4 done\nrecord  4 done" in done.stdout
    assert waits() == 0


@pytest.mark.usefixtures("home", "impatient")
def test_stages_that_waited_in_vain_end_with_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, NOBODY)
    monkeypatch.setattr("cli.run.Patience", partial(Patience, tries=2))
    done = CliRunner().invoke(run, ["check"])
    assert done.exit_code == 1
    assert "Error: " in done.output
    assert "127.0.0.1:1" in done.output


@pytest.mark.faults
def test_a_crawl_that_begins_while_the_brokers_are_away_ends_complete(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, NOBODY)
    with serve(load_ads()[:10]) as base:
        command = [str(ROOT / "qingdan"), "crawl", "demo", "--base-url", base]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.stdout.startswith("demo: complete; 14 pages, 10 accepted, "), done.stderr
    assert home.is_dir()
    assert waits() == 10


@pytest.mark.faults
def test_stages_that_start_before_their_services_go_on_by_themselves(file: Path, tmp_path: Path) -> None:
    with cluster() as server, own_brokers() as brokers, ExitStack() as closing:
        server.run("CREATE DATABASE empty")
        given = {"HOME": tmp_path, "EVENTS_URL": fresh(brokers.url), "DATABASE_URL": server.url("empty")}
        environment = os.environ | {f"QINGDAN_{name}": str(value) for name, value in given.items()}
        server.stop()
        brokers.kill()
        stages = [
            closing.enter_context(subprocess.Popen([ROOT / "qingdan", "run", *names], env=environment))
            for names in ((), ("check",), ("record",))
        ]
        for stage in stages:
            closing.callback(stage.kill)
        time.sleep(8)
        server.start()
        time.sleep(3)
        brokers.start()
        subprocess.run([ROOT / "qingdan", "ingest", str(file)], env=environment, check=True, timeout=PATIENCE)
        engine = connect(server.url("empty"))
        closing.callback(engine.dispose)
        deadline = time.monotonic() + RESUME_SECONDS
        while ads_in(engine) < 4:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert [stage.poll() for stage in stages] == [None] * 3, "nobody had to be started again"
        for stage in stages:
            stage.send_signal(signal.SIGTERM)
        assert [stage.wait(PATIENCE) for stage in stages] == [0] * 3


def ads_in(engine: Engine) -> int:
    with snapshot(engine) as session:
        return session.scalar(select(func.count()).select_from(Ad)) or 0
