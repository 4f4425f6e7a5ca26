"""Check and record over a log in a folder, in this process or, by `main`, as one of its own."""

import time
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from consumers.check import check_stage
from consumers.failures import Patience
from consumers.faults import crash_at
from consumers.letters import dead_letters
from consumers.loop import Conduct, Loop, Point
from consumers.record import record_stage
from consumers.runner import Stop, run, stop_on_signals
from events.embedded import EmbeddedLog
from events.log import Message
from events.topics import ALL, COLLECTED
from events.types import JobAd, Reading
from store.database import connect, snapshot
from store.models import Base
from tests.factory import WEDNESDAY, job_ad, mention
from tests.recorded import fresh_store

SESSION = timedelta(seconds=0.4)
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
    """`read`, noting each ad in `journal` and taking its time."""

    def read_and_note(ad: JobAd) -> Reading:
        with journal.open("a") as out:
            out.write(f"{ad.source_ad_id}\n")
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
        log.ensure_topics(ALL, partitions=3)
        producer = log.producer()
        producer.publish(messages)
        producer.close()
        yield engine, log
        log.close()


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
    log: EmbeddedLog,
    *,
    stages: Sequence[str] = ("check", "record"),
    reader: Callable[[JobAd], Reading] = read,
    **given: Any,
) -> None:
    """Run the stages until idle or stopped."""
    with stop_on_signals() as stop:
        loops: dict[str, Loop[Any]] = {
            "check": Loop(check_stage(reader), log=log, engine=engine, conduct=conduct(stop, **given)),
            "record": Loop(record_stage(), log=log, engine=engine, conduct=conduct(stop, **given)),
        }
        chosen = [loop for name, loop in loops.items() if name in stages]
        try:
            run(chosen, stop, until_idle=True, after_round=lambda: None)
        finally:
            for loop in loops.values():
                loop.close()


def state(engine: Engine, log: EmbeddedLog) -> dict[str, Any]:
    """Everything that must not depend on crashes and repetitions: rows, dead letters, offsets at the end.

    The running number of a case depends on the order in which partitions were read, so it is left out.
    """
    rows: dict[str, Any] = {}
    with snapshot(engine) as session:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "number"]
            if table.name != "case_numbers":
                rows[table.name] = sorted(repr(tuple(row)) for row in session.execute(select(*columns)))
    rows["letters"] = sorted(
        (letter.topic, letter.partition, letter.offset, letter.reason, b64decode(letter.value))
        for letter in dead_letters(log)
    )
    rows["lag"] = [log.consumer("check", [ALL[0]]).lag(), log.consumer("record", [ALL[1]]).lag()]
    del rows["consumer_offsets"]
    return rows


def rewind(log: EmbeddedLog, group: str, topic: str) -> None:
    """Make `group`, which has no member now, read `topic` again from its beginning."""
    consumer = log.consumer(group, [topic])
    consumer.poll(max_records=0, timeout=0)
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
    with pipeline(home, store=store_at(url)) as (engine, log):
        if mode == "crash":
            stage, point, after = rest
            work(engine, log, stages=[stage], reached=dying(point, int(after)))
        else:
            work(engine, log, reader=slowly(home / "journal", float(rest[0])))
