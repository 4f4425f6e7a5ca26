"""What is out of reach for a while: the loop waits, keeps its batch and gives up in time."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from consumers.failures import Patience, Retryable
from consumers.loop import Conduct, Loop
from consumers.runner import Stop
from events.kafka_client import POLL_MS
from events.log import NotDelivered
from events.types import JobAd
from store.database import connect
from store.postgresql import STATEMENT_MS
from tests.consumers.effects import (
    STAGE,
    House,
    Make,
    effects,
    good,
    ids,
    outputs,
    publish,
    write,
)
from tests.factory import WEDNESDAY


def test_an_outage_is_waited_out_and_the_batch_is_kept(house: House, loop_of: Make) -> None:
    failures = [
        Retryable("no answer"),
        NotDelivered("no log"),
        OperationalError("", {}, ValueError("locked")),
    ]

    def fail_first(session: Session, events: Sequence[JobAd]) -> None:
        write(session, events)
        if failures:
            raise failures.pop()

    publish(house, *good(1, 2))
    loop = loop_of(replace(STAGE, effects=fail_first))
    assert loop.step() == 2
    assert effects(house) == set(outputs(house)) == ids(1, 2)
    assert loop.lag() == 0


def test_a_locked_database_is_waited_out(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, loop_of: Make
) -> None:
    loop_of().close()
    monkeypatch.setattr("store.database.BUSY_SECONDS", 0.02)
    impatient = connect(str(house[0].url))
    blocker = sqlite3.connect(tmp_path / "qingdan.db", isolation_level=None)
    waits: list[float] = []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        if len(waits) == 3:
            blocker.execute("ROLLBACK")
        return False

    publish(house, *good(1))
    patience = Patience(pause=pause, first=1, longest=3, chance=lambda: 1.0)
    how = Conduct(clock=lambda: WEDNESDAY, patience=patience)
    loop = Loop(STAGE, log=house[1], engine=impatient, conduct=how)
    blocker.execute("BEGIN IMMEDIATE")
    assert loop.step() == 1
    assert waits == [1, 2, 3]
    assert effects(house) == ids(1)
    loop.close()
    impatient.dispose()
    blocker.close()


@pytest.mark.parametrize("stopping", [False, True])
def test_an_outage_that_lasts_ends_the_step_and_keeps_the_batch(
    house: House, stop: Stop, loop_of: Make, *, stopping: bool
) -> None:
    tries = []

    def unreachable(_session: Session, _events: Sequence[JobAd]) -> None:
        tries.append(1)
        raise Retryable("no answer")

    stop.requested = stopping
    publish(house, *good(1))
    loop = loop_of(replace(STAGE, effects=unreachable), patience=Patience(pause=stop.pause, first=0, tries=4))
    with pytest.raises(Retryable, match="no answer"):
        loop.step()
    assert len(tries) == (1 if stopping else 4)
    assert loop.lag() == 1
    assert not outputs(house)


def test_patience_doubles_its_waits_with_jitter_up_to_the_longest() -> None:
    waits: list[float] = []

    def pause(seconds: float) -> bool:
        waits.append(seconds)
        return False

    patience = Patience(first=1, longest=5, tries=6, pause=pause, chance=lambda: 0.0)

    def fail() -> None:
        raise Retryable

    with pytest.raises(Retryable):
        patience(fail)
    assert waits == [0.5, 1, 2, 2.5, 2.5]


def test_patience_ends_before_the_log_takes_the_partitions_away() -> None:
    now = 0.0

    def wait(seconds: float) -> bool:
        nonlocal now
        now += seconds
        return False

    def time_out() -> None:
        wait(STATEMENT_MS / 1000)
        raise Retryable

    with pytest.raises(Retryable):
        Patience(pause=wait, clock=lambda: now)(time_out)
    assert 120 < now < POLL_MS / 1000
