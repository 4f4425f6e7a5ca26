"""`qingdan catalogue impact`: what reading the stored ads again would change, and the order to do so."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from config.settings import settings
from config.tables import DataError

if TYPE_CHECKING:
    from nlp.reader import Reader
    from store.rereading import Window

BATCH: Final = 500
"""Ads published at a time."""


@click.command("impact")
@click.option("--rules", type=click.Path(file_okay=False, path_type=Path), help="Default: those in use.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Ads whose newest version is from then on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="… up to the end of this day.")
@click.option("--source", default="", help="Ads of this source only.")
@click.option("--examples", default=20, show_default=True, type=click.IntRange(min=0), help="Clues set out.")
@click.option("--json", "as_data", is_flag=True, help="One JSON object instead of text.")
@click.option("--queue", is_flag=True, help="Have the check stage read the ads again under the rules in use.")
def command(  # noqa: PLR0913 - one parameter for each option
    *,
    rules: Path | None,
    since: datetime | None,
    until: datetime | None,
    source: str,
    examples: int,
    as_data: bool,
    queue: bool,
) -> None:
    """Read the stored ads again and show what would change, before and after. Writes nothing.

    With --queue the ads that were read under other rules than those in use are sent to the check stage once
    more; what people have decided stays. Try rules of a folder of your own with --rules before they are used.
    """
    from consumers.release import open_reader
    from store.rereading import Window

    folder = rules or settings().rules
    if queue and folder.resolve() != settings().rules.resolve():
        raise click.UsageError("--queue goes by the rules in use: put these into QINGDAN_RULES first")
    try:
        reader = open_reader(folder)
    except DataError as error:
        raise click.ClickException(f"rules in {folder} cannot be used:\n{error}") from error
    window = Window(since=since and since.date(), until=until and until.date(), source=source)
    _show(reader, window, examples=examples, as_data=as_data)
    if queue:
        click.echo(f"queued {_queue(reader.rules.version, window):,} versions; see: qingdan run", err=True)


def _show(reader: "Reader", window: "Window", *, examples: int, as_data: bool) -> None:
    from cli.wiring import open_database
    from consumers.release import read_ad
    from reports.impact import as_json, as_text, impact
    from store.data_releases import Versions
    from store.database import snapshot
    from store.rereading import stored_ads

    rules = reader.rules
    versions = Versions(rules=rules.version, catalogue=rules.catalogue_version, policy=rules.policy_version)
    with snapshot(open_database()) as session:
        ads = stored_ads(session, window)
        found = impact(ads, lambda ad: read_ad(reader, ad), versions, examples=examples)
    packs = {pack.id: pack for pack in rules.data.packs}
    click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2) if as_data else as_text(found, packs))


def _queue(rules_version: str, window: "Window") -> int:
    """Publish every version that was last read under other rules, in the order of its ad's versions."""
    from cli.wiring import open_database, open_log
    from events.log import Message
    from events.topics import COLLECTED
    from store.database import snapshot
    from store.rereading import stored_ads

    log = open_log()
    producer = log.producer()
    count = 0
    with snapshot(open_database()) as session:
        waiting = (
            event.ad
            for ad in stored_ads(session, window)
            for event in ad.versions
            if event.reading.rules_version != rules_version
        )
        while batch := list(islice(waiting, BATCH)):
            producer.publish([Message(COLLECTED, ad.key, ad.encode()) for ad in batch])
            count += len(batch)
    log.close()
    return count
