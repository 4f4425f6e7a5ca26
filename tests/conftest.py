"""Fixtures that every room's tests may use."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest

from config.settings import CHINA, ROOT, settings
from tests.browser import chrome
from tests.kafka.fixtures import brokers, collected_sockets, impatient, kafka_servers, kafka_url
from tests.stores import engine, new_sqlite, new_store, postgres

__all__ = [
    "brokers",
    "chrome",
    "collected_sockets",
    "engine",
    "impatient",
    "kafka_servers",
    "kafka_url",
    "new_sqlite",
    "new_store",
    "postgres",
]

# How long an example takes says nothing where tests share a processor; those of speed measure it themselves.
hypothesis.settings.register_profile("qingdan", deadline=None)
hypothesis.settings.load_profile("qingdan")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The research material beside the checkout: real ads, gold labels, board samples."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no research material at {folder}")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder of the test's own, in effect for this process and the ones it starts."""
    monkeypatch.setenv("QINGDAN_HOME", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.fixture
def now() -> datetime:
    """A Wednesday in ISO week 2026-W47."""
    return datetime(2026, 11, 18, 10, 30, tzinfo=CHINA)
