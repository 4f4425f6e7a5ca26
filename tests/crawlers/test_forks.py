"""A spider's process begins with Scrapy at hand and nothing open, and as things are now."""

import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from config.settings import settings
from crawlers.forks import PRELOADED, start


def tell(question: str, connection: Connection) -> None:
    """Sends what there is of `question`: modules, settings, or an error that nobody catches."""
    if question == "error":
        raise RuntimeError("as it was told")
    connection.send(settings().home if question == "home" else set(sys.modules))


def asked(question: str) -> object:
    process, answers = start(tell, question)
    with answers:
        answer: object = answers.recv()
    process.join()
    assert process.exitcode == 0
    return answer


def test_scrapy_is_there_and_no_reactor_was_inherited() -> None:
    modules = asked("modules")
    assert isinstance(modules, set)
    assert set(PRELOADED) <= modules
    assert "twisted.internet.reactor" not in modules


def test_it_has_the_settings_of_this_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        monkeypatch.setenv("QINGDAN_HOME", str(tmp_path / name))
        assert asked("home") == tmp_path / name


def test_its_errors_stand_where_ours_do(capfd: pytest.CaptureFixture[str]) -> None:
    process, answers = start(tell, "error")
    with answers, pytest.raises(EOFError):
        answers.recv()
    process.join()
    assert process.exitcode == 1
    assert "RuntimeError: as it was told" in capfd.readouterr().err


def die(_: Connection) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_its_death_is_told() -> None:
    process, answers = start(die)
    with answers, pytest.raises(EOFError):
        answers.recv()
    process.join()
    assert process.exitcode == -signal.SIGKILL
