"""`qingdan run`: the stages, in one process and in turn, or a few of them in each of several processes."""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import click
from sqlalchemy import Engine

from cli.wiring import open_database, open_log
from config.clock import now_in_china
from config.settings import settings
from config.tables import DataError
from consumers.backlog import Clustering, Relay
from consumers.check import check_stage
from consumers.failures import OUTAGE, DeadLetterBudget, Patience, TooManyDeadLetters
from consumers.faults import crash_at
from consumers.garbage import as_usual, keep_what_is_loaded
from consumers.health import Watch
from consumers.limits import no_longer_than, no_more_memory_than
from consumers.loop import Conduct, Loop, Stage
from consumers.record import record_stage
from consumers.runner import Stop, WhenCaughtUp, Worker, run, stop_on_signals
from events.log import LogError
from events.types import JobAd
from store.errors import DatabaseFull

STAGES: Final = ("relay", "check", "record", "alert", "cluster")
HANG_SECONDS: Final = 60.0
"""No ad takes so long to read: the process that is still at it ends itself."""
RECORD_BATCH: Final = 2000
"""Recording is mostly bringing rows to the database, which pays in large batches (docs/performance.md)."""
TERMINAL_SECONDS: Final = 0.2
LINE_SECONDS: Final = 5.0
"""How often progress is shown on a terminal, and elsewhere."""


@click.command()
@click.argument("stages", metavar="[STAGE]...", nargs=-1, type=click.Choice(STAGES))
@click.option("--until-idle", is_flag=True, help="Stop when nothing is left to do.")
def command(stages: Sequence[str], until_idle: bool) -> None:
    """Run stages, all by default, in one process or in several that share the work.

    relay publishes what waits in the outbox, check reads ads, record writes clues and cases, alert tells the
    bureaus, cluster finds out which ads are publications of one posting.

    SIGTERM or Ctrl-C finishes the batch at hand and ends with status 0; a second one ends at once, and loses
    nothing either. With --until-idle the status is 1 when there were dead letters.
    """
    counts = run_stages(stages or STAGES, until_idle=until_idle)
    for name, count in counts.items():
        click.echo(f"{name:7} {_told(count)}")
    if any(count["dead"] for count in counts.values()):
        click.echo("dead letters: see qingdan dead list")
        sys.exit(1 if until_idle else 0)


def _told(count: Counter[str]) -> str:
    dead = f", {count['dead']:,} dead" if count["dead"] else ""
    return f"{count['done']:,} done{dead}"


def run_stages(stages: Sequence[str], *, until_idle: bool) -> dict[str, Counter[str]]:
    """Run `stages` until idle or asked to stop; for each, how much is `done` and how much `dead`.

    Raises:
        ClickException: an outage outlasted our patience, or the dead-letter budget is spent.
    """
    try:
        with (
            stop_on_signals() as stop,
            _workers(stages, stop, daily=not until_idle) as workers,
            _watched(workers) as tell,
        ):
            run(list(workers.values()), stop, until_idle=until_idle, after_round=tell)
            return {name: worker.counts for name, worker in workers.items()}
    except (TooManyDeadLetters, DatabaseFull, LogError, *OUTAGE) as error:
        raise click.ClickException(f"stopped, nothing is lost: {type(error).__name__}: {error}") from error


@contextmanager
def _workers(stages: Sequence[str], stop: Stop, *, daily: bool) -> Iterator[dict[str, Worker]]:
    """The chosen stages in the order of the pipeline, connected; closed again at the end.

    If `daily`, bureaus get what is not urgent once a day.
    """
    with ExitStack() as closing:
        patience = Patience(pause=stop.pause)
        # Servers that start at the same time as this process are waited for.
        engine = patience(open_database)
        closing.callback(engine.dispose)
        log = patience(open_log)
        closing.callback(log.close)
        conduct = Conduct(
            clock=now_in_china,
            patience=patience,
            budget=DeadLetterBudget(of_source=settings().dead_letters),
            reached=crash_at(settings().crash_at),
            limited=partial(no_longer_than, HANG_SECONDS),
        )
        if settings().memory_mib:
            no_more_memory_than(settings().memory_mib)
        workers: dict[str, Worker] = {}
        if "relay" in stages:
            workers["relay"] = Relay(engine, log.producer(), patience=patience, clock=now_in_china)
        if "check" in stages:
            workers["check"] = Loop(_check(engine, conduct), log=log, engine=engine, conduct=conduct)
        if "record" in stages:
            in_bulk = replace(conduct, batch=RECORD_BATCH)
            workers["record"] = Loop(record_stage(), log=log, engine=engine, conduct=in_bulk)
        for worker in workers.values():
            closing.callback(worker.close)
        # Neither has anything to close, and nobody's alert waits for counts.
        if "alert" in stages:
            workers["alert"] = WhenCaughtUp(
                _alert(engine, patience, daily=daily), list(workers.values()), clock=now_in_china
            )
        if "cluster" in stages:
            workers["cluster"] = Clustering(engine, patience=patience, clock=now_in_china)
        keep_what_is_loaded()
        closing.callback(as_usual)
        yield workers


@contextmanager
def _watched(workers: Mapping[str, Worker]) -> Iterator[Callable[[], None]]:
    """Tells people, supervisors and Prometheus how the workers are; gives what to call after each round."""
    from consumers.endpoint import endpoint
    from consumers.metrics import house

    progress = Progress(workers)
    with ExitStack() as closing:
        closing.callback(progress.close)
        watch = closing.enter_context(Watch(workers, folder=settings().health, clock=now_in_china))
        if settings().metrics:
            engine = open_database()
            closing.callback(engine.dispose)
            at = endpoint(settings().metrics, watch, house=partial(house, engine), clock=now_in_china)
            closing.enter_context(at)

        def tell() -> None:
            progress.show()
            watch.look()

        yield tell


def _check(engine: Engine, conduct: Conduct) -> Stage[JobAd]:
    from consumers.release import RulesInUse

    try:
        rules = RulesInUse(settings().rules, engine=engine, conduct=conduct, swapped=keep_what_is_loaded)
    except DataError as error:
        raise click.ClickException(f"rules in {settings().rules} cannot be used:\n{error}") from error
    return check_stage(rules.read, prepare=rules.refresh)


def _alert(engine: Engine, patience: Patience, *, daily: bool) -> Callable[[datetime], int]:
    from cli.alerts import alert_stage, case_webhook_stage, notice_stage, robot_stage

    # Robots tell of the letters that are there by then.
    stages = alert_stage(engine, daily=daily), robot_stage(engine), case_webhook_stage(engine)
    steps: list[Callable[[datetime], int]] = [*(stage.step for stage in stages), notice_stage(engine).step]
    return lambda now: sum(patience(partial(step, now)) for step in steps)


class Progress:
    """How far the stages are: a line that is overwritten on a terminal, a line now and then elsewhere."""

    def __init__(self, workers: Mapping[str, Worker]) -> None:
        self._workers = workers
        self._terminal = sys.stderr.isatty()
        self._shown = time.monotonic()

    def show(self) -> None:
        now = time.monotonic()
        if now - self._shown >= (TERMINAL_SECONDS if self._terminal else LINE_SECONDS):
            self._shown = now
            self._write(", ".join(f"{name} {_told(worker.counts)}" for name, worker in self._workers.items()))

    def _write(self, line: str) -> None:
        click.echo(f"\r\x1b[K{line}" if self._terminal else line, err=True, nl=not self._terminal)

    def close(self) -> None:
        if self._terminal:
            self._write("")
