"""The door while a real broker is dead, and after it has come back."""

import gc
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from consumers.backlog import Relay
from consumers.failures import Patience
from crawlers.door import Door
from crawlers.outlet import Published
from crawlers.posting import Posting
from crawlers.spool import Room, SpoolingProducer
from events.kafka import KafkaLog
from events.topics import ALL, COLLECTED
from events.types import JobAd
from store.database import snapshot, transaction
from store.intake import start_run
from store.outbox import waiting
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.recorded import fresh_store

pytestmark = CLIENT_LEFTOVERS


@pytest.fixture
def log(brokers: Brokers) -> Iterator[KafkaLog]:
    log = KafkaLog.at(fresh(brokers.url), options="{}", replication=1)
    log.ensure_topics(ALL, partitions=2)
    yield log
    log.close()
    gc.collect()
    if brokers[0].ended():
        brokers.start()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with fresh_store(tmp_path) as engine:
        yield engine


def postings(*numbers: int) -> list[Posting]:
    return [
        Posting(source="board", source_kind="crawl", source_ad_id=str(n), place=f"page {n}", title="会计")
        for n in numbers
    ]


def collected(log: KafkaLog) -> list[int]:
    records = [
        record
        for place, end in log.end_offsets(COLLECTED).items()
        for record in log.read(place, start=0, max_records=end)
    ]
    return sorted(int(JobAd.decode(record.value).source_ad_id) for record in records)


def come_in(brokers: Brokers, log: KafkaLog, engine: Engine, now: datetime) -> None:
    """Two ads before the broker dies, three after."""
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source="board", now=now)
    room = Room(every=3600)
    with closing(SpoolingProducer(log.producer(), engine, now=lambda: now, room=room)) as producer:
        door = Door(engine, Published(engine, producer), run_id=run_id, clock=lambda: now)
        door.admit(postings(1, 2))
        brokers.kill()
        door.admit(postings(3, 4))
        door.admit(postings(4, 5))
        assert door.counts["accepted"] == 5


@pytest.mark.usefixtures("impatient")
def test_what_comes_in_while_the_broker_is_dead_is_in_the_log_once_it_is_back(
    brokers: Brokers, log: KafkaLog, engine: Engine, now: datetime
) -> None:
    come_in(brokers, log, engine, now)
    gc.collect()
    with snapshot(engine) as session:
        assert waiting(session) == 3
    brokers.start()
    patience = Patience(pause=lambda _seconds: False)
    with closing(Relay(engine, log.producer(), patience=patience, clock=lambda: now)) as relay:
        assert relay.step() == 3
        assert relay.lag() == 0
    assert set(collected(log)) == {1, 2, 3, 4, 5}
