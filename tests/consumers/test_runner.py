import os
import signal
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from consumers.runner import Progress, Stop, WhenCaughtUp, run, stop_on_signals
from tests.factory import WEDNESDAY


class Pile:
    """A worker with so much to do, that may pass each piece on to another pile."""

    def __init__(self, size: int, after: "Pile | None" = None) -> None:
        self.counts: Counter[str] = Counter()
        self.progress = Progress()
        self.size = size
        self.after = after

    def step(self) -> int:
        done = min(self.size, 2)
        self.size -= done
        self.counts.update(done=done)
        if self.after:
            self.after.size += done
        return done

    def lag(self) -> int:
        return self.size

    def close(self) -> None: ...


class Alerts:
    """Notes when it acts."""

    def __init__(self) -> None:
        self.now = WEDNESDAY
        self.acted: list[datetime] = []

    def clock(self) -> datetime:
        return self.now

    def act(self, now: datetime) -> int:
        self.acted.append(now)
        return 0


def run_all(workers: Sequence[Pile | WhenCaughtUp]) -> None:
    run(workers, Stop(), until_idle=True, after_round=lambda: None)


def test_everything_is_done_before_it_is_idle() -> None:
    last = Pile(0)
    first = Pile(7, after=last)
    run_all([first, last])
    assert (first.counts["done"], last.counts["done"]) == (7, 7)


def test_work_that_another_process_holds_is_waited_for() -> None:
    pile = Pile(0)
    lags = iter([3, 1, 0])
    pile.lag = lambda: next(lags)  # type: ignore[method-assign]
    run_all([pile])
    assert next(lags, None) is None


def test_a_stop_ends_the_round_after_the_batch_at_hand() -> None:
    stop = Stop()
    first, second = Pile(10), Pile(10)

    def step() -> int:
        stop.requested = True
        return 1

    first.step = step  # type: ignore[method-assign]
    run([first, second], stop, until_idle=False, after_round=lambda: None)
    assert second.size == 10


def test_alerts_wait_until_the_others_have_caught_up() -> None:
    alerts, pile = Alerts(), Pile(5)
    worker = WhenCaughtUp(alerts.act, [pile], clock=alerts.clock)
    for _ in range(3):
        worker.step()
        assert not alerts.acted
        pile.step()
    worker.step()
    assert alerts.acted == [WEDNESDAY]


def test_alerts_do_not_wait_for_ever() -> None:
    alerts, pile = Alerts(), Pile(10**9)
    worker = WhenCaughtUp(alerts.act, [pile], clock=alerts.clock, longest=timedelta(minutes=15))
    for _ in range(40):
        worker.step()
        alerts.now += timedelta(minutes=1)
    assert alerts.acted == [WEDNESDAY + timedelta(minutes=15), WEDNESDAY + timedelta(minutes=30)]


def test_alerts_do_not_wait_for_a_clock_that_was_set_back() -> None:
    alerts, pile = Alerts(), Pile(10**9)
    worker = WhenCaughtUp(alerts.act, [pile], clock=alerts.clock, longest=timedelta(minutes=15))
    alerts.now -= timedelta(days=1)
    worker.step()
    worker.step()
    assert alerts.acted == [WEDNESDAY - timedelta(days=1)]


def test_the_first_signal_requests_a_stop_and_ends_a_pause_and_the_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with stop_on_signals() as stop:
        assert not stop.pause(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.pause(60)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
