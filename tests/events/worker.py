"""Producers and consumers for processes of their own."""

import os
from datetime import timedelta
from pathlib import Path

from events.embedded import EmbeddedLog
from events.log import CommitRefused, Log
from tests.events.log_contract import TOPIC, commit, numbered

SESSION = timedelta(seconds=1.5)


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
    # O_APPEND makes every write one piece, however many processes write.
    out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while sum(log.end_offsets(TOPIC).values()) < int(total) or consumer.lag():
        batch = consumer.poll(max_records=20, timeout=0.05)
        for record in batch:
            os.write(out, f"{os.getpid()} {record.value.decode()}\n".encode())
        commit(consumer, batch)
    consumer.close()
    log.close()


def commit_for_ever(where: str, journal: str) -> None:
    """Take records and commit; note each commit as a line `taken|refused pid partition:next ...`."""
    consumer = connect(where).consumer("g", [TOPIC])
    out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while True:
        batch = consumer.poll(max_records=20, timeout=0.05)
        if not batch:
            continue
        offsets = {record.place: record.offset + 1 for record in batch}
        try:
            consumer.commit(offsets)
            outcome = "taken"
        except CommitRefused:
            outcome = "refused"
        places = " ".join(f"{place.partition}:{offset}" for place, offset in sorted(offsets.items()))
        os.write(out, f"{outcome} {os.getpid()} {places}\n".encode())
