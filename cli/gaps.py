"""`qingdan gaps`: records that left the log before a stage had read them."""

from contextlib import closing
from typing import Final

import click

from cli.wiring import open_database, open_log
from config.clock import now_in_china
from consumers import gaps
from events.topics import CHECKED, COLLECTED
from store.dead_letters import Decision

TOPICS: Final = {"check": COLLECTED, "record": CHECKED}


@click.command()
@click.argument("stage", type=click.Choice(list(TOPICS)))
@click.option("--skip", is_flag=True, help="Let the stage go on behind the gaps.")
@click.option("--why", default="", help="The reason, kept with the decision; --skip needs it.")
@click.option("--by", "actor", envvar="USER", required=True, help="Who decides.  [default: $USER]")
@click.pass_context
def command(context: click.Context, stage: str, skip: bool, why: str, actor: str) -> None:
    """Show what STAGE should read next and the log no longer holds; status 1 if there is anything.

    Retention or a person took it before the stage was there. The stage itself stops at such a gap each time
    (RecordsGone). For --skip, none of its processes may run.
    """
    if skip and not why:
        raise click.UsageError("--skip needs --why: what is known of the missing records?")
    engine = open_database()
    with closing(open_log()) as log:
        before = (log, engine, stage, TOPICS[stage])
        try:
            found = gaps.skip(*before, Decision(actor, why, now_in_china())) if skip else gaps.find(*before)
        except gaps.StageRuns as error:
            raise click.ClickException(str(error)) from error
    engine.dispose()
    for gap in found:
        click.echo(f"{'skipped: ' if skip else ''}{_told(gap)}")
    click.echo(f"gaps before {stage}: {len(found)}", err=True)
    context.exit(1 if found and not skip else 0)


def _told(gap: gaps.Gap) -> str:
    where = f"{gap.place.topic}[{gap.place.partition}]"
    if gap.next < gap.first:
        return f"{where}: the log ends at {gap.next}, the stage has read up to {gap.first}"
    return f"{where}: {gap.next - gap.first:,} offsets from {gap.first} on"
