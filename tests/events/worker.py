"""Producers and consumers for processes of their own."""

import os
from datetime import timedelta
from pathlib import Path

from events.embedded import EmbeddedLog
from tests.events.log_contract import TOPIC, commit, numbered

SESSION = timedelta(seconds=1)


def produce(file: str, acknowledged: str, start: str, count: str) -> None:
    """Publish numbers in batches of 20; write down how far, each time the log has taken one."""
    producer = EmbeddedLog(Path(file)).producer()
    with Path(acknowledged).open("a", encoding="utf-8") as out:
        for first in range(int(start), int(start) + int(count), 20):
            producer.publish(numbered(20, start=first))
            out.write(f"{first + 20}\n")
            out.flush()


def consume(file: str, journal: str, total: str) -> None:
    """Note every record as a line `pid number`, then commit its offset, until `total` are committed."""
    log = EmbeddedLog(Path(file), session=SESSION)
    consumer = log.consumer("g", [TOPIC])
    # O_APPEND makes every write one piece, however many processes write.
    out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while sum(log.end_offsets(TOPIC).values()) < int(total) or consumer.lag():
        batch = consumer.poll(max_records=20, timeout=0.05)
        for record in batch:
            os.write(out, f"{os.getpid()} {record.value.decode()}\n".encode())
        commit(consumer, batch)
    consumer.close()
