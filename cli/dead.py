"""`qingdan dead`: what could not be handled, and what to do about it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import click
from sqlalchemy import Engine

from cli.wiring import open_database, open_log
from config.clock import now_in_china
from config.settings import CHINA
from consumers.backlog import Relay
from consumers.failures import OUTAGE, Patience
from consumers.letters import dead_letters, source_of
from events.log import Log
from events.types import DeadLetter
from store import dead_letters as store
from store.database import snapshot, transaction
from store.dead_letters import Decision, actions
from store.stage_models import DeadLetterAction

ACTOR = click.option("--by", "actor", envvar="USER", required=True, help="Who decides.  [default: $USER]")


ALL_OPEN = click.option("--all", "everything", is_flag=True, help="Every open letter.")
SOURCE = click.option("--source", default="", help="Only those whose ad is of this source.")
STAGE = click.option("--stage", default="", help="Only those of this stage.")


class Desk(NamedTuple):
    """All dead letters by id, and what was done about those that are no longer open."""

    log: Log
    engine: Engine
    letters: dict[str, DeadLetter]
    done: dict[str, DeadLetterAction]

    def open_ids(self) -> list[str]:
        return [letter_id for letter_id in self.letters if letter_id not in self.done]

    def chosen(self, starts: Sequence[str], *, source: str, stage: str) -> list[DeadLetter]:
        """The letters whose ids begin so, or all open ones of `source` and `stage`; empty: of any."""
        if starts:
            return [self.letter(start) for start in starts]
        found = [self.letters[letter_id] for letter_id in self.open_ids()]
        return [letter for letter in found if _is_of(letter, source=source, stage=stage)]

    def letter(self, start: str) -> DeadLetter:
        """The letter whose id begins with `start`."""
        found = [letter for letter_id, letter in self.letters.items() if letter_id.startswith(start)]
        if len(found) != 1:
            many = f"{len(found)} dead letters begin" if found else "no dead letter begins"
            raise click.UsageError(f"{many} with {start!r}; see: qingdan dead list --all")
        return found[0]


def _is_of(letter: DeadLetter, *, source: str, stage: str) -> bool:
    return (not stage or letter.group == stage) and (not source or source_of(letter.original[-1]) == source)


@contextmanager
def _desk() -> Iterator[Desk]:
    engine = open_database()
    log = open_log()
    try:
        with snapshot(engine) as session:
            done = actions(session)
            session.expunge_all()
        yield Desk(log, engine, {letter.event_id: letter for letter in dead_letters(log)}, done)
    finally:
        log.close()
        engine.dispose()


@click.group()
def command() -> None:
    """Dead letters: records that no stage could handle, kept byte for byte with the reason.

    Exit status of `list`: 1 if any letter is open. An ID may be shortened as long as it is unambiguous.
    """


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those replayed or dropped.")
@SOURCE
@STAGE
@click.pass_context
def list_letters(context: click.Context, everything: bool, source: str, stage: str) -> None:
    """List the open letters, one a line: id, when, where, stage, reason."""
    with _desk() as desk:
        still_open = desk.open_ids()
        for letter_id in desk.letters if everything else still_open:
            if _is_of(desk.letters[letter_id], source=source, stage=stage):
                click.echo(_line(desk.letters[letter_id], desk.done.get(letter_id)))
    click.echo(f"{len(still_open)} open of {len(desk.letters)} dead letters", err=True)
    context.exit(1 if still_open else 0)


def _line(letter: DeadLetter, done: DeadLetterAction | None) -> str:
    where = f"{letter.topic}[{letter.partition}]@{letter.offset}"
    state = f"{done.action} by {done.actor}" if done else "open"
    died = letter.died_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    reason = " ".join(letter.reason.split())
    return f"{letter.event_id}  {died}  {where}  {letter.group}  {state}  {reason}"


@command.command()
@click.argument("letter_id", metavar="ID")
def show(letter_id: str) -> None:
    """Show one letter with its payload; what cannot be printed is escaped."""
    with _desk() as desk:
        letter = desk.letter(letter_id)
        done = desk.done.get(letter.event_id)
    _topic, key, value = letter.original
    click.echo(_line(letter, done))
    if done:
        click.echo(f"{done.action} at {done.at:%Y-%m-%d %H:%M:%S}: {done.why or 'no reason given'}")
    click.echo(f"key: {_printable(key)}")
    click.echo(f"{len(value)} bytes:")
    click.echo(_printable(value))


def _printable(payload: bytes) -> str:
    """`payload` as text that cannot command a terminal."""
    text = payload.decode(errors="backslashreplace")
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


@command.command()
@click.argument("letter_ids", metavar="[ID]...", nargs=-1)
@ALL_OPEN
@SOURCE
@STAGE
@click.option("--limit", type=click.IntRange(min=1), help="So many letters at most.")
@click.option("--why", default="", help="What has been mended.")
@ACTOR
def replay(  # noqa: PLR0913 - one parameter for each option
    *,
    letter_ids: Sequence[str],
    everything: bool,
    source: str,
    stage: str,
    limit: int | None,
    why: str,
    actor: str,
) -> None:
    """Send letters round again: the same bytes to the same topic under the same key.

    One that fails again becomes a new letter.
    """
    _one_of(letter_ids, everything=everything)
    with _desk() as desk:
        chosen = desk.chosen(letter_ids, source=source, stage=stage)[:limit]
        decision = Decision(actor, why, now_in_china())
        with transaction(desk.engine) as session:
            for letter in chosen:
                store.replay(session, letter, decision)
        _relay(desk)
    click.echo(f"{len(chosen)} dead letters replayed; now: qingdan run --until-idle")


def _relay(desk: Desk) -> None:
    """Publish what waits at once; where that fails, the relay stage will."""
    producer = desk.log.producer()
    patience = Patience(tries=1, pause=lambda _seconds: True)
    relay = Relay(desk.engine, producer, patience=patience, clock=now_in_china)
    try:
        while relay.step():
            pass
    except OUTAGE as error:
        click.echo(f"{relay.lag()} wait in the outbox until the log is back: {error}", err=True)
    relay.close()


@command.command()
@click.argument("letter_ids", metavar="[ID]...", nargs=-1)
@ALL_OPEN
@SOURCE
@STAGE
@click.option("--why", required=True, help="The reason, kept with the decision.")
@ACTOR
def drop(  # noqa: PLR0913 - one parameter for each option
    *, letter_ids: Sequence[str], everything: bool, source: str, stage: str, why: str, actor: str
) -> None:
    """Close letters for good; their bytes stay in the log."""
    _one_of(letter_ids, everything=everything)
    with _desk() as desk:
        chosen = desk.chosen(letter_ids, source=source, stage=stage)
        decision = Decision(actor, why, now_in_china())
        with transaction(desk.engine) as session:
            for letter in chosen:
                store.drop(session, letter.event_id, decision)
    for letter in chosen:
        click.echo(f"dropped {letter.event_id}")


def _one_of(letter_ids: Sequence[str], *, everything: bool) -> None:
    if bool(letter_ids) == everything:
        raise click.UsageError("name the letters, or say --all")
