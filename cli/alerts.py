"""`qingdan alerts`: what the bureaus were told, would be told, and are told now."""

import sys
from collections import Counter
from collections.abc import Callable
from functools import partial

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cli.bureau import bureau_option
from cli.sign_key import sign_key
from cli.wiring import open_database
from config import packs, policy
from config.bureaus import load_bureaus
from config.clock import now_in_china
from config.settings import settings
from consumers.alert import AlertStage, Compose
from consumers.case_webhooks import CaseWebhookStage, webhooks_of
from consumers.channel import Channel, ChannelUnavailable, OutboxFolder
from consumers.mail import MailServer
from consumers.notices import NoticeStage
from consumers.receiver import receiver_at
from consumers.robots import Robots, RobotStage, robots_of
from consumers.signature import Signer
from consumers.webhook import Webhook
from reports.alerts.brief import brief
from reports.alerts.letter import letter_of
from reports.alerts.links import Links
from reports.alerts.message import TRIAL, compose, trial
from reports.alerts.parts import Entry, place_of
from reports.notice import message as notice_message
from store.database import snapshot, transaction
from store.deliveries import (
    ABOVE,
    ASSIGNED,
    CASE_EVENT,
    DEAD,
    DUE_OBJECTIONS,
    FOUND_AGAIN,
    NEW_CASES,
    NEW_HINTS,
    NEW_OBJECTIONS,
    NOTICE_ABOVE,
    NOTICE_LATE,
    NOTICE_REMINDER,
    PENDING,
    PLATFORM_NOTICE,
    REMINDED,
    REPORT,
    RETURNED_CASES,
    SECTION,
    WITHDRAWN_CASES,
    Unsendable,
    delivery_key,
    ledger,
    pending,
    status_counts,
)
from store.models import Delivery
from store.news import News, news_of
from store.planning import plan
from store.resending import take_up_again

KIND = {
    NEW_CASES: "线索",
    WITHDRAWN_CASES: "撤回",
    RETURNED_CASES: "恢复",
    FOUND_AGAIN: "回头看",
    NEW_HINTS: "提示",
    NEW_OBJECTIONS: "异议",
    DUE_OBJECTIONS: "异议期限",
    ASSIGNED: "派发",
    REMINDED: "催办",
    SECTION: "催办（科室）",
    ABOVE: "督办",
    NOTICE_LATE: "平台函逾期",
    NOTICE_ABOVE: "平台函督办",
}
OTHER = {
    REPORT: "签发的报告",
    CASE_EVENT: "案件动态",
    PLATFORM_NOTICE: "平台函",
    NOTICE_REMINDER: "平台函催办",
    "wecom": "企业微信群",
    "dingtalk": "钉钉群",
    "feishu": "飞书群",
}
SETTING = "QINGDAN_ALERT_WEBHOOK"
STATUS = {"pending": "待发", "sent": "已发", "dead": "失败", "skipped": "未发"}


@click.group()
def command() -> None:
    """Alerts to the bureaus: list, send, preview, replay, test-send."""


def alert_stage(engine: Engine, *, daily: bool = False) -> AlertStage:
    """The stage that plans and sends; if `daily`, what is not urgent once a day."""
    return AlertStage(engine, _compose(), _channel(), daily_from=settings().alert_hour if daily else None)


def notice_stage(engine: Engine) -> NoticeStage:
    """The stage that sends platform notices the same way as letters, or into the outbox."""
    compose_notice = partial(notice_message.compose, engine, sender=settings().alert_sender)
    return NoticeStage(engine, compose_notice, _channel(), OutboxFolder(settings().outbox))


def case_webhook_stage(engine: Engine) -> CaseWebhookStage:
    """The stage that tells bureaus' own systems what happens to cases; stepped like the other."""
    written = settings().case_webhooks.get_secret_value()
    return CaseWebhookStage(engine, webhooks_of(written, now_in_china, inside=_inside()))


def robot_stage(engine: Engine) -> RobotStage:
    """The stage that tells bureaus' chat groups what letters there are; stepped after the first."""
    say = partial(brief, packs=packs.in_use(), links=_links())
    return RobotStage(engine, _robots(), say)


def _robots() -> Robots:
    written = settings().alert_robots.get_secret_value()
    return robots_of(written, now_in_china, inside=_inside())


def _inside() -> frozenset[str]:
    return frozenset(settings().inside_hosts.lower().split())


def _channel() -> Channel:
    """Where letters go: the webhook, else the mail server, else the outbox folder."""
    if settings().alert_webhook:
        return _webhook()
    if settings().alert_smtp:
        password = settings().alert_smtp_password.get_secret_value()
        return MailServer(settings().alert_smtp, user=settings().alert_smtp_user, password=password)
    return OutboxFolder(settings().outbox)


def _webhook() -> Webhook:
    secrets = settings().alert_webhook_secrets.get_secret_value().split()
    signer = Signer(secrets, now_in_china, setting=f"{SETTING}_SECRETS") if secrets else None
    token = settings().alert_webhook_token.get_secret_value()
    receiver = receiver_at(settings().alert_webhook, setting=SETTING, inside=_inside())
    return Webhook(receiver, token=token, signer=signer)


def _where() -> str:
    if settings().alert_webhook:
        return "posted"
    return "mailed" if settings().alert_smtp else f"written to {settings().outbox}"


def _compose() -> Compose:
    texts = policy.in_use().bases
    return partial(compose, sender=settings().alert_sender, texts=texts, packs=packs.in_use(), links=_links())


def _links() -> Links:
    return Links(settings().console_address, sign_key())


@command.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def list_(limit: int) -> None:
    """List the delivery ledger, newest first."""
    with snapshot(open_database()) as session:
        rows = ledger(session, limit=limit)
    for delivery, name, cases in rows:
        attempts = f"  {delivery.attempts} 次" if delivery.attempts > 1 or delivery.error else ""
        click.echo(
            f"{delivery_key(delivery)}  {STATUS[delivery.status]}  {name}  "
            f"{_news(delivery, cases)}{attempts}  {delivery.error or delivery.place}"
        )
    if not rows:
        click.echo("no deliveries yet; run: qingdan alerts send")


def _news(delivery: Delivery, cases: int) -> str:
    """What a delivery tells."""
    return OTHER.get(delivery.kind) or f"{KIND[delivery.kind]} {cases} 件"


@command.command()
def send() -> None:
    """Plan what is new and send everything pending now, also what failed a moment ago."""
    engine = open_database()
    before = _statuses(engine)
    sent = alert_stage(engine).step(now_in_china(), ignore_pauses=True)
    asked = notice_stage(engine).step(now_in_china(), ignore_pauses=True)
    told = case_webhook_stage(engine).step(now_in_china())
    in_groups = robot_stage(engine).step(now_in_china())
    after = _statuses(engine)
    click.echo(f"{sent} message(s) {_where()}")
    if asked:
        click.echo(f"{asked} platform notice(s) sent, or left in {settings().outbox} for want of an address")
    if told:
        click.echo(f"{told} case event(s) told")
    if in_groups:
        click.echo(f"{in_groups} message(s) told by robots")
    failed = after[PENDING] + after[DEAD] - before[DEAD]
    if failed:
        click.echo(f"qingdan: {failed} message(s) not sent; see: qingdan alerts list", err=True)
        sys.exit(1)


def _statuses(engine: Engine) -> Counter[str]:
    with snapshot(engine) as session:
        return Counter(status_counts(session))


@command.command()
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@bureau_option(help="Only those to this bureau.")
def replay(keys: tuple[str, ...], bureau: str | None) -> None:
    """Take up again what was given up, under the same keys: the deliveries of these KEYs, else all."""
    with transaction(open_database()) as session:
        taken = take_up_again(session, bureau=bureau, keys=keys)
    for key in taken:
        click.echo(key)
    click.echo(f"{len(taken)} taken up again; run: qingdan alerts send")
    if missing := sorted(set(keys) - set(taken)):
        click.echo(f"qingdan: not among the dead: {', '.join(missing)}", err=True)
        sys.exit(1)


@command.command("test-send")
@bureau_option(help="To whom.", required=True)
def test_send(bureau: str) -> None:
    """Send a message that tells of no case, to the address and to every robot of a bureau."""
    row = next(each for each in load_bureaus() if each.code == bureau)
    now = now_in_china()
    message = trial(bureau, row.name, row.email, sender=settings().alert_sender, now=now)
    key = f"test-{bureau}-{now:%Y%m%dT%H%M%S}"
    ways: list[Callable[[], str]] = [partial(_channel().send, key, message)]
    ways += [partial(robot.tell, key, TRIAL) for (code, _), robot in _robots().items() if code == bureau]
    failed = 0
    for way in ways:
        try:
            click.echo(f"sent  {way()}")
        except (ChannelUnavailable, Unsendable) as error:
            failed += 1
            click.echo(f"qingdan: not sent: {error}", err=True)
    sys.exit(1 if failed else 0)


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
        letter = letter_of(news, {}, packs.in_use(), Links(settings().console_address))
    except Unsendable as error:
        click.echo(f"{news.bureau} {news.bureau_name}  不发送：{error}")
        return
    click.echo(f"{news.bureau} {letter.addressee} <{news.email}>  {letter.subject}")
    for entry in letter.entries:
        click.echo(f"  {_told(entry)}")
    if letter.more:
        click.echo(f"  {letter.more} {letter.more_link}".rstrip())


def _told(entry: Entry) -> str:
    if not entry.employer:
        return f"{entry.number}  {entry.level}  {entry.heading}"
    why = f"用工所在地 {entry.division} {entry.place}" if entry.division else place_of(None)
    urgent = "急 " if entry.urgent else ""
    return f"{entry.number}  {urgent}{entry.level}  {entry.heading}  {entry.employer}  {why}"
