"""`qingdan doctor`: is everything reachable, current and making progress?"""

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import click
from sqlalchemy import func, select

from cli.evidence import retention
from cli.wiring import Unusable, keeps_evidence, open_database, open_log
from config.clock import now_in_china
from config.settings import CHINA, SettingsError, settings
from config.tables import DataError
from consumers.health import stalled, told, trouble
from consumers.letters import dead_letters
from events import topics
from events.claims import BlobFolder
from events.log import LogError
from store.cases import standing
from store.data_releases import in_use, refused
from store.database import snapshot
from store.dead_letters import actions
from store.evidence_retention import overdue
from store.feedback import suspensions
from store.gaps import noted_gaps
from store.models import Clue, Delivery, Rejection, Run
from store.outbox import waiting, waiting_since
from store.resending import last_letter
from store.stage_models import LogGap

FREE_BYTES = 1 << 30
"""Below this much free disk the house is about to stop."""


ALERT_LATE = timedelta(hours=1)
"""After half an hour the last try is over: what still waits then has nobody who sends it."""


TRIM_LATE = timedelta(days=7)
"""`evidence trim` is to run daily."""


OUTBOX_LATE = timedelta(minutes=5)
"""The relay takes seconds: what waits for longer has nobody to publish it, or no log."""


THE_BEGINNING = datetime(2000, 1, 1, tzinfo=CHINA)
NAMED = 20
"""Missing events that are named; all are counted."""
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--reconcile", "accounts", is_flag=True, help="Prove that no ad was lost, instead.")
@click.option("--since", type=DAY, help="From this day on, with --reconcile.  [default: all of the log]")
@click.option("--until", type=DAY, help="Up to the end of this day, with --reconcile.")
def command(*, accounts: bool, since: datetime | None, until: datetime | None) -> None:
    """Is everything reachable and healthy? Exit status 1 when something is not.

    With --reconcile: what every stage was given is looked up one by one, in the log, in the database and
    among the dead letters, and every case and hint in the ledger of alerts. What is found nowhere is named.
    """
    if (since or until) and not accounts:
        raise click.UsageError("--since and --until go with --reconcile")
    end = until and until.replace(tzinfo=CHINA) + timedelta(days=1)
    findings = (
        _attempt(partial(_accounts, since and since.replace(tzinfo=CHINA), end)) if accounts else _findings()
    )
    healthy = True
    for good, line in findings:
        healthy &= good
        click.echo(f"{'ok ' if good else 'BAD'}  {line}")
    sys.exit(0 if healthy else 1)


def _findings() -> Iterator[tuple[bool, str]]:
    yield from _attempt(_home)
    yield from _attempt(_database)
    yield from _attempt(_log)
    yield from _attempt(_claims)
    yield from _attempt(_evidence)
    yield from _attempt(_stages)
    yield from _attempt(_outbox)
    yield from _attempt(_releases)
    yield from _attempt(_rules)
    yield from _attempt(_suspended)


def _attempt(check: Callable[[], Iterator[tuple[bool, str]]]) -> Iterator[tuple[bool, str]]:
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield from check()
    except (SQLAlchemyError, LogError, SettingsError, Unusable, OSError, ValueError) as error:
        yield False, f"{check.__name__.strip('_')}: {error}"


def _home() -> Iterator[tuple[bool, str]]:
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    yield free > FREE_BYTES, f"home: {home}, {free >> 20:,} MiB free"


def _database() -> Iterator[tuple[bool, str]]:
    engine = open_database()
    with snapshot(engine) as session:
        clues = session.scalar(select(func.count(Clue.id)).where(standing()))
        rejections = session.scalar(select(func.count(Rejection.id)))
        stuck = session.scalar(select(func.count()).where(Delivery.status == "dead"))
        waits = Delivery.status == "pending", Delivery.created_at < now_in_china() - ALERT_LATE
        late = session.scalar(select(func.count()).where(*waits))
        heard = last_letter(session) or session.scalar(select(func.min(Run.started_at)))
        runs = session.execute(select(Run.kind, Run.source, Run.status).order_by(Run.started_at, Run.id))
        latest = {(kind, source): status for kind, source, status in runs}
    yield True, f"database: {engine.url.render_as_string()}, {clues:,} clues, {rejections:,} rejections"
    yield not (stuck or late), f"alerts: {stuck} given up, {late} late"
    if heard and now_in_china() - heard > timedelta(days=settings().alert_silence_days):
        yield False, f"alerts: no letter has left since {heard:%Y-%m-%d}; see: qingdan alerts test-send"
    incomplete = [source for (_, source), status in latest.items() if status in ("incomplete", "held")]
    yield (
        not incomplete,
        f"runs: {len(incomplete)} incomplete or held" + "".join(f"; {each}" for each in incomplete),
    )


def _log() -> Iterator[tuple[bool, str]]:
    log = open_log()
    for topic in topics.ALL:
        yield True, f"log: {topic} holds {sum(log.end_offsets(topic).values()):,} records"
    with snapshot(open_database()) as session:
        settled = actions(session)
    waiting = sum(letter.event_id not in settled for letter in dead_letters(log))
    yield not waiting, f"dead letters: {waiting} open; see: qingdan dead list"
    log.close()


def _accounts(since: datetime | None, until: datetime | None) -> Iterator[tuple[bool, str]]:
    from consumers.reconcile import Window, begins, reconcile

    log = open_log()
    begin = begins(log)
    if since and begin and since < begin:
        yield False, f"the log begins at {begin:%Y-%m-%d %H:%M:%S}: of what came before nothing can be proved"
    window, engine = Window(since or begin or THE_BEGINNING, until), open_database()
    for account in reconcile(log, engine, window):
        parts = f"{account.done:,} done, {account.filtered:,} filtered, {account.dead:,} dead"
        parts += f", {account.in_flight:,} in flight"
        parts += f", {account.skipped:,} skipped" if account.skipped else ""
        parts += f", {len(account.missing):,} MISSING" if account.missing else ""
        yield not account.missing, f"{account.stage}: {account.taken:,} in = {parts}"
        yield from ((False, f"  {each}") for each in account.missing[:NAMED])
    log.close()
    with snapshot(engine) as session:
        yield from ((True, _decision(gap)) for gap in noted_gaps(session) if window.holds(gap.at))


def _decision(gap: LogGap) -> str:
    where = f"{gap.topic}[{gap.partition}] from {gap.first_offset} to {gap.next_offset}"
    return f"{gap.group} was sent past {where}, {gap.at:%Y-%m-%d %H:%M:%S} by {gap.actor}: {gap.why}"


def _claims() -> Iterator[tuple[bool, str]]:
    folder = settings().blobs_folder
    if sizes := BlobFolder(folder).sizes():
        yield True, f"claim checks: {len(sizes):,} in {folder}, {sum(sizes) >> 20:,} MiB"


def _evidence() -> Iterator[tuple[bool, str]]:
    url = open_database().url
    if url.get_backend_name() == "sqlite" and Path(str(url.database)).stat().st_mode & 0o077:
        yield False, f"evidence: others may read {url.database}, see: chmod 600"
    if (old := settings().home / "evidence").is_dir():
        yield False, f"evidence: files lie in {old}, see: qingdan evidence take-in"
    if not keeps_evidence():
        yield True, "evidence: none is kept (QINGDAN_EVIDENCE_DAYS=0)"
        return
    with snapshot(open_database()) as session:
        late = overdue(session, retention(now_in_china() - TRIM_LATE))
    told = (
        f"; {late:,} originals are kept longer than they may be, see: qingdan evidence trim" if late else ""
    )
    yield not late, f"evidence: in the database{told}"


def _stages() -> Iterator[tuple[bool, str]]:
    now = now_in_china()
    healths = [health for _, health in told(settings().health)]
    for health in healths:
        wrong = trouble(health, now)
        said = wrong or f"{health.done:,} done, {health.dead:,} dead, {health.lag:,} wait"
        yield not wrong, f"stage {health.stage}, process {health.pid}: {said}"
    for stage, lag in stalled(healths, now).items():
        yield False, f"stage {stage}: {lag:,} records wait and nobody finishes any"
    if not healths:
        yield True, "stages: none is running on this machine"


def _outbox() -> Iterator[tuple[bool, str]]:
    with snapshot(open_database()) as session:
        count, since = waiting(session), waiting_since(session)
    late = since is not None and now_in_china() - since > OUTBOX_LATE
    told_since = f" since {since:%Y-%m-%d %H:%M:%S}; see: qingdan run relay" if since else ""
    yield not late, f"outbox: {count:,} messages wait for the log{told_since}"


def _releases() -> Iterator[tuple[bool, str]]:
    with snapshot(open_database()) as session:
        current, bad = in_use(session), refused(session)
    if current:
        yield True, f"release in use: {current.rules_version}, since {current.since:%Y-%m-%d %H:%M:%S}"
    if bad:
        yield False, f"release refused: {bad.rules_version}, {bad.loaded_at:%Y-%m-%d %H:%M:%S}, not in use:"
        yield from ((False, f"  {problem}") for problem in bad.problems)


def _rules() -> Iterator[tuple[bool, str]]:
    from consumers.release import open_reader

    folder = settings().rules
    try:
        reader = open_reader(folder)
    except DataError as error:
        yield False, f"rules: {folder} cannot be used:"
        yield from ((False, f"  {problem}") for problem in error.problems)
        return
    yield True, f"rules: version {reader.rules.version} in {folder}"


def _suspended() -> Iterator[tuple[bool, str]]:
    # People know of it, since they decided the cases; nothing has to be mended for the house to go on.
    with snapshot(open_database()) as session:
        for key, found in suspensions(session).items():
            yield True, f"rule suspended: {key}, since {found.since:%Y-%m-%d}; see: qingdan rules list"
