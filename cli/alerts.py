"""`qingdan alerts`: what the bureaus were told, would be told, and are told now."""

import sys
from collections import Counter
from functools import partial

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cli.bureau import bureau_option
from cli.wiring import open_database
from config import packs, policy
from config.clock import now_in_china
from config.settings import settings
from consumers.alert import AlertStage, Channel, Compose, OutboxFolder
from consumers.case_webhooks import CaseWebhookStage, webhooks_of
from consumers.signature import Signer
from consumers.webhook import Webhook
from reports.alerts.letter import letter_of
from reports.alerts.message import compose
from reports.alerts.parts import Entry, place_of
from store.database import snapshot
from store.deliveries import (
    CASE_EVENT,
    DEAD,
    FOUND_AGAIN,
    NEW_CASES,
    NEW_HINTS,
    PENDING,
    RETURNED_CASES,
    WITHDRAWN_CASES,
    Unsendable,
    ledger,
    pending,
    status_counts,
)
from store.models import Delivery
from store.news import News, news_of
from store.planning import plan

KIND = {
    NEW_CASES: "线索",
    WITHDRAWN_CASES: "撤回",
    RETURNED_CASES: "恢复",
    FOUND_AGAIN: "回头看",
    NEW_HINTS: "提示",
}
SETTING = "QINGDAN_ALERT_WEBHOOK"
STATUS = {"pending": "待发", "sent": "已发", "dead": "失败", "skipped": "未发"}


@click.group()
def command() -> None:
    """Alerts to the bureaus: list, send, preview."""


def alert_stage(engine: Engine) -> AlertStage:
    """The stage that plans and sends; `cli/run.py` steps it with the others."""
    return AlertStage(engine, _compose(), _channel())


def case_webhook_stage(engine: Engine) -> CaseWebhookStage:
    """The stage that tells bureaus' own systems what happens to cases; stepped like the other."""
    return CaseWebhookStage(engine, webhooks_of(settings().case_webhooks.get_secret_value(), now_in_china))


def _channel() -> Channel:
    if not settings().alert_webhook:
        return OutboxFolder(settings().outbox)
    secrets = settings().alert_webhook_secrets.get_secret_value().split()
    signer = Signer(secrets, now_in_china, setting=f"{SETTING}_SECRETS") if secrets else None
    token = settings().alert_webhook_token.get_secret_value()
    return Webhook(settings().alert_webhook, setting=SETTING, token=token, signer=signer)


def _compose() -> Compose:
    texts = policy.in_use().bases
    return partial(compose, sender=settings().alert_sender, texts=texts, packs=packs.in_use())


@command.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_(limit: int) -> None:
    """List the delivery ledger, newest first."""
    with snapshot(open_database()) as session:
        rows = ledger(session, limit=limit)
    for delivery, name, cases in rows:
        attempts = f"  {delivery.attempts} 次" if delivery.attempts > 1 or delivery.error else ""
        click.echo(
            f"{delivery.period}  {STATUS[delivery.status]}  {delivery.bureau} {name}  "
            f"{_news(delivery, cases)}{attempts}  {delivery.error or delivery.place}"
        )
    if not rows:
        click.echo("no deliveries yet; run: qingdan alerts send")


def _news(delivery: Delivery, cases: int) -> str:
    """What a delivery tells."""
    return "案件动态" if delivery.kind == CASE_EVENT else f"{KIND[delivery.kind]} {cases} 件"


@command.command()
def send() -> None:
    """Plan what is new and send everything pending now, also what failed a moment ago."""
    engine = open_database()
    before = _statuses(engine)
    sent = alert_stage(engine).step(now_in_china(), ignore_pauses=True)
    told = case_webhook_stage(engine).step(now_in_china())
    after = _statuses(engine)
    where = "posted" if settings().alert_webhook else f"written to {settings().outbox}"
    click.echo(f"{sent} message(s) {where}")
    if told:
        click.echo(f"{told} case event(s) told")
    failed = after[PENDING] + after[DEAD] - before[DEAD]
    if failed:
        click.echo(f"qingdan: {failed} message(s) not sent; see: qingdan alerts list", err=True)
        sys.exit(1)


def _statuses(engine: Engine) -> Counter[str]:
    with snapshot(engine) as session:
        return Counter(status_counts(session))


@command.command()
@bureau_option(help="Only what this bureau would get.")
def preview(bureau: str | None) -> None:
    """Show who would get what, and why; nothing is written or sent."""
    # The plan is made as for sending, in a session that is never committed.
    with Session(open_database()) as session:
        plan(session, now_in_china())
        waiting = [
            news_of(session, delivery.id)
            for delivery in pending(session)
            if bureau in {None, delivery.bureau}
        ]
    for news in waiting:
        _show(news)
    if not waiting:
        click.echo("nothing new to tell")


def _show(news: News) -> None:
    try:
        letter = letter_of(news, {}, packs.in_use())
    except Unsendable as error:
        click.echo(f"{news.bureau} {news.bureau_name}  不发送：{error}")
        return
    click.echo(f"{news.bureau} {letter.addressee} <{news.email}>  {letter.subject}")
    for entry in letter.entries:
        click.echo(f"  {_told(entry)}")
    if letter.more:
        click.echo(f"  {letter.more}")


def _told(entry: Entry) -> str:
    why = f"用工所在地 {entry.division} {entry.place}" if entry.division else place_of(None)
    urgent = "急 " if entry.urgent else ""
    return f"{entry.number}  {urgent}{entry.level}  {entry.heading}  {entry.employer}  {why}"
