import email
import email.policy
import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.alerts import alert_stage, command
from cli.run import command as run_stages
from cli.wiring import open_database
from config.settings import settings
from store.database import snapshot
from store.deliveries import MAX_ATTEMPTS, ledger
from tests.consumers.receiving import receiving
from tests.factory import WEDNESDAY
from tests.recorded import add, violation


@pytest.fixture(autouse=True)
def _two_bureaus_have_news(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    add(
        engine,
        violation(
            1,
            company="北京的单位",
            division="110105",
            severity="red",
            said={"basis": ("catalogue-notice-2017",)},
        ),
        violation(2, company="深圳的单位", division="440305"),
        violation(3, company="不明的单位", division=None),
    )
    engine.dispose()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_preview_says_who_would_get_what_and_why_and_writes_nothing(home: Path) -> None:
    result = run("preview")
    assert result.exit_code == 0
    assert "110000 北京市人力资源和社会保障局 <rsj-110000@bureaus.example>" in result.output
    assert "急 红  会计从业资格  北京的单位  用工所在地 110105 北京市朝阳区" in result.output
    assert "不明的单位  辖区不明" in result.output
    assert not (home / "outbox").exists()
    with snapshot(open_database()) as session:
        assert not ledger(session)
    assert run("preview").output == result.output


def test_preview_of_one_bureau_shows_nothing_of_another() -> None:
    output = run("preview", "--bureau", "440300").output
    assert "深圳的单位" in output
    assert "北京" not in output
    assert "不明" not in output
    assert run("preview", "--bureau", "330100").output == "nothing new to tell\n"
    assert run("preview", "--bureau", "999999").exit_code == 2


def test_send_writes_the_outbox_once_and_list_shows_it(home: Path) -> None:
    result = run("send")
    assert result.exit_code == 0
    assert result.output == f"3 message(s) written to {home / 'outbox'}\n"
    assert len(list((home / "outbox").glob("*.eml"))) == 3
    assert run("send").output.startswith("0 message(s)")
    assert run("preview").output == "nothing new to tell\n"
    listed = run("list").output.splitlines()
    assert len(listed) == 3
    assert all("已发" in line and line.endswith(".eml") for line in listed)


def test_a_message_cites_the_policys_texts(home: Path) -> None:
    run("send")
    (file,) = (home / "outbox").glob("*-110000-*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "依据：人社部发〔2017〕68号" in text
    assert ". 人力资源社会保障部关于公布国家职业资格目录的通知（人社部发〔2017〕68号）" in text


def test_a_failed_message_is_trouble_and_is_tried_again(home: Path) -> None:
    (home / "outbox").write_text("in the way")
    result = run("send")
    assert result.exit_code == 1
    assert "3 message(s) not sent; see: qingdan alerts list" in result.output
    assert "待发" in run("list").output
    assert "File exists" in run("list").output
    (home / "outbox").unlink()
    assert run("send").exit_code == 0


def test_the_ledger_is_empty_at_first() -> None:
    assert run("list").output == "no deliveries yet; run: qingdan alerts send\n"


def test_the_stage_for_the_run_command_sends_to_the_outbox(home: Path) -> None:
    assert alert_stage(open_database()).step(WEDNESDAY) == 3
    assert {path.suffix for path in (home / "outbox").iterdir()} == {".eml"}


def test_alerts_go_to_a_webhook_and_a_dead_one_holds_nobody_up(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGDAN_INSIDE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("QINGDAN_ALERT_WEBHOOK", "http://127.0.0.1:1/")
    settings.cache_clear()
    done = CliRunner().invoke(run_stages, ["--until-idle"])
    assert done.exit_code == 0, done.output
    assert "alert   0 done" in done.output
    with receiving() as receiver:
        monkeypatch.setenv("QINGDAN_ALERT_WEBHOOK", receiver.url)
        settings.cache_clear()
        assert run("send").output == "3 message(s) posted\n"
        assert len(receiver.taken) == 3
    assert not (home / "outbox").exists()
    assert all("已发" in line and " 2 次 " in line for line in run("list").output.splitlines())


def test_case_events_are_told_and_listed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    with receiving() as receiver:
        hook = {"110000": {"url": receiver.url, "secrets": [f"whsec_{'A' * 40}"]}}
        monkeypatch.setenv("QINGDAN_INSIDE_HOSTS", "127.0.0.1")
        monkeypatch.setenv("QINGDAN_CASE_WEBHOOKS", json.dumps(hook))
        settings.cache_clear()
        assert "case event" not in run("send").output, "they happened before"
        add(open_database(), violation(4, company="另一个北京的单位", division="110101"))
        assert "1 case event(s) told" in run("send").output
        (body,) = receiver.taken.values()
    assert json.loads(body)["type"] == "case.opened"
    assert any("-110000-" in line and "案件动态" in line for line in run("list").output.splitlines())


def test_what_was_given_up_is_taken_up_again_under_the_same_key(home: Path) -> None:
    (home / "outbox").write_text("in the way")
    for _ in range(MAX_ATTEMPTS):
        assert run("send").exit_code == 1
    dead = {line.split()[0] for line in run("list").output.splitlines() if "失败" in line}
    assert len(dead) == 3
    (home / "outbox").unlink()
    assert run("send").output.startswith("0 message(s)"), "the dead stay dead"
    (beijing,) = [key for key in dead if "-110000-" in key]
    assert (
        run("replay", "--bureau", "110000").output
        == f"{beijing}\n1 taken up again; run: qingdan alerts send\n"
    )
    missing = run("replay", beijing)
    assert (missing.exit_code, beijing in missing.output) == (1, True)
    assert run("replay").output.endswith("2 taken up again; run: qingdan alerts send\n")
    assert run("send").output.startswith("3 message(s)")
    assert {path.stem for path in (home / "outbox").iterdir()} == dead


def test_a_bureau_is_reached_over_all_its_ways(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        receiver.answer = b'{"errcode": 0}'
        robots = {"110000": {"wecom": {"url": receiver.url}}, "440300": {"wecom": {"url": receiver.url}}}
        monkeypatch.setenv("QINGDAN_INSIDE_HOSTS", "127.0.0.1")
        monkeypatch.setenv("QINGDAN_ALERT_ROBOTS", json.dumps(robots))
        settings.cache_clear()
        result = run("test-send", "--bureau", "110000")
        assert result.exit_code == 0, result.output
        assert result.output.count("sent  ") == 2
        assert len(receiver.taken) == 1
        receiver.answer = b'{"errcode": 93000, "errmsg": "invalid webhook url"}'
        refused = run("test-send", "--bureau", "110000")
    assert refused.exit_code == 1
    assert "not sent: 127.0.0.1: errcode 93000 invalid webhook url" in refused.output
    file = next((home / "outbox").iterdir())
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert str(message["Subject"]) == "【测试】清单告警通道"
    assert "rsj-110000@bureaus.example" in str(message["To"])
    assert run("list").output.startswith("no deliveries yet")
    assert run("test-send").exit_code == 2


def test_robots_tell_what_was_sent_and_are_listed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert home.is_dir()
    with receiving() as receiver:
        receiver.answer = b'{"code": 0}'
        robots = {"110000": {"feishu": {"url": receiver.url}}}
        monkeypatch.setenv("QINGDAN_INSIDE_HOSTS", "127.0.0.1")
        monkeypatch.setenv("QINGDAN_ALERT_ROBOTS", json.dumps(robots))
        settings.cache_clear()
        assert "1 message(s) told by robots" in run("send").output
        (body,) = receiver.taken.values()
    assert "北京的单位" in json.loads(body)["content"]["text"]
    assert any("飞书群" in line and "已发" in line for line in run("list").output.splitlines())
