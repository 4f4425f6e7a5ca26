"""Workers on what waits in the database: messages for the log, ads to be put into clusters."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from consumers.failures import Patience
from consumers.runner import Progress
from events.log import Message, Producer
from store import clusters, outbox
from store.database import snapshot


class Backlog:
    """A worker that takes one batch in each step."""

    def __init__(
        self,
        take: Callable[[], int],
        left: Callable[[], int],
        *,
        patience: Patience,
        clock: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.progress = Progress()
        self.lag = left
        self._take = take
        self._patiently = patience
        self._clock = clock

    def step(self) -> int:
        done = self._patiently(self._take)
        self.counts.update(done=done)
        if done:
            self.progress.last_commit = self._clock()
        return done

    def close(self) -> None: ...


class Relay(Backlog):
    """Publishes what waits in the outbox (`store.outbox`)."""

    def __init__(
        self, engine: Engine, producer: Producer, *, patience: Patience, clock: Callable[[], datetime]
    ) -> None:
        take = partial(outbox.drain, engine, self._publish)
        super().__init__(take, partial(_count, engine, outbox.waiting), patience=patience, clock=clock)
        self._producer = producer

    def _publish(self, messages: Sequence[outbox.Waiting]) -> None:
        self._producer.publish([Message(*each) for each in messages])

    def close(self) -> None:
        self._producer.close()


class Clustering(Backlog):
    """Puts recorded ads into the clusters of their postings (`store.clusters`)."""

    def __init__(self, engine: Engine, *, patience: Patience, clock: Callable[[], datetime]) -> None:
        take = partial(clusters.join_some, engine)
        super().__init__(take, partial(_count, engine, clusters.waiting), patience=patience, clock=clock)


def _count(engine: Engine, waiting: Callable[[Session], int]) -> int:
    with snapshot(engine) as session:
        return waiting(session)
