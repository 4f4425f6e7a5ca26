"""A stage may die at any point, be stopped at any point and be repeated: the end is always the same."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import delete

from config.settings import SettingsError
from consumers.check import check_stage
from consumers.faults import crash_at
from consumers.loop import Loop, Point
from consumers.runner import Stop
from events.topics import CHECKED, COLLECTED
from events.types import JobAd, Reading
from store.models import Base
from tests.consumers.pipeline import POISON, SESSION, ads, conduct, main, pipeline, read, rewind, state, work
from tests.processes import PATIENCE, end, start
from tests.stores import NewStore

MESSAGES = ads(200)
POISONED = 4


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The state after a run that nothing disturbed."""
    with pipeline(tmp_path_factory.mktemp("golden"), *MESSAGES) as (engine, log):
        work(engine, log)
        return state(engine, log)


def journal(folder: Path) -> list[str]:
    """The ads that the check stage has read, in order."""
    path = folder / "journal"
    return path.read_text().split() if path.exists() else []


def await_ads(process: ForkServerProcess, folder: Path, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(journal(folder)) < count:
        assert process.is_alive()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_golden_state_holds_every_ad_and_every_dead_letter(golden: dict[str, Any]) -> None:
    assert len(golden["ads"]) == 180
    assert len(golden["ad_versions"]) == 200
    assert len(golden["clues"]) == 60
    assert [letter[-1] for letter in golden["letters"]] == POISON[:POISONED]
    assert golden["lag"] == [0, 0]


@pytest.mark.parametrize("point", [point for point in get_args(Point) if "database" not in point])
def test_death_of_the_check_stage_at_a_named_point_changes_nothing_in_the_end(
    point: str, tmp_path: Path, golden: dict[str, Any]
) -> None:
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        process = start(main, tmp_path, engine.url, "crash", "check", point, 2)
        assert end(process) == -signal.SIGKILL
        work(engine, log)
        assert state(engine, log) == golden


@pytest.mark.parametrize("point", get_args(Point))
def test_death_of_the_record_stage_at_a_named_point_changes_nothing_in_the_end(
    point: str, tmp_path: Path, new_store: NewStore, golden: dict[str, Any]
) -> None:
    with pipeline(tmp_path, *MESSAGES, store=new_store()) as (engine, log):
        work(engine, log, stages=["check"])
        process = start(main, tmp_path, engine.url, "crash", "record", point, 2)
        assert end(process) == -signal.SIGKILL
        work(engine, log)
        assert state(engine, log) == golden


def test_random_deaths_of_two_processes_change_nothing_in_the_end(
    tmp_path: Path, golden: dict[str, Any]
) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        workers = [start(main, tmp_path, engine.url, "work", 0.002) for _ in range(2)]
        for _ in range(4):
            time.sleep(chance.uniform(0.1, 0.8))
            victim = chance.randrange(2)
            workers[victim].kill()
            workers[victim].join()
            workers[victim] = start(main, tmp_path, engine.url, "work", 0.002)
        for worker in workers:
            assert end(worker) == 0
        work(engine, log)
        assert state(engine, log) == golden


def test_replaying_the_whole_log_changes_nothing(tmp_path: Path, golden: dict[str, Any]) -> None:
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        work(engine, log)
        for group, topic in (("check", COLLECTED), ("record", CHECKED)):
            rewind(log, group, topic)
        assert state(engine, log)["lag"] == [204, 200]
        work(engine, log)
        assert state(engine, log) == golden
        assert sum(log.end_offsets(CHECKED).values()) == 400


def test_a_database_set_back_is_filled_again_from_the_log(tmp_path: Path, golden: dict[str, Any]) -> None:
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        work(engine, log)
        with engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                # The history of cases refuses deletion, so its triggers go first, as in a fresh database.
                for action in ("update", "delete"):
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table.name}_no_{action}")
                if table.name != "bureaus":
                    connection.execute(delete(table))
        work(engine, log)
        # The letters are in the log; what the budget knows of them begins anew.
        assert state(engine, log) == golden | {"dead_letter_entries": []}


def test_sigterm_finishes_the_batch_and_nothing_is_delivered_twice(
    tmp_path: Path, golden: dict[str, Any]
) -> None:
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        process = start(main, tmp_path, engine.url, "work", 0.01)
        await_ads(process, tmp_path, 30)
        process.terminate()
        assert end(process) == 0
        done = len(journal(tmp_path))
        assert 30 <= done < 200
        second = start(main, tmp_path, engine.url, "work", 0)
        assert end(second) == 0
        assert max(Counter(journal(tmp_path)).values()) == 2
        assert len(journal(tmp_path)) == 200
        assert state(engine, log) == golden


def test_a_second_signal_ends_at_once_and_loses_nothing(tmp_path: Path, golden: dict[str, Any]) -> None:
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        process = start(main, tmp_path, engine.url, "work", 60)
        await_ads(process, tmp_path, 1)
        os.kill(process.pid or 0, signal.SIGINT)
        time.sleep(0.1)
        assert process.is_alive()
        process.terminate()
        assert end(process) == -signal.SIGTERM
        work(engine, log)
        assert state(engine, log) == golden


class OffsetsFirst(Loop[JobAd]):
    """The defence taken away: offsets are committed before the work is done."""

    def step(self) -> int:
        self._batch = self._batch or self._poll()
        self._commit({record.place: record.offset + 1 for record in self._batch})
        return super().step()


class Died(Exception):  # noqa: N818
    """Stands for the death of the process."""


def die(_ad: JobAd) -> Reading:
    raise Died


@pytest.mark.parametrize(("kind", "survives"), [(Loop, True), (OffsetsFirst, False)])
def test_these_tests_notice_when_offsets_are_committed_first(
    kind: Callable[..., Loop[JobAd]], *, survives: bool, tmp_path: Path, golden: dict[str, Any]
) -> None:
    with pipeline(tmp_path, *MESSAGES) as (engine, log):
        doomed = kind(check_stage(die), log=log, engine=engine, conduct=conduct(Stop()))
        with pytest.raises(Died):
            doomed.step()
        time.sleep(SESSION.total_seconds())
        work(engine, log, reader=read)
        assert (state(engine, log) == golden) is survives


def test_an_unknown_crash_point_is_named() -> None:
    with pytest.raises(SettingsError, match="QINGDAN_CRASH_AT: 'lunch'"):
        crash_at("lunch")
