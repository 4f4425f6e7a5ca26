"""What the door does while the log is away."""

from collections.abc import Iterable
from datetime import datetime

import pytest
from sqlalchemy import Engine

from crawlers.spool import Room, SpoolingProducer
from events.log import LogError, LogUnavailable, Message, NotDelivered, UnknownTopic
from events.topics import COLLECTED
from store.database import snapshot
from store.outbox import waiting


class Log:
    """A log that is away as long as it is told to be."""

    def __init__(self) -> None:
        self.fault: LogError | None = None
        self.tries = 0
        self.values: list[int] = []

    def publish(self, messages: Iterable[Message]) -> None:
        self.tries += 1
        if self.fault:
            raise self.fault
        self.values += [int(message.value) for message in messages]

    def close(self) -> None: ...


class Time:
    """Seconds that pass only while somebody sleeps; what happens meanwhile is up to the test."""

    def __init__(self) -> None:
        self.now = 0.0
        self.events: dict[float, LogError | None] = {}
        self.log: Log | None = None

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.log is not None and self.now in self.events:
            self.log.fault = self.events[self.now]


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def time(log: Log) -> Time:
    time = Time()
    time.log = log
    return time


@pytest.fixture
def producer(engine: Engine, log: Log, time: Time, now: datetime) -> SpoolingProducer:
    room = Room(messages=5, every=10, longest=60, clock=lambda: time.now, sleep=time.sleep)
    return SpoolingProducer(log, engine, now=lambda: now, room=room)


def publish(producer: SpoolingProducer, *numbers: int) -> None:
    producer.publish([Message(COLLECTED, b"key", str(number).encode()) for number in numbers])


def left(engine: Engine) -> int:
    with snapshot(engine) as session:
        return waiting(session)


def test_nothing_is_kept_while_the_log_takes_everything(
    engine: Engine, log: Log, producer: SpoolingProducer
) -> None:
    publish(producer, 1, 2)
    publish(producer)
    assert log.values == [1, 2]
    assert (log.tries, left(engine)) == (1, 0)


@pytest.mark.parametrize(
    "fault",
    [NotDelivered("no acknowledgement"), LogUnavailable("no broker"), UnknownTopic("nobody came yet")],
)
def test_what_the_log_does_not_take_waits_and_goes_out_first(
    fault: LogError, engine: Engine, log: Log, time: Time, producer: SpoolingProducer
) -> None:
    log.fault = fault
    publish(producer, 1, 2)
    publish(producer, 3)
    assert (log.tries, left(engine)) == (1, 3)  # the log is left alone for a while
    log.fault = None
    time.now += 10
    publish(producer, 4)
    assert log.values == [1, 2, 3, 4]
    assert left(engine) == 0


def test_without_room_the_run_pauses_until_the_log_is_back(
    engine: Engine, log: Log, time: Time, producer: SpoolingProducer
) -> None:
    log.fault = NotDelivered()
    time.events = {30.0: None}
    publish(producer, 1, 2, 3, 4)
    publish(producer, 5, 6)
    assert time.now == 30
    assert log.values == [1, 2, 3, 4]
    publish(producer, 7)
    assert log.values == [1, 2, 3, 4, 5, 6, 7]
    assert left(engine) == 0


def test_a_log_that_stays_away_ends_the_run_and_what_waits_is_kept(
    engine: Engine, log: Log, time: Time, now: datetime, producer: SpoolingProducer
) -> None:
    log.fault = NotDelivered()
    publish(producer, 1, 2, 3, 4)
    with pytest.raises(NotDelivered, match="4 messages wait for the log; there is no room for more"):
        publish(producer, 5, 6)
    assert time.now >= 60
    log.fault = None
    next_run = SpoolingProducer(log, engine, now=lambda: now)
    publish(next_run, 5)
    assert log.values == [1, 2, 3, 4, 5]


def test_a_message_that_no_log_would_take_does_not_wait(
    engine: Engine, log: Log, producer: SpoolingProducer
) -> None:
    log.fault = LogError("too large")
    with pytest.raises(LogError, match="too large"):
        publish(producer, 1)
    assert left(engine) == 0
