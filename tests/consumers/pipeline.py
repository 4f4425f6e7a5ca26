"""Check and record over a log and a store, in this process or, by `main` and `serve`, as one of its own."""

import os
import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from consumers.check import check_stage
from consumers.failures import Patience
from consumers.faults import crash_at
from consumers.letters import dead_letters
from consumers.loop import Conduct, Loop, Point, Stage
from consumers.record import record_stage
from consumers.runner import Stop, run, stop_on_signals
from events.embedded import EmbeddedLog
from events.log import Log, Message
from events.topics import ALL, CHECKED, COLLECTED
from events.types import JobAd, Reading
from store.clusters import join_waiting
from store.database import connect, snapshot
from store.models import Base
from tests.events import worker
from tests.factory import WEDNESDAY, job_ad, mention
from tests.recorded import fresh_store

NUMBER = re.compile(r"\bqd-\d{6}-\d{4}-\d{6}\b")
"""Of a case, in the words it is found by."""
SESSION = timedelta(seconds=0.4)
STAGES = ("check", "record")
POISON = [
    b"",
    b"\xff\xfe\x00 no text at all",
    b"\x00",
    b'{"schema_version": 1, "event_id": "x"}',
    b"[1, 2, 3]",
    job_ad(1).encode().replace(b'"schema_version":1', b'"schema_version":7'),
    job_ad(1).encode().replace(b'"board"', rb'"\ud800"'),
    b'{"text": "' + b"x" * 10_000_000 + b'"}',
]


def read(ad: JobAd) -> Reading:
    """A reading that depends on the ad alone: every third ad is in violation."""
    found = (mention(),) if int(ad.source_ad_id[1:]) % 3 == 0 else ()
    verdict = "violation" if found else "none"
    return Reading(on=date(2026, 11, 16), edition="2021", rules_version="r1", verdict=verdict, mentions=found)


def slowly(journal: Path, seconds: float) -> Callable[[JobAd], Reading]:
    """`read`, noting each ad in `journal` and taking its time, until a file `hurry` lies beside it."""

    def read_and_note(ad: JobAd) -> Reading:
        with journal.open("a") as out:
            out.write(f"{ad.source_ad_id}\n")
        if not journal.with_name("hurry").exists():
            time.sleep(seconds)
        return read(ad)

    return read_and_note


def ads(count: int) -> list[Message]:
    """`count` ads of which some are new versions of earlier ones, and poison in between: 1 in 50."""
    messages = []
    for number in range(count):
        ad = job_ad(number % (count - 20), title=f"会计{number}", company=f"公司{number % 7}")
        messages.append(Message(COLLECTED, ad.key, ad.encode()))
        if number % 50 == 25:
            messages.append(Message(COLLECTED, b"bad", POISON[number // 50 % len(POISON)]))
    return messages


@contextmanager
def pipeline(
    folder: Path, *messages: Message, store: AbstractContextManager[Engine] | None = None
) -> Iterator[tuple[Engine, EmbeddedLog]]:
    """A log in `folder`, with `messages` published, and a store, in the same folder by default."""
    with store or fresh_store(folder) as engine:
        log = EmbeddedLog(folder / "events.db", session=SESSION)
        fill(log, messages)
        yield engine, log
        log.close()


def fill(log: Log, messages: Sequence[Message], *, partitions: int = 3) -> None:
    """Create the topics, and publish."""
    log.ensure_topics(ALL, partitions=partitions)
    with closing(log.producer()) as producer:
        producer.publish(messages)


@contextmanager
def store_at(url: str) -> Iterator[Engine]:
    """A store that is there already."""
    engine = connect(url)
    yield engine
    engine.dispose()


def conduct(stop: Stop, **given: Any) -> Conduct:
    patience = Patience(pause=stop.pause, first=0.01, longest=0.05)
    return replace(Conduct(clock=lambda: WEDNESDAY, patience=patience, batch=20), **given)


def work(
    engine: Engine,
    log: Log,
    *,
    stages: Sequence[str] = STAGES,
    reader: Callable[[JobAd], Reading] = read,
    until_idle: bool = True,
    **given: Any,
) -> None:
    """Run the stages until idle or stopped."""
    made: dict[str, Callable[[], Stage[Any]]] = {
        "check": lambda: check_stage(reader),
        "record": record_stage,
    }
    with stop_on_signals() as stop:
        how = conduct(stop, **given)
        loops = [Loop(made[name](), log=log, engine=engine, conduct=how) for name in stages]
        try:
            run(loops, stop, until_idle=until_idle, after_round=lambda: None)
        finally:
            for loop in loops:
                loop.close()


def state(engine: Engine, log: Log) -> dict[str, Any]:
    """Everything that must not depend on crashes and repetitions: rows, dead letters, offsets at the end.

    The running number of a case depends on the order in which partitions were read, so it is left out.
    """
    rows: dict[str, Any] = {}
    join_waiting(engine)
    with snapshot(engine) as session:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "number"]
            if table.name != "case_numbers":
                told = (NUMBER.sub("", repr(tuple(row))) for row in session.execute(select(*columns)))
                rows[table.name] = sorted(told)
    rows["letters"] = sorted(
        (letter.topic, letter.partition, letter.offset, letter.reason, b64decode(letter.value))
        for letter in dead_letters(log)
    )
    rows["lag"] = [lag(log, "check", COLLECTED), lag(log, "record", CHECKED)]
    del rows["consumer_offsets"], rows["attempts"]
    return rows


def lag(log: Log, group: str, topic: str) -> int:
    with closing(log.consumer(group, [topic])) as consumer:
        return consumer.lag()


def rewind(log: Log, group: str, topic: str) -> None:
    """Make `group`, which has no member now, read `topic` again from its beginning."""
    consumer = log.consumer(group, [topic])
    while consumer.assignment() != log.end_offsets(topic).keys():
        consumer.poll(max_records=1, timeout=0)
    consumer.commit(dict.fromkeys(consumer.assignment(), 0))
    consumer.close()


def dying(point: str, after: int) -> Callable[[Point], None]:
    """Dies when `point` is reached for the time after `after` times."""
    passed = 0
    kill = crash_at(point)

    def reached(here: Point) -> None:
        nonlocal passed
        passed += here == point
        if passed > after:
            kill(here)

    return reached


def main(folder: str, url: str, mode: str, *rest: str) -> None:
    """On the log in `folder` and the store at `url`: `crash` STAGE POINT AFTER, or `work` SECONDS an ad."""
    home = Path(folder)
    if mode == "crash":
        crash(str(home / "events.db"), url, *rest)
        return
    with pipeline(home, store=store_at(url)) as (engine, log):
        work(engine, log, reader=slowly(home / "journal", float(rest[0])))


def log_at(where: str) -> Log:
    """The log at a `kafka://` URL or in a file, whose members are soon taken for dead."""
    return worker.connect(where) if where.startswith("kafka:") else EmbeddedLog(Path(where), session=SESSION)


def crash(where: str, url: str, stage: str, point: str, after: str) -> None:
    """On the log at `where` and the store at `url`, die in `stage` when `after` times past `point`."""
    with store_at(url) as engine, closing(log_at(where)) as log:
        work(engine, log, stages=[stage], reached=dying(point, int(after)))


def serve(where: str, url: str, folder: str, seconds: str, *stages: str) -> None:
    """On the log at `where` and the store at `url`, take so many seconds an ad, until asked to stop.

    The ads that a process reads are noted in a file of its own in `folder`.
    """
    with store_at(url) as engine, closing(log_at(where)) as log:
        reader = slowly(Path(folder) / f"journal.{os.getpid()}", float(seconds))
        work(engine, log, stages=stages, reader=reader, until_idle=False)
