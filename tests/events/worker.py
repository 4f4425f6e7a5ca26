"""Producers and consumers for processes of their own."""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from events.embedded import EmbeddedLog
from events.log import CommitRefused, Consumer, Log, LogUnavailable, Record
from tests.events.log_contract import TOPIC, commit, numbered

SESSION = timedelta(seconds=3)
REFUSED = 7


def connect(where: str) -> Log:
    """The log at a `kafka://` URL or in a file; both take a silent member for dead after `SESSION`."""
    if where.startswith("kafka:"):
        from events.kafka import KafkaLog

        session_ms = SESSION // timedelta(milliseconds=1)
        return KafkaLog.at(where, options="{}", replication=1, session_ms=session_ms)
    return EmbeddedLog(Path(where), session=SESSION)


def produce(where: str, acknowledged: str, start: str, count: str) -> None:
    """Publish numbers in batches of 20; write down how far, each time the log has taken one."""
    producer = connect(where).producer()
    with Path(acknowledged).open("a", encoding="utf-8") as out:
        for first in range(int(start), int(start) + int(count), 20):
            producer.publish(numbered(20, start=first))
            out.write(f"{first + 20}\n")
            out.flush()


def consume(where: str, journal: str, total: str) -> None:
    """Note every record as a line `pid number`, then commit its offset, until `total` are committed."""
    log = connect(where)
    consumer = log.consumer("g", [TOPIC])
    while sum(log.end_offsets(TOPIC).values()) < int(total) or consumer.lag():
        batch = consumer.poll(max_records=20, timeout=0.05)
        for record in batch:
            _note(journal, f"{os.getpid()} {record.value.decode()}")
        commit(consumer, batch)
    consumer.close()
    log.close()


def be_refused(where: str, options: str) -> None:
    """Ask the brokers at `where` for something; ends with `REFUSED` if they do not let us in.

    In a process of its own, since the client leaves sockets open that it was refused.
    """
    from events import kafka_client
    from events.kafka import KafkaLog

    # The client takes a refusal for an outage.
    with patch.dict(kafka_client.CONNECTION, bootstrap_timeout_ms=1500):
        log = KafkaLog.at(where, options=options, replication=1)
        try:
            log.end_offsets(TOPIC)
        except LogUnavailable as error:
            sys.exit(REFUSED if "QINGDAN_KAFKA_OPTIONS" in str(error) else 1)


def commit_for_ever(where: str, journal: str) -> None:
    """Take records and commit; note `taken|committed|refused pid partition:first:next ...` as it happens."""
    consumer = connect(where).consumer("g", [TOPIC])
    while True:
        batch = consumer.poll(max_records=20, timeout=0.05)
        if batch:
            _commit(consumer, batch, journal)


def freeze_before_commit(where: str, journal: str) -> None:
    """As `commit_for_ever` with one batch, but the process stops itself between taking and committing it."""
    consumer = connect(where).consumer("g", [TOPIC])
    batch = consumer.poll(max_records=20, timeout=20)
    os.kill(os.getpid(), signal.SIGSTOP)
    _commit(consumer, batch, journal)


def freeze_before_joining_again(where: str, journal: str) -> None:
    """As `commit_for_ever`, but the process stops itself when it is about to answer a rebalancing."""
    from events.kafka_consumer import KafkaConsumer

    consumer = connect(where).consumer("g", [TOPIC])
    assert isinstance(consumer, KafkaConsumer)
    _commit(consumer, consumer.poll(max_records=20, timeout=20), journal)
    coordinator = consumer._client._coordinator
    ask = coordinator._do_join_and_sync_async

    async def freeze_once() -> bytes:
        coordinator._do_join_and_sync_async = ask
        os.kill(os.getpid(), signal.SIGSTOP)
        answer: bytes = await ask()
        return answer

    coordinator._do_join_and_sync_async = freeze_once
    while True:
        batch = consumer.poll(max_records=20, timeout=0.05)
        if batch:
            _commit(consumer, batch, journal)


def _commit(consumer: Consumer, batch: Sequence[Record], journal: str) -> None:
    first = {record.place: record.offset for record in reversed(batch)}
    next_ = {record.place: record.offset + 1 for record in batch}
    ranges = " ".join(f"{place.partition}:{first[place]}:{next_[place]}" for place in sorted(first))
    _note(journal, f"taken {os.getpid()} {ranges}")
    try:
        consumer.commit(next_)
        outcome = "committed"
    except CommitRefused:
        outcome = "refused"
    _note(journal, f"{outcome} {os.getpid()} {ranges}")


def _note(journal: str, line: str) -> None:
    """Append `line` in one piece, however many processes write."""
    out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(out, f"{line}\n".encode())
    os.close(out)
