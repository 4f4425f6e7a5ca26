"""Alerts to bureaus: `python -m benchmarks.alerts [--alerts N]`.

A store is filled with made-up cases (`benchmarks/many_clues.py`), of which N are suspected. Measured:
planning letters about all of them, one for each bureau, composing these as text and HTML, and queueing them,
row and file. Then the same for letters of one case each, few first, so that growth
shows. The baseline, in the same run, is writing the same files with nothing else.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Sequence
from email import message_from_bytes
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, delete, select, update

from benchmarks.many_clues import NOW, SPAN, fill
from config import packs, policy
from consumers.alert import AlertStage
from consumers.channel import OutboxFolder
from reports.alerts.message import compose
from store.bureaus import load_bureaus_into
from store.casework_models import CaseClock
from store.database import connect, transaction, upgrade
from store.deliveries import NEW_CASES, PENDING
from store.models import Case, Clue, Delivery, DeliveryItem
from store.upsert import insert_new

ALERTS: Final = 10_000
LETTERS: Final = 500
GOAL: Final = 60.0
"""Seconds."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=ALERTS)
    wanted: int = parser.parse_args().alerts
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), wanted)


def measure(folder: Path, wanted: int) -> None:
    engine = connect(f"sqlite:///{folder}/qingdan.db")
    upgrade(engine)
    load_bureaus_into(engine)
    cases = suspected(engine, wanted)
    show(f"{len(cases):,} cases, a letter for each bureau", engine, folder / "bureaus")
    for count in (LETTERS // 2, LETTERS, wanted):
        queue(engine, cases[:count])
        show("letters of one case each", engine, folder / f"single-{count}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"goal for {ALERTS:,} cases: {GOAL:,.0f} s; peak memory {memory:,} MiB")
    engine.dispose()


def suspected(engine: Engine, wanted: int) -> Sequence[tuple[str, str]]:
    """Id and bureau of so many cases that may be told."""
    fill(engine, clues=3 * wanted, span=SPAN)
    with transaction(engine) as session:
        session.execute(delete(CaseClock))
        session.execute(update(Case).values(status="false_alarm"))
        session.execute(update(Clue).values(withdrawn_at=None, human_verdict=None))
        some = select(Case.id).order_by(Case.id).limit(wanted)
        session.execute(update(Case).where(Case.id.in_(some)).values(status="suspected"))
        rows = session.execute(select(Case.id, Case.bureau).where(Case.status == "suspected"))
        return [(case_id, bureau) for case_id, bureau in rows]


def show(what: str, engine: Engine, outbox: Path) -> None:
    took, busy, sent = queued(engine, outbox)
    bare = written(outbox, outbox.with_suffix(".bare"))
    print(
        f"{what}: {sent:,} rendered and queued in {took:,.1f} s, of which {busy:,.1f} s of the processor "
        f"({1000 * busy / sent:,.1f} ms each, {busy / bare:,.1f} times the bare files, {bare:,.1f} s)"
    )


def queue(engine: Engine, cases: Sequence[tuple[str, str]]) -> None:
    """A pending delivery for each case; nothing else is left to be told."""
    with transaction(engine) as session:
        session.execute(delete(DeliveryItem))
        session.execute(delete(Delivery))
        session.execute(update(Case).values(status="false_alarm"))
        chosen = Case.id.in_([case_id for case_id, _ in cases])
        session.execute(update(Case).where(chosen).values(status="suspected"))
        told = [{"delivery_id": each, "bureau": bureau, "kind": NEW_CASES} for each, bureau in cases]
        insert_new(session, Delivery, [_delivery(case_id, bureau) for case_id, bureau in cases])
        insert_new(session, DeliveryItem, [each | {"case_id": each["delivery_id"]} for each in told])


def _delivery(case_id: str, bureau: str) -> dict[str, object]:
    return {
        "id": case_id,
        "bureau": bureau,
        "kind": NEW_CASES,
        "period": NOW.date().isoformat(),
        "content_id": case_id,
        "status": PENDING,
        "attempts": 0,
        "created_at": NOW,
        "sent_at": None,
        "place": "",
        "error": "",
    }


def queued(engine: Engine, outbox: Path) -> tuple[float, float, int]:
    """Seconds, those of the processor, and how many were sent."""
    say = partial(
        compose, sender="qingdan@qingdan.example", texts=policy.in_use().bases, packs=packs.in_use()
    )
    stage = AlertStage(engine, say, OutboxFolder(outbox), daily_from=0)
    started, busy = time.perf_counter(), time.process_time()
    sent = stage.step(NOW, ignore_pauses=True)
    return time.perf_counter() - started, time.process_time() - busy, sent


def written(outbox: Path, bare: Path) -> float:
    """Seconds of the processor for the same files, each written as the outbox writes them."""
    messages = {file.stem: message_from_bytes(file.read_bytes(), policy=SMTP) for file in outbox.iterdir()}
    channel = OutboxFolder(bare)
    started = time.process_time()
    for key, message in messages.items():
        channel.send(key, message)
    return time.process_time() - started


if __name__ == "__main__":
    main()
