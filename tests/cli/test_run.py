"""`qingdan run` with the real reader, log, database and outbox."""

import socket
import urllib.error
import urllib.request
from collections.abc import Sequence

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from cli.run import STAGES, Progress, command
from cli.wiring import open_database, open_log
from config.settings import SettingsError, settings
from consumers.runner import Worker
from events.log import Message
from events.topics import COLLECTED
from store.database import snapshot
from store.models import Ad, Clue, Delivery
from tests.consumers.test_runner import Pile
from tests.factory import job_ad
from tests.processes import PATIENCE, output_of_run_until

pytestmark = pytest.mark.usefixtures("home")


def publish(*payloads: bytes) -> None:
    log = open_log()
    log.producer().publish([Message(COLLECTED, str(number).encode(), p) for number, p in enumerate(payloads)])
    log.close()


def ads(count: int) -> list[bytes]:
    """Ads of which every second asks for an abolished certificate."""
    texts = ("任职要求：须持有会计从业资格证。", "任职要求：工作细致，有责任心。")
    return [job_ad(number, text=texts[number % 2]).encode() for number in range(count)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def count(model: type[Ad | Clue | Delivery]) -> int:
    with snapshot(open_database()) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_ads_become_clues_and_one_alert_and_a_second_run_finds_nothing() -> None:
    publish(*ads(20))
    result = run("--until-idle")
    assert result.exit_code == 0, result.output
    assert result.stdout.split("\n") == [
        "relay   0 done",
        "check   20 done",
        "record  20 done",
        "alert   1 done",
        "cluster 20 done",
        "",
    ]
    assert (count(Ad), count(Clue), count(Delivery)) == (20, 10, 1)
    assert len(list(settings().outbox.glob("*.eml"))) == 1
    again = [line.split() for line in run("--until-idle").stdout.splitlines()]
    assert again == [[stage, "0", "done"] for stage in STAGES]
    assert (count(Ad), count(Clue), count(Delivery)) == (20, 10, 1)


def test_stages_may_run_one_after_the_other() -> None:
    publish(*ads(4))
    assert run("check", "--until-idle").stdout == "check   4 done\n"
    assert count(Ad) == 0
    assert run("record", "--until-idle").stdout == "record  4 done\n"
    assert count(Ad) == 4


def test_dead_letters_are_pointed_out() -> None:
    publish(*ads(2), b"junk")
    result = run("check", "--until-idle")
    assert result.exit_code == 1
    assert result.stdout.endswith("check   2 done, 1 dead\ndead letters: see qingdan dead list\n")


def test_a_spent_budget_is_trouble() -> None:
    publish(*[b"junk"] * 150)
    result = run("check", "--until-idle")
    assert result.exit_code == 1
    assert "stopped, nothing is lost: TooManyDeadLetters" in result.output


def test_an_unknown_stage_is_wrong_use() -> None:
    result = run("chekc")
    assert result.exit_code == 2
    assert "'chekc' is not one of 'relay', 'check', 'record', 'alert', 'cluster'" in result.output


def test_an_unknown_crash_point_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGDAN_CRASH_AT", "lunch")
    settings.cache_clear()
    assert isinstance(run().exception, SettingsError)


def test_sigterm_ends_the_real_process_with_status_0_and_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Until then it tells how it is; afterwards nothing of it is left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("QINGDAN_METRICS", f"127.0.0.1:{port}")
    publish(*ads(10))

    def told() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
                said = answer.read().decode()
        except urllib.error.URLError:
            return False  # it has not come so far
        return 'qingdan_records_total{outcome="done",stage="record"} 10.0' in said

    assert "record  10 done" in output_of_run_until(told)
    assert count(Ad) == 10
    assert not list(settings().health.iterdir())
    # It has left its groups: the next process need not wait for a lease to run out.
    assert "check   0 done" in run("check", "--until-idle").stdout


def shown(monkeypatch: pytest.MonkeyPatch, moments: Sequence[float], *, terminal: bool) -> str:
    """What a progress display writes that is asked to show itself at these moments."""
    clock = iter([0.0, *moments])
    written: list[str] = []
    monkeypatch.setattr("cli.run.time.monotonic", lambda: next(clock))
    monkeypatch.setattr("cli.run.sys.stderr.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("cli.run.click.echo", lambda text, *, err, nl: written.append(text + "\n" * nl * err))
    workers: dict[str, Worker] = {"check": Pile(0)}
    progress = Progress(workers)
    for _ in moments:
        progress.show()
    progress.close()
    return "".join(written)


def test_progress_is_a_line_now_and_then_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, [1, 4.9, 5.1, 9, 10.2], terminal=False) == "check 0 done\n" * 2


def test_progress_is_one_line_that_is_overwritten_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, [0.1, 0.3], terminal=True) == "\r\x1b[Kcheck 0 done\r\x1b[K"
