"""Records that left Kafka before a stage had read them, and the way on behind them."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from cli.doctor import command as doctor
from cli.gaps import command as gaps
from cli.run import command as run
from cli.wiring import open_database, open_log
from config.settings import settings
from events.kafka import KafkaLog
from events.log import Message, TopicPartition
from events.topics import CHECKED
from store.database import snapshot
from store.models import Ad
from store.stage_models import LogGap
from tests.events.test_kafka_faults import delete
from tests.factory import checked_ad, job_ad

ADS = [checked_ad(job_ad(number)) for number in range(40)]


def call(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, env={"USER": "mei"})


@pytest.fixture
def log(home: Any, kafka_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaLog]:  # noqa: ARG001
    monkeypatch.setenv("QINGDAN_EVENTS_URL", kafka_url)
    monkeypatch.setenv("QINGDAN_PARTITIONS", "1")
    settings.cache_clear()
    log = open_log()
    assert isinstance(log, KafkaLog)
    with closing(log):
        yield log


def publish(log: KafkaLog, first: int, last: int) -> None:
    with closing(log.producer()) as producer:
        producer.publish([Message(CHECKED, event.key, event.encode()) for event in ADS[first:last]])


def count(what: Any) -> int:
    engine = open_database()
    with snapshot(engine) as session:
        found = session.scalar(select(func.count()).select_from(what)) or 0
    engine.dispose()
    return found


def test_a_stage_stops_at_a_gap_until_somebody_sends_it_on(log: KafkaLog) -> None:
    publish(log, 0, 10)
    assert call(run, "record", "--until-idle").exit_code == 0
    assert call(gaps, "record").exit_code == 0
    publish(log, 10, 40)
    delete(log, TopicPartition(CHECKED, 0), before=30)
    for _ in range(2):
        stopped = call(run, "record", "--until-idle")
        assert stopped.exit_code == 1
        assert "RecordsGone" in stopped.output
    shown = call(gaps, "record")
    assert shown.exit_code == 1
    assert shown.stdout == "ads.checked[0]: 20 offsets from 10 on\n"
    assert call(gaps, "record", "--skip").exit_code == 2
    assert call(gaps, "record", "--skip", "--why", "retention was set to a day").exit_code == 0
    assert call(run, "record", "--until-idle").exit_code == 0
    assert call(gaps, "record").exit_code == 0
    assert count(Ad) == 20
    told = call(doctor, "--reconcile").output
    assert "ok   record: 30 in = 10 done, 0 filtered, 0 dead, 0 in flight, 20 skipped\n" in told
    assert "ok   record was sent past ads.checked[0] from 10 to 30, " in told
    assert " by mei: retention was set to a day\n" in told
    engine = open_database()
    with snapshot(engine) as session:
        (kept,) = session.scalars(select(LogGap))
        assert (kept.group, kept.first_offset, kept.next_offset) == ("record", 10, 30)
        assert (kept.actor, kept.why) == ("mei", "retention was set to a day")
    engine.dispose()


def test_nobody_skips_what_a_running_stage_has_before_it(
    log: KafkaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.gaps.JOIN_SECONDS", 2.0)
    publish(log, 0, 1)
    with closing(log.consumer("record", [CHECKED])) as consumer:
        while not consumer.poll(max_records=1, timeout=1):
            pass
        refused = call(gaps, "record", "--skip", "--why", "impatience")
        assert refused.exit_code == 1
        assert "stop it first" in refused.output
