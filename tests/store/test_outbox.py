"""The outbox, on SQLite and PostgreSQL."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from events.log import NotDelivered
from store.database import snapshot, transaction
from store.outbox import BATCH, Waiting, drain, put, waiting, waiting_since
from tests.factory import WEDNESDAY
from tests.stores import NewStore


@pytest.fixture
def engine(new_store: NewStore) -> Iterator[Engine]:
    with new_store() as engine:
        yield engine


class Log:
    """What was published, in order."""

    def __init__(self) -> None:
        self.messages: list[Waiting] = []
        self.away = False

    def publish(self, messages: Sequence[Waiting]) -> None:
        if self.away:
            raise NotDelivered
        self.messages += messages


def numbered(*numbers: int) -> list[Waiting]:
    return [Waiting("ads.collected", b"key", str(number).encode()) for number in numbers]


def keep(engine: Engine, *numbers: int) -> None:
    with transaction(engine) as session:
        put(session, numbered(*numbers), now=WEDNESDAY)


def left(engine: Engine) -> int:
    with snapshot(engine) as session:
        return waiting(session)


def test_messages_go_out_in_order_and_once(engine: Engine) -> None:
    log = Log()
    keep(engine, *range(BATCH))
    keep(engine, *range(BATCH, BATCH + 3))
    keep(engine)
    with snapshot(engine) as session:
        assert waiting_since(session) == WEDNESDAY
    assert [drain(engine, log.publish) for _ in range(3)] == [BATCH, 3, 0]
    assert log.messages == numbered(*range(BATCH + 3))
    with snapshot(engine) as session:
        assert waiting_since(session) is None


def test_what_was_undone_is_not_published(engine: Engine) -> None:
    with Session(engine) as session:
        put(session, numbered(1), now=WEDNESDAY)
        session.rollback()
    assert left(engine) == 0


def test_what_the_log_does_not_take_stays(engine: Engine) -> None:
    log = Log()
    log.away = True
    keep(engine, 1, 2)
    with pytest.raises(NotDelivered):
        drain(engine, log.publish)
    assert left(engine) == 2
    log.away = False
    assert drain(engine, log.publish) == 2
    assert log.messages == numbered(1, 2)


def test_a_crash_after_publishing_publishes_the_same_again(engine: Engine) -> None:
    log = Log()
    keep(engine, 1)

    def publish_and_die(messages: Sequence[Waiting]) -> None:
        log.publish(messages)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drain(engine, publish_and_die)
    assert drain(engine, log.publish) == 1
    assert log.messages == numbered(1, 1)


def test_a_smaller_number_that_is_committed_later_is_published_too(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("one transaction writes at a time: numbers are committed in their order")
    log = Log()
    with Session(engine) as slow, slow.begin():
        put(slow, numbered(1), now=WEDNESDAY)
        slow.flush()
        keep(engine, 2)
        assert drain(engine, log.publish) == 1
    assert drain(engine, log.publish) == 1
    assert log.messages == numbered(2, 1)
