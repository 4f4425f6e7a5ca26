"""`qingdan report`: build and list weekly reports."""

import json
from pathlib import Path
from typing import Final, get_args

import click
from sqlalchemy import Engine

from cli.bureau import bureau_option
from cli.wiring import open_database
from config.clock import now_in_china
from config.divisions import NATION
from config.settings import settings
from config.weeks import Week
from reports.weekly.model import Edition
from reports.weekly.publish import MANIFEST, Order, Published, publish
from store.clusters import join_waiting
from store.database import snapshot
from store.weekly import latest_week

FOLDER: Final = click.Path(path_type=Path, file_okay=False)
NOTHING_YET: Final = (
    "there is no ad in the database yet; "
    "run `qingdan ingest` or `qingdan crawl`, then `qingdan run --until-idle`"
)


def _week(_context: click.Context, _option: click.Parameter, value: str | None) -> Week | None:
    try:
        week = Week.parse(value) if value else None
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    if week and week > Week.of(now_in_china()):
        raise click.BadParameter(f"{week} lies in the future")
    return week


@click.group()
def command() -> None:
    """Weekly reports: build and list."""


@command.command()
@click.option(
    "--week", callback=_week, metavar="WEEK", help="Like 2026-W47; by default that of the newest ad."
)
@bureau_option(default=NATION, show_default=True, help="Division code of the bureau.")
@click.option("--edition", type=click.Choice(get_args(Edition)), default="internal", show_default=True)
@click.option("--out", type=FOLDER, help="Folder to use instead of QINGDAN_HOME/reports.")
def weekly(week: Week | None, bureau: str, edition: Edition, out: Path | None) -> None:
    """Write the weekly report of a bureau and print where it is."""
    engine = open_database()
    latest = _latest(engine)
    if latest is None:
        raise click.ClickException(NOTHING_YET)
    order = Order(week=week or latest, bureau=bureau, edition=edition)
    join_waiting(engine)
    with snapshot(engine) as session:
        published = publish(session, order, out or settings().reports)
    click.echo(published.path)
    click.echo(summary(published))


def _latest(engine: Engine) -> Week | None:
    with snapshot(engine) as session:
        return latest_week(session)


def summary(published: Published) -> str:
    """The key figures in one line."""
    report = published.report
    now = report.trend[-1]
    state = "written" if published.changed else "unchanged"
    return (
        f"{report.week} {report.division} {report.edition}: "
        f"{now.ads} ads, {now.clues} clues in {now.clue_ads} ads, "
        f"{report.progress.opened} new cases, {report.progress.open_cases} open ({state})"
    )


@command.command(name="list")
@click.option("--out", type=FOLDER, help="Folder to use instead of QINGDAN_HOME/reports.")
def list_reports(out: Path | None) -> None:
    """List the reports that were written: week, bureau, file and SHA-256."""
    folder = out or settings().reports
    manifests = sorted(folder.glob(f"*/*/{MANIFEST}"))
    if not manifests:
        click.echo(f"no reports in {folder}")
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for file in manifest["files"]:
            place = path.parent / file["name"]
            click.echo(f"{manifest['week']}  {manifest['bureau']}  {place}  sha256 {file['sha256'][:12]}")
