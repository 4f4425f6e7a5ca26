"""The relay: publishes what waits in the outbox (`store.outbox`)."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from consumers.failures import Patience
from consumers.runner import Progress
from events.log import Message, Producer
from store.database import snapshot
from store.outbox import Waiting, drain, waiting


class Relay:
    """A worker that takes one batch in each step."""

    def __init__(
        self, engine: Engine, producer: Producer, *, patience: Patience, clock: Callable[[], datetime]
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.progress = Progress()
        self._engine = engine
        self._producer = producer
        self._patiently = patience
        self._clock = clock

    def step(self) -> int:
        done = self._patiently(partial(drain, self._engine, self._publish))
        self.counts.update(done=done)
        if done:
            self.progress.last_commit = self._clock()
        return done

    def _publish(self, messages: Sequence[Waiting]) -> None:
        self._producer.publish([Message(*each) for each in messages])

    def lag(self) -> int:
        with snapshot(self._engine) as session:
            return waiting(session)

    def close(self) -> None:
        self._producer.close()
