"""What a process says about its stages, in files and at its address."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from config.settings import ROOT, SettingsError
from consumers.endpoint import endpoint
from consumers.health import EVERY, SILENCE, Health, Watch, stalled, told, trouble
from consumers.metrics import NAMES
from consumers.metrics import house as house_metrics
from consumers.runner import Progress
from events.embedded import EmbeddedLog
from store.database import transaction
from store.outbox import Waiting, put
from tests.consumers.test_runner import Pile
from tests.factory import WEDNESDAY, Clock
from tests.processes import PATIENCE, end, start


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pile() -> Pile:
    pile = Pile(5)
    pile.counts.update(done=3, dead=1)
    pile.progress = Progress(WEDNESDAY - timedelta(seconds=7), WEDNESDAY - timedelta(minutes=4))
    return pile


@pytest.fixture
def watch(tmp_path: Path, clock: Clock, pile: Pile) -> Iterator[Watch]:
    with Watch({"check": pile}, folder=tmp_path, clock=clock) as watch:
        yield watch


def files(folder: Path) -> list[Health]:
    return [health for _, health in told(folder)]


def test_a_stage_tells_how_far_it_is_at_once_and_every_few_seconds(
    tmp_path: Path, clock: Clock, pile: Pile, watch: Watch
) -> None:
    (health,) = files(tmp_path)
    assert (health.stage, health.pid, health.lag, health.done, health.dead) == ("check", os.getpid(), 5, 3, 1)
    assert health.lag_seconds == 240
    assert health.last_commit == WEDNESDAY - timedelta(seconds=7)
    assert health.trouble(WEDNESDAY) == ""
    pile.size = 0
    clock.now += EVERY / 2
    watch.look()
    assert files(tmp_path) == [health]
    clock.now += EVERY / 2
    watch.look()
    (health,) = files(tmp_path)
    assert (health.lag, health.lag_seconds, health.at) == (0, 0, WEDNESDAY + EVERY)


def test_a_clock_that_is_set_back_silences_nobody(tmp_path: Path, clock: Clock, watch: Watch) -> None:
    clock.now -= timedelta(days=1)
    watch.look()
    (health,) = files(tmp_path)
    assert health.at == clock.now
    assert health.lag_seconds == 0, "no duration is negative"
    assert health.trouble(clock.now) == ""


def test_a_stage_that_says_nothing_is_in_trouble(tmp_path: Path, watch: Watch) -> None:
    assert watch.latest
    (health,) = files(tmp_path)
    assert trouble(health, WEDNESDAY + SILENCE) == ""
    assert trouble(health, WEDNESDAY + SILENCE + EVERY) == "no sign of life since 2026-11-18 10:30:00"


def test_who_ends_well_leaves_nothing_and_who_ends_badly_his_reason(
    tmp_path: Path, clock: Clock, pile: Pile
) -> None:
    workers = {"check": pile, "record": Pile(0)}
    with Watch(workers, folder=tmp_path, clock=clock):
        assert len(files(tmp_path)) == 2
    assert not list(tmp_path.iterdir())
    failing = Watch(workers, folder=tmp_path, clock=clock)
    with pytest.raises(RuntimeError), failing:
        raise RuntimeError("at postgresql://u:s3cret@db") from LookupError("password=s3cret")
    assert {health.trouble(WEDNESDAY) for health in files(tmp_path)} == {"stopped: LookupError: password=***"}
    with Watch({"check": pile}, folder=tmp_path, clock=clock):
        assert {health.stage: health.error for health in files(tmp_path)}["check"] == ""


def vanish(folder: str) -> None:
    Watch({"check": Pile(1)}, folder=Path(folder), clock=lambda: WEDNESDAY).look()
    os._exit(3)


def test_a_process_that_vanished_is_noticed_and_its_successor_takes_over(
    tmp_path: Path, clock: Clock, pile: Pile
) -> None:
    assert end(start(vanish, tmp_path)) == 3
    (health,) = files(tmp_path)
    assert trouble(health, WEDNESDAY) == "its process ended without a word"
    with Watch({"record": pile}, folder=tmp_path, clock=clock):
        assert {health.stage for health in files(tmp_path)} == {"check", "record"}
    with Watch({"check": pile}, folder=tmp_path, clock=clock):
        assert [health.pid for health in files(tmp_path)] == [os.getpid()]


def test_a_stage_stalls_when_none_of_its_processes_finishes_anything(watch: Watch) -> None:
    (health,) = watch.latest
    later = WEDNESDAY + SILENCE + EVERY
    assert stalled([health], WEDNESDAY) == {}
    assert stalled([health], later) == {"check": 5}
    other = Health(**{name: getattr(health, name) for name in health.__slots__} | {"last_commit": later})
    assert stalled([health, other], later) == {}
    assert stalled([], later) == {}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"stage": "check"}', b'{"at": 1}'])
def test_a_file_that_is_no_health_is_passed_over(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "check-1.json").write_bytes(content)
    assert files(tmp_path) == []


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_supervisors_learn_whether_all_is_well(clock: Clock, watch: Watch) -> None:
    with endpoint("127.0.0.1:0", watch, house=lambda: None, clock=clock) as port:
        assert ask(port, "/health") == (200, '{"check": "ok"}')
        clock.now += SILENCE + EVERY
        status, said = ask(port, "/health")
        assert status == 503
        assert json.loads(said)["check"].startswith("no sign of life since")
        assert ask(port, "/secrets")[0] == 404


def test_prometheus_gets_the_closed_set_of_names(
    clock: Clock, watch: Watch, house: tuple[Engine, EmbeddedLog]
) -> None:
    engine, _log = house
    with transaction(engine) as session:
        put(session, [Waiting("t", b"k", b"v")], now=WEDNESDAY - timedelta(seconds=30))
    with endpoint("127.0.0.1:0", watch, house=lambda: house_metrics(engine), clock=clock) as port:
        status, said = ask(port, "/metrics")
    assert status == 200
    samples = {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }
    assert {line.split()[2] for line in said.splitlines() if line.startswith("# HELP")} == NAMES.keys()
    assert samples["qingdan_records_total", ("check", "done")] == 3
    assert samples["qingdan_records_total", ("check", "dead")] == 1
    assert samples["qingdan_lag_records", ("check",)] == 5
    assert samples["qingdan_lag_age_seconds", ("check",)] == 240
    assert samples["qingdan_up", ("check",)] == 1
    assert samples["qingdan_outbox_messages", ()] == 1
    assert samples["qingdan_outbox_age_seconds", ()] == 30
    assert samples["qingdan_dead_letters_open", ()] == 0
    assert samples["qingdan_last_letter_timestamp_seconds", ()] == 0


def test_a_database_that_is_away_hides_no_stage(clock: Clock, watch: Watch) -> None:
    with endpoint("127.0.0.1:0", watch, house=lambda: None, clock=clock) as port:
        status, said = ask(port, "/metrics")
    assert status == 200
    assert 'qingdan_up{stage="check"} 1.0' in said
    assert "outbox" not in said


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:99999", "127.0.0.1:x", "no.such.host.example:1"])
def test_an_address_that_nobody_can_listen_at_is_named(address: str, watch: Watch) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_METRICS"):
        endpoint(address, watch, house=lambda: None, clock=lambda: WEDNESDAY).__enter__()


def test_every_metric_is_documented() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in operations] == []
