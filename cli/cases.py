"""`qingdan cases`: the cases and their evidence, from a terminal."""

import sys

import click

from cli.wiring import open_database
from store.case_file import CaseClue, CaseFile, list_cases, open_case_file
from store.database import snapshot

STATUS = {"suspected": "疑似线索"}
SEVERITY = {"red": "红", "orange": "橙", "yellow": "黄", "grey": "灰", "": "－"}


@click.group()
def command() -> None:
    """Cases: list and show."""


@command.command("list")
@click.option("--bureau", metavar="CODE", help="Only the cases of this bureau.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_(bureau: str | None, limit: int) -> None:
    """List the newest cases."""
    with snapshot(open_database()) as session:
        lines = list_cases(session, bureau=bureau, limit=limit)
    for line in lines:
        employer = line.employer or "（未写明单位）"
        status = STATUS[line.status]
        click.echo(
            f"{line.number}  {SEVERITY[line.severity]}  {status}  {line.name}  {line.clues} 条  {employer}"
        )
    if not lines:
        click.echo("no cases yet; run: qingdan run --until-idle")


@command.command()
@click.argument("number")
def show(number: str) -> None:
    """Show one case: its clues with their evidence, and its history."""
    with snapshot(open_database()) as session:
        case = open_case_file(session, number)
    if case is None:
        click.echo(f"qingdan: no case {number}; see: qingdan cases list", err=True)
        sys.exit(1)
    _print(case)


def _print(case: CaseFile) -> None:
    line = case.line
    click.echo(f"{line.number}  {STATUS[line.status]}  {line.name}  {line.employer or '（未写明单位）'}")
    for clue in case.clues:
        _print_clue(clue)
    click.echo("历史")
    for at, actor, action, reason in case.history:
        click.echo(f"  {at:%Y-%m-%d %H:%M}  {actor}  {action}  {reason}")


def _print_clue(clue: CaseClue) -> None:
    click.echo(f"  “{clue.clause}”")
    click.echo(f"    证书 {clue.quote}；提示词 {clue.cue or '无'}；规则 {clue.rule}；目录版本 {clue.edition}")
    click.echo(f"    依据 {'、'.join(clue.basis) or '无'}；来源 {clue.source} {clue.url}")
    if clue.suggestion:
        click.echo(f"    建议表述 {clue.suggestion}")
