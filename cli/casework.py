"""`qingdan cases act|next|overdue|seal|verify-audit`: working cases from a terminal."""

import sys
from typing import Final, NoReturn

import click

from cli.bureau import bureau_option
from cli.wiring import open_database
from config.casework import Clock, Given, casework
from config.clock import now_in_china
from store.audit import Link, breaks, head, seal, unsealed
from store.case_file import CaseLine, case_line
from store.cases import FALSE_ALARM
from store.casework import NoSuchCaseError, RefusedError, act, overdue, standing_of
from store.database import snapshot, transaction

_SEALED_AT_ONCE: Final = 10_000
_ASKED: Final = {
    "bureau": "Division code of the bureau that takes over.",
    "inspectors": "The inspectors, at least two, with 、 between.",
    "approver": "Who approved it.",
    "document": "Number of the document.",
    "outcome": "Code of the outcome; see config/casework.yaml.",
    "recipient": "The authority that the case goes to.",
}


def _asked(command: click.Command) -> click.Command:
    for name, text in reversed(_ASKED.items()):
        command.params.insert(-1, click.Option([f"--{name}"], help=text))
    return command


@_asked
@click.command("act")
@click.argument("number")
@click.argument("action")
@click.option("--by", required=True, help="Who acts.")
@click.option("--why", required=True, help="The reason, for the record.")
@click.option(
    "--days", type=click.IntRange(min=1), help="Working days to correct, where the action lets them be set."
)
def act_(number: str, action: str, by: str, why: str, days: int | None, **asked: str | None) -> None:
    """Do one thing with a case; `cases next NUMBER` lists what can be done."""
    given = Given(by=by, why=why, days=days, asked={name: value for name, value in asked.items() if value})
    try:
        with transaction(open_database()) as session:
            done = act(session, number, action, given, now_in_china())
    except NoSuchCaseError:
        _no_case(number)
    except RefusedError as error:
        for reason in error.reasons:
            click.echo(f"qingdan: {number}: {reason}", err=True)
        sys.exit(1)
    click.echo(f"{number}  {casework().statuses[done.status].name}{due_text(done.clock)}")


@click.command("next")
@click.argument("number")
def next_(number: str) -> None:
    """List what can be done with a case now, and what each action asks for."""
    work = casework()
    try:
        with snapshot(open_database()) as session:
            found, line = standing_of(session, number), case_line(session, number)
    except NoSuchCaseError:
        _no_case(number)
    again = again_text(line) if line is not None else ""
    click.echo(f"{number}  {work.statuses[found.status].name}{due_text(found.clock)}{again}")
    for name in work.allowed(found):
        asks = "".join(f" --{each}" for each in work.actions[name].asks)
        click.echo(f"  {name:10} {work.actions[name].name}{asks}")


@click.command("overdue")
@bureau_option(help="Only the cases of this bureau.")
def overdue_(bureau: str | None) -> None:
    """List the cases in which a step is overdue; exit status 1 when there are any."""
    with snapshot(open_database()) as session:
        found = overdue(session, now_in_china().date(), bureau=bureau)
    for number, step, due in found:
        click.echo(f"{number}  {step}  已于 {due} 到期")
    if not found:
        click.echo("nothing is overdue")
    sys.exit(bool(found))


@click.command("seal")
def seal_() -> None:
    """Take what the machine noted in the history of cases into the audit chain; print its newest link."""
    engine, sealed = open_database(), 0
    while True:
        with transaction(engine) as session:
            took = seal(session, limit=_SEALED_AT_ONCE)
            newest = head(session)
        sealed += took
        if took < _SEALED_AT_ONCE:
            break
    click.echo(f"sealed {sealed:,} events; the chain ends with {newest.number}:{newest.hash}")


@click.command("verify-audit")
@click.option(
    "--printed", metavar="NUMBER:HASH", help="A link as it was once printed, to hold the chain against."
)
def verify_audit(printed: str | None) -> None:
    """Recompute the chain over the history of all cases; exit status 1 where it does not hold."""
    link = _printed(printed) if printed else None
    with snapshot(open_database()) as session:
        broken = False
        for message in breaks(session, printed=link):
            broken = True
            click.echo(f"qingdan: {message}", err=True)
        newest, loose = head(session), unsealed(session)
    click.echo(
        f"{newest.number:,} links up to {newest.number}:{newest.hash}; {loose:,} events are not sealed yet"
    )
    sys.exit(broken)


def due_text(clock: Clock) -> str:
    """What is due, in Chinese, for the end of a line."""
    if clock.due is None:
        return ""
    known = "" if clock.arranged else "（当年放假安排未公布，按周一至周五推算）"
    paused = f"，{clock.paused_on} 起中止计时" if clock.paused_on else ""
    return f"  {clock.step}限 {clock.due} 前{known}{paused}"


def again_text(line: CaseLine) -> str:
    """That a case follows another, or got clues after people had judged it, for the end of a line."""
    follows = f"  复发（前案 {line.follows}）" if line.follows else ""
    if not line.added:
        return follows
    judged = "（曾判定为误报）" if line.status == FALSE_ALARM else "待认定"
    return f"{follows}  新增 {line.added} 条{judged}"


def _printed(text: str) -> Link:
    number, _, told = text.partition(":")
    if not number.isdecimal() or not told:
        raise click.BadParameter(
            f"{text!r} is no link; write it as it was printed, NUMBER:HASH", param_hint="--printed"
        )
    return Link(int(number), told)


def _no_case(number: str) -> NoReturn:
    click.echo(f"qingdan: no case {number}; see: qingdan cases list", err=True)
    sys.exit(1)
