"""The check stage on Kafka against the bare client: `python -m benchmarks.kafka [FOLDER]`.

FOLDER holds real ads as `*.jsonl.gz` (default: the research material beside the checkout). They lie as
JobAd events in 8 partitions of one broker on this machine; each loop takes them in batches of 500, publishes
a CheckedAd for each, and commits. Loops of kafka-python without us, with the same safe settings and every
acknowledgement looked at:

- bytes: hands each value on as it came.
- json: parses each value, and writes it out with a reading that is always the same.
- json and reader: the same with the reading that our reader makes of it.

The stage, with its dead letters, limits and counted attempts, once with the reading that is always the same,
once with the reader. All collect garbage as `qingdan run` does and take turns. Ratios are of loops of one
round, the median of all rounds with the least and greatest: by time, and by processor time of our process,
which other work on the machine changes less. Before that the port alone (benchmarks/kafka_client.py). Needs
Java, Maven and PostgreSQL.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

import kafka
from sqlalchemy import Engine

from benchmarks import kafka_client
from benchmarks.pipeline import ads
from config.settings import CHINA, ROOT
from consumers.check import check_stage
from consumers.failures import Patience
from consumers.garbage import as_usual, keep_what_is_loaded
from consumers.limits import no_longer_than
from consumers.loop import Conduct, Loop
from consumers.release import read_ad
from events.kafka import KafkaLog
from events.kafka_client import PRODUCER, READER
from events.log import Message
from events.topics import ALL, CHECKED, COLLECTED
from events.types import JobAd, Reading
from nlp.reader import Reader
from tests.kafka.broker import own_brokers
from tests.kafka.fixtures import fresh
from tests.postgres import cluster

COUNT: Final = 3_000
BATCH: Final = 500
PARTITIONS: Final = 8
ROUNDS: Final = 7
COMPARED: Final = (
    ("stage", "bare, json and reader"),
    ("stage without reader", "bare, json"),
    ("stage without reader", "bare, bytes"),
    ("stage", "bare, json"),
)
DAY: Final = date(2024, 6, 1)
NOTHING: Final = Reading(on=DAY, edition="2021", rules_version="benchmark", verdict="none")

Work = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds for `COUNT` ads: that passed, and of the processor in our process."""

    passed: float
    busy: float


def typical(values: Iterable[float]) -> str:
    """The median, and between what the values lie."""
    found = sorted(values)
    return f"{median(found):.2f} ({found[0]:.2f} to {found[-1]:.2f})"


def collected(folder: Path) -> list[Message]:
    """The first ads of `folder` as events."""
    messages = []
    for number, line in enumerate(itertools.islice(ads(sorted(folder.glob("*.jsonl.gz"))), COUNT)):
        row = json.loads(line)
        fields = {name: row.get(name) or "" for name in ("title", "text", "company", "city")}
        ad = JobAd(
            event_id=f"{number:032x}", source="benchmark", source_kind="file", source_ad_id=str(number),
            run_id="benchmark", observed_at=datetime(2024, 6, 1, tzinfo=CHINA), content_hash="", **fields,
        )  # fmt: skip
        messages.append(Message(COLLECTED, ad.key, ad.encode()))
    return messages


def timed(step: Callable[[], int]) -> Took:
    """Take `step` until it has handled `COUNT` records; the first, while the group forms, do not count."""
    left = COUNT
    while left == COUNT:
        left -= step()
    share = COUNT / left
    keep_what_is_loaded()
    start, busy = time.perf_counter(), time.process_time()
    while left > 0:
        left -= step()
    took = Took((time.perf_counter() - start) * share, (time.process_time() - busy) * share)
    as_usual()
    return took


def bare(log: KafkaLog, group: str, work: Work) -> Took:
    connection = log._cluster.connection  # noqa: SLF001 - the same brokers
    source, target = (log._cluster.wire(topic) for topic in (COLLECTED, CHECKED))  # noqa: SLF001
    settings = {**READER, "auto_offset_reset": "earliest", **connection}
    consumer: Any = kafka.KafkaConsumer(source, group_id=group, **settings)
    producer: Any = kafka.KafkaProducer(**PRODUCER, **connection)

    def step() -> int:
        found = consumer.poll(timeout_ms=1000, max_records=BATCH)
        records = [record for each in found.values() for record in each]
        sent = [producer.send(target, work(record.value), key=record.key) for record in records]
        producer.flush()
        assert all(future.succeeded() for future in sent)
        last = {place: each[-1].offset + 1 for place, each in found.items()}
        consumer.commit({place: kafka.OffsetAndMetadata(next_, "", -1) for place, next_ in last.items()})
        return len(records)

    took = timed(step)
    consumer.close()
    producer.close()
    return took


def stage(log: KafkaLog, engine: Engine, group: str, read: Callable[[JobAd], Reading]) -> Took:
    """Our stage, conducted as `qingdan run` does, under the name `group`."""
    conduct = Conduct(
        clock=lambda: datetime.now(CHINA),
        patience=Patience(pause=lambda _seconds: False),
        limited=lambda: no_longer_than(60),
        batch=BATCH,
    )
    made = replace(check_stage(read), name=group)
    with closing(Loop(made, log=log, engine=engine, conduct=conduct)) as loop:
        return timed(loop.step)


def parsing(read: Callable[[dict[str, Any]], str]) -> Work:
    """Between JSON and JSON; `read` gives the reading as such."""

    def work(value: bytes) -> bytes:
        ad = json.loads(value)
        head = json.dumps({"schema_version": 1, "event_id": ad["event_id"], "ad": ad}, ensure_ascii=False)
        return f'{head[:-1]}, "reading": {read(ad)}}}'.encode()

    return work


def rounds(log: KafkaLog, engine: Engine) -> dict[str, list[Took]]:
    """What each loop took, round by round."""
    reader = Reader.load()
    nothing = NOTHING.model_dump_json()

    def read_plain(ad: dict[str, Any]) -> str:
        return reader.read(title=ad["title"], text=ad["text"], on=DAY).model_dump_json()

    loops: dict[str, Callable[[str], Took]] = {
        "bare, bytes": lambda group: bare(log, group, lambda value: value),
        "bare, json": lambda group: bare(log, group, parsing(lambda _ad: nothing)),
        "stage without reader": lambda group: stage(log, engine, group, lambda _ad: NOTHING),
        "stage": lambda group: stage(log, engine, group, lambda ad: read_ad(reader, ad)),
        "bare, json and reader": lambda group: bare(log, group, parsing(read_plain)),
    }
    found: dict[str, list[Took]] = {name: [] for name in loops}
    for number in range(ROUNDS):
        for name, loop in loops.items():
            found[name].append(loop(f"{name.replace(', ', '-').replace(' ', '-')}-{number}"))
    return found


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "ads"
    print(f"load at the start: {os.getloadavg()[0]:.1f}")
    with own_brokers() as brokers, cluster(settings=()) as server, server.store() as engine:
        kafka_client.compare(brokers)
        with closing(KafkaLog.at(fresh(brokers.url), options="{}", replication=1)) as log:
            log.ensure_topics(ALL, partitions=PARTITIONS)
            with closing(log.producer()) as producer:
                producer.publish(collected(folder))
            found = rounds(log, engine)
    for name, each in found.items():
        rate = COUNT / median(took.passed for took in each)
        busy = median(took.busy for took in each) / COUNT
        print(f"{name:22} {rate:7,.0f} ads/s, {busy * 1e6:4.0f} µs of processor an ad")
    for ours, theirs in COMPARED:
        pairs = list(zip(found[ours], found[theirs], strict=True))
        by_time = typical(bare.passed / stage.passed for stage, bare in pairs)
        by_processor = typical(bare.busy / stage.busy for stage, bare in pairs)
        print(f"{ours} / {theirs}: {by_time}, by processor time {by_processor}")
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
