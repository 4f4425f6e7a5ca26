import email
import os
import signal
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.packs import in_use
from consumers.alert import AlertStage
from consumers.channel import Channel, ChannelUnavailable, OutboxFolder
from reports.alerts.message import compose
from store.database import connect, snapshot
from store.deliveries import ledger
from store.news import News
from tests.factory import job_ad, mention
from tests.processes import end, start
from tests.recorded import add, baited, change_case, read_with, violation

COMPOSE = partial(compose, sender="qingdan@qingdan.example", texts={}, packs=in_use())


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


def stage(engine: Engine, channel: Channel) -> AlertStage:
    return AlertStage(engine, COMPOSE, channel)


def statuses(engine: Engine) -> dict[str, tuple[str, int, str]]:
    with snapshot(engine) as session:
        return {d.bureau: (d.status, d.attempts, d.error) for d, _, _ in ledger(session)}


class Broken:
    """A channel that is down for one bureau, or for all."""

    def __init__(self, bureau: str = "") -> None:
        self.bureau = bureau
        self.taken: list[str] = []

    def send(self, key: str, message: EmailMessage) -> str:
        if self.bureau in key:
            raise ChannelUnavailable("connection refused")
        self.taken.append(f"{key} {message['To']}")
        return key


def test_each_bureau_gets_one_message_and_no_second(engine: Engine, outbox: Path, now: datetime) -> None:
    add(
        engine,
        violation(1, division="110105"),
        violation(2, division="110101"),
        violation(3, division="440305"),
    )
    alerts = stage(engine, OutboxFolder(outbox))
    assert alerts.step(now) == 2
    written = {path: path.read_bytes() for path in outbox.iterdir()}
    assert alerts.step(now) == 0
    assert alerts.step(now + timedelta(days=1)) == 0
    assert {path: path.read_bytes() for path in outbox.iterdir()} == written
    assert sorted(path.name[:17] for path in written) == ["2026-11-18-110000", "2026-11-18-440300"]
    assert statuses(engine) == {"110000": ("sent", 1, ""), "440300": ("sent", 1, "")}


def test_only_the_own_area_is_in_a_message(engine: Engine, outbox: Path, now: datetime) -> None:
    add(
        engine,
        violation(1, company="北京的单位", division="110105"),
        violation(2, company="深圳的单位", division="440305"),
        violation(3, company="广州的单位", division="440104"),
        violation(4, company="不明的单位", division=None),
    )
    stage(engine, OutboxFolder(outbox)).step(now)
    found = {}
    for path in outbox.iterdir():
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
        text = "".join(body.get_content() for body in bodies if body)
        found[path.name[11:17]] = [n for n in ("北京的", "深圳的", "广州的", "不明的") if n in text]
    assert found == {"110000": ["北京的"], "440300": ["深圳的"], "440100": ["广州的"], "000000": ["不明的"]}


def test_a_broken_channel_loses_nothing(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, division="110105"), violation(2, division="440305"))
    broken = Broken("110000")
    alerts = stage(engine, broken)
    assert alerts.step(now) == 1
    assert statuses(engine)["110000"] == ("pending", 1, "connection refused")
    assert alerts.step(now) == 0, "the pause after a failure is not over"
    broken.bureau = "nobody"
    assert alerts.step(now + timedelta(minutes=1)) == 1
    assert statuses(engine) == {"110000": ("sent", 2, ""), "440300": ("sent", 1, "")}
    assert len(broken.taken) == len(set(broken.taken)) == 2


def test_after_six_failures_a_delivery_is_dead_and_stays_visible(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, division="110105"))
    alerts = stage(engine, Broken())
    for _ in range(10):
        assert alerts.step(now, ignore_pauses=True) == 0
    assert statuses(engine) == {"110000": ("dead", 6, "connection refused")}


def test_what_cannot_be_composed_stops_nobody_else(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, division="110105"), violation(2, division="440305"))

    def compose_for_nobody_in_beijing(news: News) -> EmailMessage:
        sender = "no address" if news.bureau == "110000" else "qingdan@qingdan.example"
        return compose(news, sender=sender, texts={}, packs={})

    alerts = AlertStage(engine, compose_for_nobody_in_beijing, Broken("nobody"))
    assert alerts.step(now) == 1
    assert statuses(engine) == {
        "110000": ("dead", 0, "QINGDAN_ALERT_SENDER: 'no address' is no e-mail address"),
        "440300": ("sent", 1, ""),
    }


def test_a_message_that_became_empty_is_skipped(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, division="110105"))
    alerts = stage(engine, Broken("110000"))
    alerts.step(now)
    change_case(engine, violation(1, division="110105"), status="false_alarm")
    assert alerts.step(now, ignore_pauses=True) == 0
    assert statuses(engine) == {"110000": ("skipped", 1, "nothing in it holds any more")}


def test_an_outbox_that_cannot_be_written_is_an_outage(engine: Engine, outbox: Path, now: datetime) -> None:
    outbox.write_text("a file where the folder should be")
    add(engine, violation(1))
    assert stage(engine, OutboxFolder(outbox)).step(now) == 0
    assert next(iter(statuses(engine).values()))[:2] == ("pending", 1)
    outbox.unlink()
    assert stage(engine, OutboxFolder(outbox)).step(now, ignore_pauses=True) == 1


def subjects(outbox: Path) -> list[str]:
    messages = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in outbox.iterdir()
    ]
    return sorted(str(message["Subject"]) for message in messages)


def test_hints_and_withdrawals_go_out_beside_new_cases(engine: Engine, outbox: Path, now: datetime) -> None:
    ad = job_ad(1, division="110105")
    add(engine, read_with("r1", mention(), ad=ad), baited(2, division="110101"))
    alerts = stage(engine, OutboxFolder(outbox))
    assert alerts.step(now) == 2
    add(engine, read_with("r2", ad=ad, day=2))
    assert alerts.step(now + timedelta(days=1)) == 1
    assert alerts.step(now + timedelta(days=2)) == 0
    assert subjects(outbox) == [
        "【提示待核】北京市 挂靠与招转培 1 件（2026-11-18）",
        "【疑似线索待初核】北京市 1 件（2026-11-18）",
        "【疑似线索撤回】北京市 1 件（2026-11-19）",
    ]


class KilledAfterWriting(OutboxFolder):
    def send(self, key: str, message: EmailMessage) -> str:
        sent = super().send(key, message)
        os.kill(os.getpid(), signal.SIGKILL)
        return sent


def step_in_a_process(url: str, outbox: str, now: str, channel: str) -> None:
    channels = {each.__name__: each for each in (OutboxFolder, KilledAfterWriting)}
    stage(connect(url), channels[channel](Path(outbox))).step(datetime.fromisoformat(now))


def test_a_crash_after_sending_sends_the_same_again(engine: Engine, outbox: Path, now: datetime) -> None:
    add(engine, violation(1))
    url = engine.url.render_as_string(hide_password=False)
    killed = start(step_in_a_process, url, outbox, now.isoformat(), "KilledAfterWriting")
    assert end(killed) == -signal.SIGKILL
    (path,) = outbox.iterdir()
    first = path.read_bytes()
    assert [status for status, _, _ in statuses(engine).values()] == ["pending"]
    assert stage(engine, OutboxFolder(outbox)).step(now + timedelta(days=2)) == 1
    assert list(outbox.iterdir()) == [path]
    assert path.read_bytes() == first


def test_two_processes_at_once_write_each_message_once(engine: Engine, outbox: Path, now: datetime) -> None:
    add(engine, *(violation(n, company=f"公司{n}", division="110105") for n in range(10)))
    add(engine, violation(50, division="440305"))
    url = engine.url.render_as_string(hide_password=False)
    workers = [start(step_in_a_process, url, outbox, now.isoformat(), "OutboxFolder") for _ in range(2)]
    assert [end(worker) for worker in workers] == [0, 0]
    assert sorted(path.name[11:17] for path in outbox.iterdir()) == ["110000", "440300"]
    assert {bureau: status for bureau, (status, _, _) in statuses(engine).items()} == {
        "110000": "sent",
        "440300": "sent",
    }
