"""`qingdan dead`: what could not be handled, and what to do about it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import click
from sqlalchemy import Engine

from cli.wiring import open_database, open_log
from config.settings import CHINA
from consumers.letters import dead_letters, original
from events.log import Log
from events.types import DeadLetter
from store.database import snapshot, transaction
from store.dead_letters import Action, Decision, actions, note_action
from store.models import DeadLetterAction

ACTOR = click.option("--by", "actor", envvar="USER", required=True, help="Who decides.  [default: $USER]")


class Desk(NamedTuple):
    """All dead letters by id, and what was done about those that are no longer open."""

    log: Log
    engine: Engine
    letters: dict[str, DeadLetter]
    done: dict[str, DeadLetterAction]

    def open_ids(self) -> list[str]:
        return [letter_id for letter_id in self.letters if letter_id not in self.done]

    def letter(self, start: str) -> DeadLetter:
        """The letter whose id begins with `start`."""
        found = [letter for letter_id, letter in self.letters.items() if letter_id.startswith(start)]
        if len(found) != 1:
            many = f"{len(found)} dead letters begin" if found else "no dead letter begins"
            raise click.UsageError(f"{many} with {start!r}; see: qingdan dead list --all")
        return found[0]


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


def _note(desk: Desk, letter: DeadLetter, action: Action, decision: Decision) -> None:
    with transaction(desk.engine) as session:
        note_action(session, letter.event_id, action, decision)


@click.group()
def command() -> None:
    """Dead letters: records that no stage could handle, kept byte for byte with the reason.

    Exit status of `list`: 1 if any letter is open. An ID may be shortened as long as it is unambiguous.
    """


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those replayed or dropped.")
@click.pass_context
def list_letters(context: click.Context, everything: bool) -> None:
    """List the open letters, one a line: id, when, where, stage, reason."""
    with _desk() as desk:
        still_open = desk.open_ids()
        for letter_id in desk.letters if everything else still_open:
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
    message = original(letter)
    click.echo(_line(letter, done))
    if done:
        click.echo(f"{done.action} at {done.at:%Y-%m-%d %H:%M:%S}: {done.why or 'no reason given'}")
    click.echo(f"key: {_printable(message.key)}")
    click.echo(f"{len(message.value)} bytes:")
    click.echo(_printable(message.value))


def _printable(payload: bytes) -> str:
    """`payload` as text that cannot command a terminal."""
    text = payload.decode(errors="backslashreplace")
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


@command.command()
@click.argument("letter_ids", metavar="[ID]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every open letter.")
@click.option("--why", default="", help="What has been mended.")
@ACTOR
def replay(letter_ids: Sequence[str], everything: bool, why: str, actor: str) -> None:
    """Send letters round again: the same bytes to the same topic under the same key.

    One that fails again becomes a new letter.
    """
    if bool(letter_ids) == everything:
        raise click.UsageError("name the letters to replay, or say --all")
    with _desk() as desk:
        chosen = [desk.letter(one) for one in letter_ids or desk.open_ids()]
        decision = Decision(actor, why, datetime.now(CHINA))
        producer = desk.log.producer()
        for letter in chosen:
            # A crash between the two replays the letter once more, which its event id makes harmless.
            producer.publish([original(letter)])
            _note(desk, letter, "replayed", decision)
        producer.close()
    click.echo(f"{len(chosen)} dead letters replayed; now: qingdan run --until-idle")


@command.command()
@click.argument("letter_id", metavar="ID")
@click.option("--why", required=True, help="The reason, kept with the decision.")
@ACTOR
def drop(letter_id: str, why: str, actor: str) -> None:
    """Close a letter for good; its bytes stay in the log."""
    with _desk() as desk:
        letter = desk.letter(letter_id)
        _note(desk, letter, "dropped", Decision(actor, why, datetime.now(CHINA)))
    click.echo(f"dropped {letter.event_id}")
