"""What a migration makes of the rows that were there before it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, func, select

from config.bureaus import load_bureaus
from store.access_models import Read
from store.bureaus import load_bureaus_into
from store.database import MIGRATIONS, connect, snapshot, upgrade
from store.findings import EARLIER, hints
from store.models import Bureau
from store.public_report_models import ReportAction
from store.rereading import Window, stored_ads
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.postgres import Cluster
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
    "readings": (READING.event_id, AD.event_id, "2026-11-16", "2021", "r1", "none", True, "[]"),
}  # fmt: skip
"""One ad and its reading, as revision 0001 kept them."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'old.db'}"
    else:
        server: Cluster = request.getfixturevalue("postgres")
        url = server.url(server.new_database(template="template1"))
    engine = connect(url)
    yield engine
    engine.dispose()


@pytest.fixture
def old(empty: Engine) -> Engine:
    """A store that was filled at revision 0001 and is brought up to date."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    moment = WEDNESDAY.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    mark = "?" if empty.dialect.name == "sqlite" else "%s"
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, row in OLD_ROWS.items():
            values = tuple(moment if value == "AT" else value for value in row)
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({','.join([mark] * len(row))})", values)
    upgrade(empty)
    load_bureaus_into(empty)
    return empty


def test_several_processes_may_bring_it_up_to_date_at_once(empty: Engine) -> None:
    def start(_process: int) -> None:
        upgrade(empty)
        load_bureaus_into(empty)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(start, range(3)))
    with snapshot(empty) as session:
        assert session.scalar(select(func.count()).select_from(Bureau)) == len(load_bureaus())


def test_who_read_evidence_and_contacts_before_is_still_known(empty: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    moment = WEDNESDAY.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0021")
        for statement in (
            f"INSERT INTO evidence_accesses VALUES ('1', 'capture', 'f00', '{moment}', '甲', '立案')",
            f"INSERT INTO reported_matters VALUES ('m', '', '', '', '', '', '[]', 0, NULL, '{moment}')",
            f"INSERT INTO public_reports VALUES ('JB', 'm', '{moment}', 'staff', false, '', '', '', '')",
            f"INSERT INTO report_actions VALUES ('1', 'JB', 'contact_seen', '乙', '{moment}', '回访')",
            f"INSERT INTO report_actions VALUES ('2', 'JB', 'dismissed', '乙', '{moment}', '不属实')",
        ):
            connection.exec_driver_sql(statement)
    upgrade(empty)
    with snapshot(empty) as session:
        reads = session.scalars(select(Read).order_by(Read.number)).all()
        assert [(each.at, each.actor, each.what, each.subject, each.why) for each in reads] == [
            (WEDNESDAY, "甲", "evidence", "capture", "立案"),
            (WEDNESDAY, "乙", "contact", "JB", "回访"),
        ]
        assert session.scalars(select(ReportAction.action)).all() == ["dismissed"]


def test_an_ad_from_before_releases_can_be_read_again(old: Engine) -> None:
    with snapshot(old) as session:
        (found,) = stored_ads(session, Window())
    assert found.newest.ad == AD.model_copy(update={"source_kind": "crawl"})
    assert found.newest.reading.rules_version == "r1"


def test_leasing_recorded_without_its_words_is_kept_and_told_to_nobody(old: Engine) -> None:
    with snapshot(old) as session:
        (found,) = stored_ads(session, Window())
        told = session.execute(select(hints())).all()
    assert found.newest.reading.leasing
    assert [(each.pack, each.rule) for each in found.newest.reading.findings] == [("leasing", EARLIER)]
    assert told == []


def test_any_release_is_newer_than_a_reading_from_before(old: Engine) -> None:
    add(old, read_with("r0", mention(), ad=AD, day=-900))
    with snapshot(old) as session:
        (found,) = stored_ads(session, Window())
    assert found.newest.reading.rules_version == "r0"
    assert len(found.clues) == 1
