"""`qingdan crawl held`, `crawl release`, `crawl discard`: runs that wait for a person's decision."""

import sys
from collections.abc import Callable, Iterator
from typing import Final

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cli.wiring import open_database, open_log_to_fill
from config.clock import now_in_china
from crawlers.closing import release as release_run
from crawlers.issues import issues_file
from crawlers.spool import Room, SpoolingProducer
from events.log import NotDelivered
from events.types import JobAd
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.models import Run
from store.staging import (
    NotHeld,
    count_waiting,
    decisions_on,
    held_run,
    held_runs,
    waiting_ads,
)
from store.staging import (
    discard as discard_run,
)

SAMPLES: Final = 5
"""Ads of a run that are shown."""
_EXCERPT: Final = 60

_why: Final = click.option("--why", required=True, help="What the next person should know.")
_by: Final = click.option(
    "--by", "actor", envvar="USER", required=True, help="Who decides.  [default: $USER]"
)


@click.command()
@click.argument("run", required=False)
def held(run: str | None) -> None:
    """Show the runs that are held, or one RUN with its reasons and some of its ads.

    Status 1 when a run is held, 2 when there is none of this name.
    """
    engine = open_database()
    try:
        with snapshot(engine) as session:
            found = [held_run(session, run)] if run else held_runs(session)
            lines = [line for each in found for line in _described(session, each, whole=run is not None)]
    except NotHeld as error:
        raise click.UsageError(str(error)) from error
    finally:
        engine.dispose()
    click.echo("\n".join(lines) or "no run is held")
    sys.exit(1 if lines else 0)


def _described(session: Session, run: Run, *, whole: bool) -> Iterator[str]:
    count = count_waiting(session, run.id)
    yield f"{run.source}: run {run.id} of {run.started_at:%Y-%m-%d %H:%M}, {count:,} ads wait; {run.note}"
    if not whole:
        return
    for decision in decisions_on(session, run.id):
        yield f"  {decision.at:%Y-%m-%d %H:%M} {decision.action} by {decision.actor}: {decision.why}"
    for each in waiting_ads(session, run.id, most=SAMPLES):
        yield from _sample(each.ad)
    yield f"  its issues: {issues_file(run.id)}"
    short = run.id[:8]
    yield f"  decide with: qingdan crawl release {short} --why …, or qingdan crawl discard {short} --why …"


def _sample(ad: JobAd) -> Iterator[str]:
    """An ad in two lines, as far as it was read."""
    text = " ".join(ad.text.split())[:_EXCERPT]
    told = (ad.title or "(no title)", ad.company or "(no employer)", ad.city or "(no place)", text)
    yield f"  {' | '.join(told)}"
    yield f"    {ad.url}"


@click.command()
@click.argument("run")
@_why
@_by
def release(run: str, why: str, actor: str) -> None:
    """Publish what a held RUN brought (its id, or how it begins), as if it had been good.

    The next runs are measured by it. Status 1 when the log takes nothing at the moment: try again then.
    """
    log = open_log_to_fill()

    def decided(engine: Engine) -> str:
        producer = SpoolingProducer(log.producer(), engine, now=now_in_china, room=Room(longest=0))
        outcome = release_run(engine, producer, run, Decision(actor, why, now_in_china()))
        producer.close()
        return f"published {outcome.counts['accepted']:,} ads; the run is {outcome.status}"

    try:
        _decide(decided)
    except NotDelivered as error:
        click.echo(f"qingdan: {error}; the run is still held", err=True)
        sys.exit(1)
    finally:
        log.close()


@click.command()
@click.argument("run")
@_why
@_by
def discard(run: str, why: str, actor: str) -> None:
    """Throw away what a held RUN brought. Its pages are asked for again by the next run."""

    def decided(engine: Engine) -> str:
        with transaction(engine) as session:
            waiting = held_run(session, run)
            dropped = discard_run(session, waiting, "discarded", Decision(actor, why, now_in_china()))
        return f"threw away {dropped:,} ads"

    _decide(decided)


def _decide(decided: Callable[[Engine], str]) -> None:
    engine = open_database()
    try:
        click.echo(decided(engine))
    except NotHeld as error:
        raise click.UsageError(str(error)) from error
    finally:
        engine.dispose()
