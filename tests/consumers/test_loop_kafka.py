"""The stages on Kafka and PostgreSQL, in processes that come, go and die: in the end nothing differs."""

import gc
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import Engine

from consumers.loop import Loop, Point
from consumers.record import record_stage
from consumers.runner import Stop
from events.log import Log
from events.topics import CHECKED, COLLECTED
from store.database import connect
from tests.consumers.pipeline import (
    STAGES,
    ads,
    conduct,
    crash,
    fill,
    lag,
    log_at,
    pipeline,
    rewind,
    serve,
    state,
    work,
)
from tests.consumers.test_loop_postgres import restore, run_idle
from tests.kafka.broker import Brokers
from tests.kafka.fixtures import CLIENT_LEFTOVERS, fresh
from tests.postgres import Cluster, cluster
from tests.processes import PATIENCE, end, start

pytestmark = CLIENT_LEFTOVERS

MESSAGES = ads(360)
READ_ONCE = Counter(f"A{number % 340}" for number in range(360))
PARTITIONS = 8
QUICK = ("record", "after_database_commit")
EVERY = [
    pytest.param(stage, point, marks=() if (stage, point) == QUICK else pytest.mark.faults)
    for stage in STAGES
    for point in get_args(Point)
    if stage == "record" or "database" not in point
]


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The state after a run that nothing disturbed, on the embedded log and SQLite."""
    with (
        pipeline(tmp_path_factory.mktemp("golden")) as (engine, _),
        closing(log_at(str(tmp_path_factory.mktemp("log") / "events.db"))) as log,
    ):
        fill(log, MESSAGES, partitions=PARTITIONS)
        work(engine, log)
        return state(engine, log)


class House:
    """A log on Kafka full of ads, a database of PostgreSQL, and the processes that work on them."""

    def __init__(self, where: str, url: str, folder: Path) -> None:
        self.engine: Engine = connect(url)
        self.log: Log = log_at(where)
        self.processes: list[ForkServerProcess] = []
        self._stages: dict[ForkServerProcess, tuple[str, ...]] = {}
        self._where, self._url, self._folder = where, url, folder

    def hire(self, *stages: str, seconds: float = 0.005) -> None:
        """One more process that runs `stages`."""
        place = (self._where, self._url, self._folder)
        self.processes.append(start(serve, *place, seconds, *stages))
        self._stages[self.processes[-1]] = stages

    def crash(self, stage: str, point: str) -> int | None:
        return end(start(crash, self._where, self._url, stage, point, 2))

    def replace(self, number: int) -> None:
        """Kill a process, and start another in its stead."""
        victim = self.processes.pop(number)
        victim.kill()
        victim.join()
        self.hire(*self._stages[victim])

    def dismiss(self) -> list[int | None]:
        """Ask every process to end; their exit statuses."""
        for process in self.processes:
            process.terminate()
        return [end(process) for process in self.processes]

    def read(self) -> Counter[str]:
        """How often each ad was read."""
        return Counter(ad for path in self.journals() for ad in path.read_text().split())

    def hurry(self) -> None:
        """Let nobody take time for an ad any more."""
        (self._folder / "hurry").touch()

    def journals(self) -> list[Path]:
        return list(self._folder.glob("journal.*"))

    def await_quiet(self) -> None:
        """Until nothing is left to do; as a supervisor would, start again whoever gave up in an outage."""

        def quiet() -> bool:
            for number, process in enumerate(self.processes):
                if not process.is_alive():
                    print(f"{self._stages[process]} ended with {process.exitcode}")  # noqa: T201 - shown when a test fails
                    self.replace(number)
                    break
            return not lag(self.log, "check", COLLECTED) + lag(self.log, "record", CHECKED)

        eventually(quiet)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.join()
        self.log.close()
        self.engine.dispose()


def eventually(true: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def house(tmp_path: Path, brokers: Brokers, postgres: Cluster) -> Iterator[House]:
    with house_at(brokers, postgres, tmp_path) as house:
        yield house


@contextmanager
def house_at(brokers: Brokers, server: Cluster, folder: Path) -> Iterator[House]:
    house = House(fresh(brokers.url), server.url(server.new_database()), folder)
    fill(house.log, MESSAGES, partitions=PARTITIONS)
    try:
        yield house
    finally:
        house.close()
        gc.collect()


@pytest.mark.parametrize(("stage", "point"), EVERY)
def test_death_at_a_named_point_changes_nothing_in_the_end(
    stage: str, point: str, house: House, golden: dict[str, Any]
) -> None:
    if stage == "record":
        work(house.engine, house.log, stages=["check"])
    assert house.crash(stage, point) == -signal.SIGKILL
    work(house.engine, house.log)
    assert state(house.engine, house.log) == golden


def test_one_two_and_four_processes_share_the_work_and_no_ad_is_read_twice(
    house: House, golden: dict[str, Any]
) -> None:
    house.hire("record")
    for checkers in (1, 2, 4):
        while len(house.processes) <= checkers:
            # On a busy machine there must be something left to read when the last of them has joined.
            house.hire("check", seconds=0.15)
        eventually(lambda wanted=checkers: len(house.journals()) == wanted)
    house.hurry()
    house.await_quiet()
    assert house.dismiss() == [0] * 5
    assert house.read() == READ_ONCE
    assert state(house.engine, house.log) == golden


def test_processes_that_die_at_random_change_nothing_in_the_end(house: House, golden: dict[str, Any]) -> None:
    kill_at_random(house, times=3)
    assert state(house.engine, house.log) == golden


@pytest.mark.faults
@pytest.mark.timeout(1200)
def test_two_hundred_deaths_change_nothing_in_the_end(house: House, golden: dict[str, Any]) -> None:
    kill_at_random(house, times=201)
    found = state(house.engine, house.log)
    assert found["letters"] == golden["letters"]
    assert found == golden


def kill_at_random(house: House, *, times: int) -> None:
    """Let one, two and four checkers and a recorder work, while one after the other dies."""
    seed = time.time_ns()
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    chance = random.Random(seed)
    house.hire("record")
    for checkers in (1, 2, 4):
        while len(house.processes) <= checkers:
            house.hire("check")
        for _ in range(times // 3):
            time.sleep(chance.uniform(0.1, 0.8))
            house.replace(chance.randrange(len(house.processes)))
    house.await_quiet()
    house.dismiss()


def test_an_idle_stage_notices_an_older_backup_by_itself(
    house: House, postgres: Cluster, golden: dict[str, Any]
) -> None:
    work(house.engine, house.log, stages=["check"])
    house.engine.dispose()
    backup = postgres.new_database(template=str(house.engine.url.database))
    how = conduct(Stop())
    with closing(Loop(record_stage(), log=house.log, engine=house.engine, conduct=how)) as loop:
        run_idle(loop)
        restore(postgres, house.engine, backup)
        assert not loop.step()
        run_idle(loop)
    assert state(house.engine, house.log) == golden


@pytest.mark.faults
def test_replaying_everything_changes_nothing(house: House, golden: dict[str, Any]) -> None:
    work(house.engine, house.log)
    for group, topic in (("check", COLLECTED), ("record", CHECKED)):
        rewind(house.log, group, topic)
    work(house.engine, house.log)
    assert state(house.engine, house.log) == golden


@pytest.mark.faults
def test_an_older_backup_is_filled_again(house: House, postgres: Cluster, golden: dict[str, Any]) -> None:
    work(house.engine, house.log, stages=["check"])
    assert house.crash("record", "before_database_commit") == -signal.SIGKILL
    house.engine.dispose()
    backup = postgres.new_database(template=str(house.engine.url.database))
    work(house.engine, house.log)
    restore(postgres, house.engine, backup)
    house.engine.dispose()
    work(house.engine, house.log)
    assert state(house.engine, house.log) == golden


@pytest.mark.faults
@pytest.mark.parametrize("victim", ["broker", "database"])
def test_services_that_die_amid_the_work_and_come_back(
    victim: str, brokers: Brokers, tmp_path: Path, golden: dict[str, Any]
) -> None:
    with cluster() as server, house_at(brokers, server, tmp_path) as house:
        for stage in ("record", "check", "check"):
            house.hire(stage, seconds=0.02)
        eventually(lambda: sum(house.read().values()) > 60)
        service: Brokers | Cluster = brokers if victim == "broker" else server
        service.kill()
        time.sleep(1)
        service.start()
        # These processes have little patience; a supervisor starts them again.
        for process in house.processes:
            process.terminate()
        while house.processes:
            end(house.processes.pop())
        for stage in ("record", "check"):
            house.hire(stage)
        house.await_quiet()
        assert house.dismiss() == [0, 0]
        assert state(house.engine, house.log) == golden
