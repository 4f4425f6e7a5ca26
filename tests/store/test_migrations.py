"""What a migration makes of the rows that were there before it."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from store.bureaus import load_bureaus_into
from store.database import MIGRATIONS, connect, snapshot, upgrade
from store.rereading import Window, stored_ads
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add, read_with

AD = job_ad(poster="state", url="https://board.example/1")


READING = checked_ad(AD)
OLD_ROWS = {
    "employers": ("e", AD.company, "state", "AT"),
    "ads": (
        AD.ad_id, AD.source, AD.source_ad_id, AD.url, "e", "310000", AD.city, "2026-11-16", "AT", "AT",
        AD.event_id, READING.event_id, "none",
    ),
    "sightings": (AD.ad_id, AD.content_hash, "AT", "AT"),
    "runs": ("run", "crawl", "board", "AT", None, "complete", "{}", ""),
    "ad_versions": (AD.event_id, AD.ad_id, "run", AD.title, AD.text, "AT", "", 0),
    "readings": (READING.event_id, AD.event_id, "2026-11-16", "2021", "r1", "none", 0, "[]"),
}  # fmt: skip
"""One ad and its reading, as revision 0001 kept them."""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Engine]:
    """A store that was filled at revision 0001 and is brought up to date."""
    engine = connect(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    moment = WEDNESDAY.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, row in OLD_ROWS.items():
            values = tuple(moment if value == "AT" else value for value in row)
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", values)
    upgrade(engine)
    load_bureaus_into(engine)
    yield engine
    engine.dispose()


def test_an_ad_from_before_releases_can_be_read_again(old: Engine) -> None:
    with snapshot(old) as session:
        (found,) = stored_ads(session, Window())
    assert found.newest.ad == AD.model_copy(update={"source_kind": "crawl"})
    assert found.newest.reading.rules_version == "r1"


def test_any_release_is_newer_than_a_reading_from_before(old: Engine) -> None:
    add(old, read_with("r0", mention(), ad=AD, day=-900))
    with snapshot(old) as session:
        (found,) = stored_ads(session, Window())
    assert found.newest.reading.rules_version == "r0"
    assert len(found.clues) == 1
