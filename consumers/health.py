"""Is a stage alive? Told by its progress, not by its process: in files, and at an address (`endpoint`).

A process writes one file for each of its stages, anew every few seconds. It takes them away when it ends
well; one that ended in trouble leaves its reason behind, until a successor of the same stage takes over.
"""

import json
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from config.logs import without_secrets
from consumers.runner import Worker

EVERY: Final = timedelta(seconds=5)
"""How often a process says how its stages are."""

SILENCE: Final = timedelta(minutes=3)
"""A stage that says nothing for so long is stuck: an outage that is waited for takes about a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one stage of one process is."""

    stage: str
    host: str
    pid: int
    started: datetime
    at: datetime
    """When this was said."""
    last_commit: datetime | None
    """When the stage last finished something for good."""
    lag: int
    """Records that its whole group has yet to handle."""
    lag_seconds: float
    """Age of the oldest record of the last batch; 0 once the stage has caught up."""
    done: int
    dead: int
    """Records handled and records turned into dead letters since the start."""
    error: str = ""
    """Why the process ended; empty while it runs."""

    def trouble(self, now: datetime) -> str:
        """What is wrong with it at `now`; empty when nothing is."""
        if self.error:
            return f"stopped: {self.error}"
        if now - self.at > SILENCE:
            return f"no sign of life since {self.at:%Y-%m-%d %H:%M:%S}"
        return ""

    def encode(self) -> bytes:
        return json.dumps(asdict(self), default=datetime.isoformat, ensure_ascii=False, indent=1).encode()

    @classmethod
    def decode(cls, value: bytes) -> Self:
        """The health in a file.

        Raises:
            ValueError: it is none.
        """
        try:
            said = json.loads(value)
            for name in ("started", "at", "last_commit"):
                said[name] = said[name] and datetime.fromisoformat(said[name])
            return cls(**{each.name: said[each.name] for each in fields(cls)})
        except (TypeError, KeyError) as error:
            raise ValueError(f"no health of a stage: {error}") from error


class Watch:
    """Watches the workers of this process, and tells how they are."""

    def __init__(self, workers: Mapping[str, Worker], *, folder: Path, clock: Callable[[], datetime]) -> None:
        self._workers = workers
        self._folder = folder
        self._clock = clock
        self._started = clock()
        self._told = self._started - EVERY
        self.latest: tuple[Health, ...] = ()
        """What was last told; replaced as a whole, so that another thread may read it."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, health in told(folder):
            if health.stage in workers and _is_gone(health):
                file.unlink(missing_ok=True)

    def look(self) -> None:
        """Tell how the stages are, if it is time to; called after each round of the workers."""
        now = self._clock()
        if abs(now - self._told) >= EVERY:  # the clock may have been set back
            self._told = now
            self._tell(
                [self._health(stage, now, lag=worker.lag()) for stage, worker in self._workers.items()]
            )

    def __enter__(self) -> Self:
        self.look()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Take the files away where the process ends well; else tell in them why it ends."""
        if error is None:
            for stage in self._workers:
                self._file(stage).unlink(missing_ok=True)
            return
        cause = error.__cause__ or error
        reason = without_secrets(f"{type(cause).__name__}: {cause}")
        lags = {health.stage: health.lag for health in self.latest}
        now = self._clock()
        healths = [self._health(stage, now, lag=lags.get(stage, 0), error=reason) for stage in self._workers]
        self._tell(healths)

    def _health(self, stage: str, now: datetime, *, lag: int, error: str = "") -> Health:
        worker = self._workers[stage]
        since = worker.progress.behind_since if lag else None
        return Health(
            stage=stage,
            host=socket.gethostname(),
            pid=os.getpid(),
            started=self._started,
            at=now,
            last_commit=worker.progress.last_commit,
            lag=lag,
            lag_seconds=max((now - since).total_seconds(), 0.0) if since else 0.0,
            done=worker.counts["done"],
            dead=worker.counts["dead"],
            error=error,
        )

    def _tell(self, healths: list[Health]) -> None:
        self.latest = tuple(healths)
        for health in healths:
            file = self._file(health.stage)
            draft = file.with_suffix(".tmp")
            draft.write_bytes(health.encode())
            draft.replace(file)

    def _file(self, stage: str) -> Path:
        return self._folder / f"{stage}-{os.getpid()}.json"


def told(folder: Path) -> Iterator[tuple[Path, Health]]:
    """What the processes of this house have told, file by file; one that is no health is passed over."""
    for file in sorted(folder.glob("*.json")):
        try:
            yield file, Health.decode(file.read_bytes())
        except (OSError, ValueError):
            continue  # it went meanwhile, or is not ours


def trouble(health: Health, now: datetime) -> str:
    """What is wrong with a stage whose file was found; empty when nothing is."""
    found = health.trouble(now)
    return found or ("its process ended without a word" if _is_gone(health) else "")


def _is_gone(health: Health) -> bool:
    """Whether its process no longer runs; of another machine nobody here knows."""
    if health.host != socket.gethostname():
        return False
    try:
        os.kill(health.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return health.error != ""


def stalled(healths: Iterable[Health], now: datetime) -> dict[str, int]:
    """Stages of which nobody has finished anything for long, with the number of records that wait."""
    moved: dict[str, datetime] = {}
    lags: dict[str, int] = {}
    for health in healths:
        latest = max(health.last_commit or health.started, moved.get(health.stage, health.started))
        moved[health.stage], lags[health.stage] = latest, health.lag
    return {stage: lag for stage, lag in lags.items() if lag and now - moved[stage] > SILENCE}
