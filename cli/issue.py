"""`qingdan report issue | verify | schedule | timer`: reports that are issued, and never change again."""

import sys
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, Unpack

import click
from sqlalchemy import Engine

from cli.report_options import (
    FAILED,
    Wanted,
    all_codes,
    codes_of,
    done,
    folder_of,
    formats_option,
    out_option,
    wanted,
)
from cli.wiring import open_database
from config.catalogue.lint import CATALOGUE
from config.catalogue.loader import load
from config.clock import now_in_china
from config.months import Month, Period, parse_period
from config.policy import in_use
from config.settings import ROOT, settings
from config.weeks import Week
from reports.pack.build import Wanted as Packs
from reports.pack.many import ForeignCaseError
from reports.weekly.issue import IssueError, Signing, faults, issue, write_out
from reports.weekly.publish import Order
from reports.weekly.regions import OutsideScopeError
from reports.weekly.schedule import due
from store.cases import MACHINE
from store.database import snapshot
from store.issued import periods_issued

packs_option = click.option(
    "--evidence-packs", "packs", is_flag=True, help="With the packs of its cases, without their originals."
)
UNITS: Final = """\
# /etc/systemd/system/qingdan-report.service
[Unit]
Description=Qingdan: issue the reports that are due
After=network-online.target

[Service]
Type=oneshot
User=qingdan
Environment=QINGDAN_HOME={home}
ExecStart={command} report schedule

# /etc/systemd/system/qingdan-report.timer
[Unit]
Description=Qingdan: reports on Monday and on the first of the month

[Timer]
OnCalendar=Mon *-*-* 08:00:00 Asia/Shanghai
OnCalendar=*-*-01 08:00:00 Asia/Shanghai
Persistent=true

[Install]
WantedBy=timers.target
"""


@dataclass(frozen=True, slots=True)
class Issuing:
    """Issues the report of each bureau that it is called for."""

    order: Order
    signing: Signing
    folder: Path
    packs: bool = False
    """Do the evidence packs of its cases go with it?"""

    def __call__(self, engine: Engine, bureau: str) -> str:
        order = replace(self.order, bureau=bureau)
        signing = replace(self.signing, packs=_packs()) if self.packs else self.signing
        try:
            issued = issue(engine, order, signing)
            place = write_out(engine, issued, self.folder)
        except (IssueError, OutsideScopeError, ForeignCaseError) as error:
            return f"{FAILED}: {bureau} {order.period} {order.edition}: {error}"
        state = "issued" if issued.at == self.signing.at else "was issued before"
        return f"{issued.number} {state}: {place}"


@dataclass(frozen=True, slots=True)
class IssuingDue:
    """Issues what is due of each bureau that it is called for."""

    now: datetime
    formats: tuple[str, ...]
    folder: Path
    packs: bool = False

    def __call__(self, engine: Engine, bureau: str) -> str:
        with snapshot(engine) as session:
            issued = [parse_period(each) for each in periods_issued(session, bureau, "internal")]
        signing = Signing(by=MACHINE, at=self.now)
        return "\n".join(
            Issuing(self._order(period, bureau), signing, self.folder, self.packs)(engine, bureau)
            for kind in (Week, Month)
            for period in due(kind, self.now, issued)
        )

    def _order(self, period: Period, bureau: str) -> Order:
        return Order(period=period, bureau=bureau, formats=self.formats)


@cache
def _packs() -> Packs:
    """What packs are made by: once in each process, since reading the catalogue takes a while."""
    catalogue = load(settings().rules / CATALOGUE)
    return Packs(catalogue=catalogue, policy=in_use(), whole_files=False, originals=False)


def _period(_context: click.Context, _option: click.Parameter, value: str) -> Period:
    try:
        return parse_period(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("issue")
@click.argument("period", callback=_period)
@click.option("--correct", "reason", default="", metavar="WHY", help="Correct what was issued before.")
@click.option("--by", required=True, help="Who issues it.")
@packs_option
@wanted
def issue_command(period: Period, reason: str, by: str, *, packs: bool, **given: Unpack[Wanted]) -> None:
    """Issue the report on PERIOD, like 2026-W47 or 2026-11, so that it never changes any more.

    One that was issued before is written out again as it was. Status 1 if a report was not issued.
    """
    order = Order(period=period, bureau=given["bureau"], edition=given["edition"], formats=given["formats"])
    signing = Signing(by=by, at=now_in_china(), reason=reason)
    task = Issuing(order, signing, folder_of(given["out"]), packs)
    sys.exit(not done(task, open_database(), codes_of(given)))


@click.command()
@out_option
def verify(out: Path | None) -> None:
    """Check that what was issued is what it was, in the database and in the folder. Status 1 if it is not."""
    found = list(faults(open_database(), folder_of(out)))
    click.echo("\n".join(found) or "all that was issued is as it was")
    sys.exit(bool(found))


@click.command()
@formats_option
@packs_option
@out_option
def schedule(formats: tuple[str, ...], out: Path | None, *, packs: bool) -> None:
    """Issue the internal reports that are due for all bureaus, also those that were missed.

    The week is due on Monday at 08:00, the month on the first of the next, in China's time; run it from a
    timer (`qingdan report timer`). What was issued stays. Public editions are issued by people.
    """
    task = IssuingDue(now_in_china(), formats, folder_of(out), packs)
    sys.exit(not done(task, open_database(), all_codes()))


@click.command()
def timer() -> None:
    """Print the systemd units that run `qingdan report schedule`; a run that was missed is made up."""
    click.echo(UNITS.format(home=settings().home, command=ROOT / "qingdan"), nl=False)
