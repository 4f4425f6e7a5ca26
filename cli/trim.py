"""`qingdan crawl trim`: delete what old runs left behind."""

import shutil
from datetime import timedelta
from typing import Final

import click

from cli.wiring import open_database
from config.clock import now_in_china
from crawlers.closing import US
from crawlers.issues import issues_file
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.run_trim import old_runs, trim

DAYS: Final = 180


@click.command("trim")
@click.option(
    "--older-than", "days", default=DAYS, show_default=True, type=click.IntRange(min=30), help="Days."
)
def command(days: int) -> None:
    """Delete what runs of long ago left: rejections, issue files, held ads, and pages that have gone.

    Runs themselves, decisions about them, ads and clues stay.
    """
    engine, now = open_database(), now_in_china()
    before = now - timedelta(days=days)
    with transaction(engine) as session:
        counts = trim(session, before, Decision(US, f"nobody decided within {days} days", now))
    with snapshot(engine) as session:
        folders = [issues_file(run).parent for run in old_runs(session, before)]
    engine.dispose()
    counts["folders"] = sum(folder.is_dir() for folder in folders)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    click.echo(f"deleted what is older than {before:%Y-%m-%d}: {told or 'nothing'}")
