"""`qingdan intake`: ads by exchange, pushed over HTTP."""

import secrets
import sys
from typing import Final, Unpack

import click

from cli.public_reports import report, report_desk, reports
from cli.serving import Where, listens, serve
from cli.watch import command as watch
from cli.wiring import open_database, open_keeper, open_log_to_fill
from config.clock import now_in_china
from crawlers.spool import Room, SpoolingProducer
from store.database import snapshot, transaction
from store.push import UnknownKey, add_key, keys, revoke_key

TOKEN_BYTES: Final = 32


@click.group()
def command() -> None:
    """Ads by exchange: an HTTP interface for publishers, a folder for their files, reports by the public."""


command.add_command(watch)
command.add_command(report)
command.add_command(reports)


@command.command("serve")
@listens(8700)
@click.option(
    "--reports/--no-reports", "public", default=True, show_default=True,
    help="Take in what the public reports to POST /v1/reports too; that needs no key.",
)  # fmt: skip
def take_in(*, public: bool, **where: Unpack[Where]) -> None:
    """Take in what publishers push to POST /v1/ads, until Ctrl-C."""
    # FastAPI is imported here only: the other commands need not wait for it.
    from crawlers.push.api import push_api
    from crawlers.push.desk import Desk

    engine, log = open_database(), open_log_to_fill()
    # A request is answered at once: what finds no room is tried again by whoever pushed it.
    producer = SpoolingProducer(log.producer(), engine, now=now_in_china, room=Room(longest=0))
    desk = report_desk(engine, log) if public else None
    try:
        app = push_api(Desk(engine, producer, clock=now_in_china, keeper=open_keeper(engine)), reports=desk)
        serve(app, where)
    finally:
        if desk is not None:
            desk.close()
        producer.close()
        log.close()
        engine.dispose()


@command.group()
def key() -> None:
    """The keys of publishers."""


@key.command("add")
@click.argument("name")
@click.option("--source", required=True, help="The source of all ads that come with this key.")
def add(name: str, source: str) -> None:
    """Make a key for NAME and show it once; only its hash is kept."""
    token = f"qd_{secrets.token_urlsafe(TOKEN_BYTES)}"
    engine = open_database()
    with transaction(engine) as session:
        key_id = add_key(session, name=name, source=source, token=token, now=now_in_china())
    engine.dispose()
    click.echo(f"key {key_id} of {name} for {source}; hand it over safely, it is not shown again:", err=True)
    click.echo(token)


@key.command("list")
def show() -> None:
    """List the keys, without the keys themselves."""
    engine = open_database()
    with snapshot(engine) as session:
        for each in keys(session):
            state = f"revoked {each.revoked_at:%Y-%m-%d %H:%M}" if each.revoked_at else "valid"
            click.echo(f"{each.id}  {each.source}  {each.name}  since {each.created_at:%Y-%m-%d}  {state}")
    engine.dispose()


@key.command("revoke")
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Let nobody push with the key any more."""
    engine = open_database()
    try:
        with transaction(engine) as session:
            revoke_key(session, key_id, now=now_in_china())
    except UnknownKey as error:
        click.echo(f"qingdan: {error}", err=True)
        sys.exit(2)
    finally:
        engine.dispose()
    click.echo(f"key {key_id} is revoked")
