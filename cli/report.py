"""`qingdan report`: drafts of reports on a week or a month, and the list of what was written."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar, Unpack

import click
from sqlalchemy import Engine

from cli.issue import issue_command, schedule, timer, verify
from cli.report_options import Wanted, codes_of, done, folder_of, out_option, wanted
from cli.wiring import open_database
from config.clock import now_in_china
from config.months import Month, Period
from config.weeks import Week
from reports.weekly.publish import MANIFEST, Order, Published, publish
from store.database import snapshot
from store.weekly import latest_week

P = TypeVar("P", Week, Month)
NOTHING_YET: Final = (
    "there is no ad in the database yet; "
    "run `qingdan ingest` or `qingdan crawl`, then `qingdan run --until-idle`"
)


@dataclass(frozen=True, slots=True)
class Drafting:
    """Writes the draft of each bureau that it is called for."""

    order: Order
    folder: Path

    def __call__(self, engine: Engine, bureau: str) -> str:
        with snapshot(engine) as session:
            published = publish(session, replace(self.order, bureau=bureau), self.folder)
        return f"{published.path}\n{summary(published)}"


def _week(_context: click.Context, _option: click.Parameter, value: str | None) -> Week | None:
    return _begun(Week, value) if value else None


def _month(_context: click.Context, _option: click.Parameter, value: str) -> Month:
    return _begun(Month, value)


def _begun(kind: type[P], value: str) -> P:
    try:
        period = kind.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    if period.start > now_in_china():
        raise click.BadParameter(f"{period} lies in the future")
    return period


@click.group()
def command() -> None:
    """Reports on a week or a month: write drafts, issue them, list them."""


for each in (issue_command, verify, schedule, timer):
    command.add_command(each)


@command.command()
@click.option(
    "--week", callback=_week, metavar="WEEK", help="Like 2026-W47; by default that of the newest ad."
)
@wanted
def weekly(week: Week | None, **given: Unpack[Wanted]) -> None:
    """Write a draft of the weekly report (周报) of a bureau and print where it is."""
    engine = open_database()
    _draft(engine, week or _latest(engine), given)


@command.command()
@click.option("--month", callback=_month, metavar="MONTH", required=True, help="Like 2026-11.")
@wanted
def monthly(month: Month, **given: Unpack[Wanted]) -> None:
    """Write a draft of the monthly circular (通报) of a bureau and print where it is."""
    engine = open_database()
    _latest(engine)
    _draft(engine, month, given)


def _draft(engine: Engine, period: Period, given: Wanted) -> None:
    order = Order(period=period, bureau=given["bureau"], edition=given["edition"], formats=given["formats"])
    done(Drafting(order, folder_of(given["out"])), engine, codes_of(given))


def _latest(engine: Engine) -> Week:
    with snapshot(engine) as session:
        latest = latest_week(session)
    if latest is None:
        raise click.ClickException(NOTHING_YET)
    return latest


def summary(published: Published) -> str:
    """The key figures in one line."""
    report = published.report
    now = report.trend[-1]
    state = "written" if published.changed else "unchanged"
    return (
        f"{report.period} {report.division} {report.edition}: "
        f"{now.ads} ads, {now.clues} clues in {now.clue_ads} ads, "
        f"{report.progress.opened} new cases, {report.progress.open_cases} open ({state})"
    )


@command.command(name="list")
@out_option
def list_reports(out: Path | None) -> None:
    """List the files that were written, drafts and what was issued: period, bureau or number, SHA-256."""
    folder = folder_of(out)
    manifests = sorted([*folder.glob(f"*/*/{MANIFEST}"), *folder.glob(f"*/*/*/{MANIFEST}")])
    if not manifests:
        click.echo(f"no reports in {folder}")
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        told = manifest.get("number") or f"{manifest['period']}  {manifest['bureau']}"
        for file in manifest["files"]:
            click.echo(f"{told}  {path.parent / file['name']}  sha256 {file['sha256'][:12]}")
