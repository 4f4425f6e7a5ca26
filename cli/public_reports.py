"""`qingdan intake report` and `intake reports`: take a public report in, see what became of all."""

import hashlib
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine

from cli.wiring import open_database, open_keeper, open_log_to_fill
from config.clock import now_in_china
from config.settings import settings
from crawlers.posting import Posting
from crawlers.public.desk import Receipts, ReportDesk
from crawlers.public.report import LONGEST_TEXT, ReportError, report_of
from crawlers.public.status import told
from crawlers.spool import Room, SpoolingProducer
from events.log import Log, LogError
from events.types import PUBLIC_REPORTS
from reports.alerts.parts import one_line
from reports.wording import source_name
from store import public_reports as store
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.objections import change_contacts as change_contacts_of_objections
from store.report_standings import Standing, list_reports, standing_of
from store.seal import SealError, add_key, drop_old_keys, opened, sealed_again
from store.second_factors import encrypt_secrets_anew

_MOST_BYTES: Final = 4 * LONGEST_TEXT
_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that people take for each other."""
_GROUPS: Final = 4
CHANNELS: Final = {"web": "网上", "staff": "工作人员录入"}
KINDS: Final = {"page": "网页", "text": "文本"}
_by = click.option("--by", "actor", envvar="USER", required=True, help="Who does it.  [default: $USER]")
_why = click.option("--why", required=True, help="What the next person should know.")


def new_receipt(kind: str = "JB") -> str:
    """A number such as JB-7KQ3-9FJD-X2MN-4RTW; nobody can guess one that was given out (79 random bits)."""
    return "-".join([kind, *("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(_GROUPS))])


def report_desk(engine: Engine, log: Log) -> ReportDesk:
    """The desk for reports; what finds no room in the log is refused at once, and reported again."""
    producer = SpoolingProducer(log.producer(), engine, now=now_in_china, room=Room(longest=0))
    receipts = Receipts(new_receipt, settings().contact_days)
    return ReportDesk(engine, producer, clock=now_in_china, receipts=receipts, keeper=open_keeper(engine))


@contextmanager
def _opened() -> Iterator[ReportDesk]:
    engine, log = open_database(), open_log_to_fill()
    desk = report_desk(engine, log)
    try:
        yield desk
    except LogError as error:
        raise click.ClickException(f"nothing was taken in: {error}") from error
    finally:
        desk.close()
        log.close()
        engine.dispose()


@click.command()
@click.argument("what", metavar="URL|FILE|-")
@click.option("--title", default="", help="Title of the job, for a text.")
@click.option("--note", default="", help="What the reporter says of it.")
@click.option("--employer", default="", help="Who posted the ad.")
@click.option("--place", default="", help="Place of work.")
@click.option("--board", default="", help="Where the ad was seen.")
@click.option("--contact", default="", help="How to reach the reporter; kept apart, and deleted in time.")
def report(what: str, **words: str) -> None:
    """Take in a public report: the address of an ad, or a file with its words (- is standard input)."""
    try:
        given = report_of(words | _subject(what))
    except ReportError as error:
        raise click.UsageError(str(error)) from error
    with _opened() as desk:
        taken = desk.take(given, channel="staff")
    click.echo(taken.receipt)
    if taken.repeated:
        click.echo("the same was reported before; the reports are linked", err=True)


def _subject(what: str) -> dict[str, str]:
    """The page or the text that is reported."""
    if what.lower().startswith(("http://", "https://")):
        return {"url": what}
    file = Path(what)
    if what != "-" and not file.is_file():
        raise click.UsageError(f"{what}: neither an address nor a file")
    with click.open_file(what, "rb") as opened:
        body = opened.read(_MOST_BYTES + 1)
    try:
        return {"text": body.decode("utf-8-sig")}
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{what}: UTF-8 is expected: {error}") from error


@click.group(invoke_without_command=True)
@click.option("--open", "only_open", is_flag=True, help="Only those that a person has to look at.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@click.pass_context
def reports(ctx: click.Context, *, only_open: bool, limit: int) -> None:
    """The newest public reports, and what became of them."""
    if ctx.invoked_subcommand is not None:
        return
    states = (store.MANUAL, store.FAILED) if only_open else ()
    engine = open_database()
    with snapshot(engine) as session:
        found = list_reports(session, states=states, limit=limit)
    engine.dispose()
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("no reports")
    if len(found) == limit:
        click.echo(f"the newest {limit:,}; there may be more: --limit", err=True)


def _line(report: Standing) -> str:
    about = one_line(report.url or report.excerpt, limit=80)
    times = f"  共 {report.times} 次" if report.times > 1 else ""
    line = f"{report.receipt}  {report.at:%Y-%m-%d %H:%M}  {told(report)}{times}"
    why = f"  （{one_line(report.why)}）" if report.why else ""
    return f"{line}  {'、'.join(report.cases) or '－'}  {KINDS[report.kind]} {about}{why}"


def _standing(receipt: str) -> Standing:
    engine = open_database()
    try:
        with snapshot(engine) as session:
            return standing_of(session, receipt)
    except store.UnknownReceipt as error:
        click.echo(f"qingdan: {error}; see: qingdan intake reports", err=True)
        sys.exit(2)
    finally:
        engine.dispose()


@reports.command()
@click.argument("receipt")
def show(receipt: str) -> None:
    """One report with what came with it, and what its page says where no ad was recognised in it."""
    found = _standing(receipt)
    click.echo(_line(found))
    for label, words in (
        ("渠道", CHANNELS[found.channel]),
        ("说明", found.note),
        ("用人单位", found.employer),
        ("工作地点", found.place),
        ("平台", found.board),
        ("广告", "、".join(found.ads)),
    ):
        if words:
            click.echo(f"  {label} {one_line(words, limit=2000)}")
    for each in found.earlier:
        click.echo(
            f"  同一招聘 {source_name(each.source)}  广告 {each.ad_id[:12]}  {one_line(each.url)}".rstrip()
        )
    for line in found.excerpt.splitlines():
        click.echo(f"  | {one_line(line, limit=500)}")


@reports.command()
@click.argument("receipt")
@_by
@_why
def contact(receipt: str, actor: str, why: str) -> None:
    """Show how to reach the reporter; who looked, and why, is kept."""
    _standing(receipt)
    engine = open_database()
    with transaction(engine) as session:
        store.note_contact_read(session, receipt, Decision(actor, why, now_in_china()))
        stored = store.contact_of(session, receipt)
    engine.dispose()
    try:
        found = opened(stored)
    except SealError as error:
        raise click.ClickException(str(error)) from error
    click.echo(one_line(found) if found else "no contact: none was given, or it is deleted by now")


@reports.command("new-key")
def new_key() -> None:
    """Encrypt all contacts, and secrets of accounts, with a new key; forget all keys but the one before.

    With QINGDAN_CONTACT_KEYS the new key is the first of them, which a person has put there.
    """
    engine = open_database()
    try:
        add_key()
        with transaction(engine) as session:
            count = store.change_contacts(session, sealed_again) + encrypt_secrets_anew(session)
            count += change_contacts_of_objections(session, sealed_again)
        drop_old_keys()
    except SealError as error:
        raise click.ClickException(f"the contacts stay as they are: {error}") from error
    finally:
        engine.dispose()
    click.echo(f"{count:,} contacts and secrets are encrypted with the newest key")


@reports.command()
@click.argument("receipt")
@_by
@_why
def retry(receipt: str, actor: str, why: str) -> None:
    """Have the page of a report asked for again by the next `qingdan crawl reported`."""
    found = _standing(receipt)
    if found.kind != "page":
        raise click.UsageError(f"{receipt} is about a text; there is no page to ask for")
    engine = open_database()
    with transaction(engine) as session:
        store.note_action(session, receipt, "retried", Decision(actor, why, now_in_china()))
        store.ask_again(session, found.matter_id, now_in_china())
    engine.dispose()


@reports.command("dismiss")
@click.argument("receipt")
@_by
@_why
def dismiss_(receipt: str, actor: str, why: str) -> None:
    """Nothing follows from what a report is about."""
    found = _standing(receipt)
    engine = open_database()
    with transaction(engine) as session:
        store.note_action(session, receipt, "dismissed", Decision(actor, why, now_in_china()))
        store.dismiss(session, found.matter_id, why)
    engine.dispose()


@reports.command()
@click.argument("receipt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--title", default="", help="Title of the job.")
@click.option("--employer", default="", help="Who posted the ad.")
@click.option("--place", default="", help="Place of work.")
@_by
@_why
def admit(receipt: str, file: str, actor: str, why: str, **words: str) -> None:
    """Let in the words of an ad, which a person copied from the page of a report into FILE (or - )."""
    found = _standing(receipt)
    if found.kind != "page":
        raise click.UsageError(f"{receipt} is about a text, which was let in")
    text = _subject(file)["text"]
    posting = Posting(
        source=PUBLIC_REPORTS, source_kind="report", source_ad_id=found.matter_id, place=receipt,
        url=found.url, title=words["title"], text=text, company=words["employer"], city=words["place"],
        raw_sha256=hashlib.sha256(text.encode()).hexdigest(),
    )  # fmt: skip
    with _opened() as desk:
        ads = desk.admit(posting)
        with transaction(desk.engine) as session:
            store.note_action(session, receipt, "admitted", Decision(actor, why, now_in_china()))
            store.note_collected(session, found.matter_id, ads)
    click.echo(f"let in: {'、'.join(ads)}")
