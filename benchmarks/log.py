"""Publishing to the embedded log and reading it back: `python -m benchmarks.log`.

Batches of 500 messages of 2 kB into 8 partitions; the reader commits each batch. Bound to one core.
"""

import os
import tempfile
import time
from pathlib import Path
from typing import Final

from events.embedded import EmbeddedLog
from events.log import Message

COUNT: Final = 50_000
BATCH: Final = 500
VALUE: Final = os.urandom(2000)


def publish(log: EmbeddedLog) -> float:
    """Seconds for `COUNT` messages, each batch forced to the disk."""
    messages = [Message("ads", str(number).encode(), VALUE) for number in range(COUNT)]
    producer = log.producer()
    start = time.perf_counter()
    for first in range(0, COUNT, BATCH):
        producer.publish(messages[first : first + BATCH])
    return time.perf_counter() - start


def consume(log: EmbeddedLog) -> float:
    """Seconds to read and commit them all."""
    consumer = log.consumer("bench", ["ads"])
    start = time.perf_counter()
    while records := consumer.poll(max_records=BATCH, timeout=0):
        consumer.commit({record.place: record.offset + 1 for record in records})
    seconds = time.perf_counter() - start
    if consumer.lag():
        raise SystemExit(f"{consumer.lag()} records were not read")
    consumer.close()
    return seconds


def main() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        log = EmbeddedLog(Path(folder) / "events.db")
        log.ensure_topics(["ads"], partitions=8)
        for name, seconds in (("publish", publish(log)), ("poll and commit", consume(log))):
            print(f"{name:16} {COUNT / seconds:9,.0f} messages/s")
        log.close()


if __name__ == "__main__":
    main()
