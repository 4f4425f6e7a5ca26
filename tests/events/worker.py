"""Producers and consumers in processes of their own: `python -m tests.events.worker produce|consume …`."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from events.embedded import EmbeddedLog
from tests.events.log_contract import TOPIC, commit, numbered

SESSION = timedelta(seconds=1)


def produce(file: Path, start: int, count: int) -> None:
    """Publish numbers in batches of 20; say each batch's end once it is in the log."""
    producer = EmbeddedLog(file).producer()
    for first in range(start, start + count, 20):
        producer.publish(numbered(20, start=first))
        sys.stdout.write(f"{first + 20}\n")
        sys.stdout.flush()


def consume(file: Path, journal: Path, total: int) -> None:
    """Note every record as a line `pid number`, then commit its offset, until `total` are committed."""
    log = EmbeddedLog(file, session=SESSION)
    consumer = log.consumer("g", [TOPIC])
    # O_APPEND makes every write one piece, however many processes write.
    out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    while sum(log.end_offsets(TOPIC).values()) < total or consumer.lag():
        batch = consumer.poll(max_records=20, timeout=0.05)
        for record in batch:
            os.write(out, f"{os.getpid()} {record.value.decode()}\n".encode())
        commit(consumer, batch)
    consumer.close()


def main(role: str, file: str, *rest: str) -> None:
    if role == "produce":
        produce(Path(file), int(rest[0]), int(rest[1]))
    else:
        consume(Path(file), Path(rest[0]), int(rest[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
