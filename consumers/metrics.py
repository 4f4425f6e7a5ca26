"""What Prometheus is told about a process and its house: a closed set of names (docs/operations.md)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from consumers.health import Health
from store.database import snapshot
from store.dead_letters import count_open
from store.deliveries import status_counts
from store.outbox import waiting, waiting_since
from store.resending import last_letter

NAMES: Final = {
    "qingdan_records_total": "Records handled since the start of the process, by stage and outcome.",
    "qingdan_lag_records": "Records that the stage's whole group has yet to handle.",
    "qingdan_lag_age_seconds": "Age of the oldest record of the stage's last batch; 0 once caught up.",
    "qingdan_last_commit_timestamp_seconds": "When the stage last finished something for good; 0 before.",
    "qingdan_seen_timestamp_seconds": "When the stage last gave a sign of life.",
    "qingdan_up": "1 while the stage makes progress or has nothing to do, else 0.",
    "qingdan_dead_letters_open": "Dead letters that nobody has replayed or dropped.",
    "qingdan_outbox_messages": "Messages decided on that the log has yet to get.",
    "qingdan_outbox_age_seconds": "Age of the oldest of them; 0 when none waits.",
    "qingdan_deliveries": "Alerts to bureaus, by status.",
    "qingdan_last_letter_timestamp_seconds": "When a letter to a bureau was last taken; 0 before.",
}
"""Every metric with its help. There are no others, and no label takes a value from an ad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the database says, the same for all processes."""

    dead_letters: int
    outbox: int
    outbox_since: datetime | None
    deliveries: dict[str, int]
    last_letter: datetime | None


def house(engine: Engine) -> House | None:
    """What the database says at the moment; None while it cannot be asked."""
    try:
        with snapshot(engine) as session:
            return House(
                dead_letters=count_open(session),
                outbox=waiting(session),
                outbox_since=waiting_since(session),
                deliveries=status_counts(session),
                last_letter=last_letter(session),
            )
    except OperationalError:
        return None


class StageMetrics(Collector):
    """The metrics of what was last told; asked by another thread than the one that tells."""

    def __init__(self) -> None:
        self.healths: Sequence[Health] = ()
        self.house: House | None = None
        self.now: datetime | None = None

    def collect(self) -> Iterable[Metric]:
        if self.now is not None:
            yield from _of_stages(self.healths, self.now)
            if self.house is not None:
                yield from _of_house(self.house, self.now)


def _of_stages(healths: Sequence[Health], now: datetime) -> Iterator[Metric]:
    records = CounterMetricFamily(*_named("qingdan_records_total"), labels=["stage", "outcome"])
    for health in healths:
        records.add_metric([health.stage, "done"], health.done)
        records.add_metric([health.stage, "dead"], health.dead)
    yield records
    values: Mapping[str, Callable[[Health], float]] = {
        "qingdan_lag_records": lambda health: health.lag,
        "qingdan_lag_age_seconds": lambda health: health.lag_seconds,
        "qingdan_last_commit_timestamp_seconds": lambda health: _seconds(health.last_commit),
        "qingdan_seen_timestamp_seconds": lambda health: _seconds(health.at),
        "qingdan_up": lambda health: not health.trouble(now),
    }
    for name, value in values.items():
        gauge = GaugeMetricFamily(*_named(name), labels=["stage"])
        for health in healths:
            gauge.add_metric([health.stage], value(health))
        yield gauge


def _of_house(house: House, now: datetime) -> Iterator[Metric]:
    yield GaugeMetricFamily(*_named("qingdan_dead_letters_open"), value=house.dead_letters)
    yield GaugeMetricFamily(*_named("qingdan_outbox_messages"), value=house.outbox)
    age = (now - house.outbox_since).total_seconds() if house.outbox_since else 0.0
    yield GaugeMetricFamily(*_named("qingdan_outbox_age_seconds"), value=age)
    deliveries = GaugeMetricFamily(*_named("qingdan_deliveries"), labels=["status"])
    for status, count in sorted(house.deliveries.items()):
        deliveries.add_metric([status], count)
    yield deliveries
    last = _seconds(house.last_letter)
    yield GaugeMetricFamily(*_named("qingdan_last_letter_timestamp_seconds"), value=last)


def _named(name: str) -> tuple[str, str]:
    return name, NAMES[name]


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
