"""No secret in any log, and China's time on every line."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from config.logs import configure_logs, redact, stamp, without_secrets
from config.settings import CHINA, SettingsError


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leaves logging as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+psycopg://qingdan:s3cret@db/q", "postgresql+psycopg://qingdan:***@db/q"),
        ("postgresql://u:p:w@d@db/q failed", "postgresql://u:***@db/q failed"),
        ("http://board.example:8080/a@b", "http://board.example:8080/a@b"),
        ("mailto:crawler@qingdan.example", "mailto:crawler@qingdan.example"),
        ('{"sasl_plain_password": "s3cret", "x": 1}', '{"sasl_plain_password": "***", "x": 1}'),
        ("host=db password=s3cret dbname=q", "host=db password=*** dbname=q"),
        ("API_KEY: s3cret", "API_KEY: ***"),
        ("要求：持会计证", "要求：持会计证"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_what_is_named_like_a_secret_is_hidden_wherever_it_stands() -> None:
    event = {
        "event": "connected",
        "password": "s3cret",
        "options": {"sasl_plain_password": "s3cret", "client_id": "check"},
        "tries": [{"token": "s3cret"}, "kafka://u:s3cret@broker"],
        "count": 3,
    }
    shown = dict(redact(None, "info", dict(event)))
    assert "s3cret" not in json.dumps(shown)
    assert shown["options"]["client_id"] == "check"
    assert shown["count"] == 3


def test_a_moment_is_written_in_chinas_time() -> None:
    add = stamp(lambda: datetime(2026, 11, 17, 18, 30, tzinfo=UTC).astimezone(CHINA))
    assert add(None, "info", {}) == {"timestamp": "2026-11-18T02:30:00+08:00"}


def test_our_log_and_the_libraries_write_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    structlog.get_logger().info("证书", url="postgresql://u:s3cret@db")
    logging.getLogger("library").warning("cannot reach %s", "kafka://u:s3cret@broker")
    logging.getLogger("library").info("too much to know")
    try:
        raise ValueError("password=s3cret")  # noqa: TRY301 - an exception as any
    except ValueError:
        structlog.get_logger().exception("broken")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("证书", "info"),
        ("cannot reach kafka://u:***@broker", "warning"),
        ("broken", "error"),
    ]
    assert all(line["timestamp"].endswith("+08:00") for line in lines)
    assert "s3cret" not in json.dumps(lines)
    assert "ValueError" in lines[2]["exception"]


def test_lines_for_people_hide_secrets_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("WARNING", "text")
    structlog.get_logger().info("not shown")
    structlog.get_logger().warning("outage", error="postgresql://u:s3cret@db")
    said = capsys.readouterr().err
    assert "s3cret" not in said
    assert "outage" in said
    assert "not shown" not in said


def test_an_unknown_level_is_named() -> None:
    with pytest.raises(SettingsError, match="QINGDAN_LOG_LEVEL: 'LOUD'"):
        configure_logs("LOUD", "text")
