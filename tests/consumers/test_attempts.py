"""A record that ends its process is found, parted from the others and buried; nothing else is."""

import signal
from base64 import b64decode
from pathlib import Path

import pytest
from sqlalchemy import Engine

from consumers.attempts import LIMIT, Attempts
from consumers.letters import dead_letters
from events.embedded import EmbeddedLog
from events.log import Message, Record
from events.topics import CHECKED, COLLECTED
from events.types import CheckedAd, JobAd
from store.attempts import read_attempts
from store.database import snapshot
from store.errors import DatabaseFull
from tests.consumers.fatal import FATAL, main
from tests.consumers.pipeline import pipeline
from tests.factory import WEDNESDAY, job_ad
from tests.processes import end, start
from tests.stores import NewStore

ADS = [job_ad(number) for number in range(30)]
EXITS = {"hang": -signal.SIGALRM, "eat": 1, "die": -signal.SIGKILL}


def checked(log: EmbeddedLog) -> set[str]:
    places = log.end_offsets(CHECKED)
    records = [record for place in places for record in log.read(place, start=0, max_records=1000)]
    return {CheckedAd.decode(record.value).ad.source_ad_id for record in records}


@pytest.mark.parametrize("way", EXITS)
def test_what_ends_the_process_is_buried_after_three_tries_and_all_else_is_read(
    way: str, tmp_path: Path
) -> None:
    messages = [Message(COLLECTED, ad.key, ad.encode()) for ad in ADS]
    with pipeline(tmp_path, *messages) as (engine, log):
        deaths = 0
        while (status := end(start(main, tmp_path, engine.url, way))) != 0:
            assert status == EXITS[way]
            deaths += 1
            assert deaths <= LIMIT + 1
        assert deaths == LIMIT + 1  # one in the crowd, then alone as often as the limit says
        (letter,) = dead_letters(log)
        assert JobAd.decode(b64decode(letter.value)).source_ad_id == FATAL
        assert letter.reason == "Poison: 3 processes ended without a word with this record at hand"
        assert checked(log) == {ad.source_ad_id for ad in ADS} - {FATAL}
        with snapshot(engine) as session:
            assert all(tried.tries == 1 for tried in read_attempts(session, "check").values())


def record(offset: int, partition: int = 0) -> Record:
    return Record(COLLECTED, partition, offset, b"key", b"value", WEDNESDAY)


def member(engine: Engine) -> Attempts:
    attempts = Attempts("check", engine)
    attempts.meet([record(0).place, record(0, 1).place])
    return attempts


def test_a_successor_knows_what_was_at_hand(new_store: NewStore) -> None:
    with new_store() as engine:
        member(engine).begin([record(4), record(5), record(2, 1)])
        successor = member(engine)
        assert successor.unfinished([record(4), record(5)])
        assert successor.unfinished([record(7), record(2, 1)])
        assert not successor.unfinished([record(5)])
        assert not Attempts("record", engine).unfinished([record(4)])


def test_progress_forgets_what_was_before(new_store: NewStore) -> None:
    with new_store() as engine:
        attempts = member(engine)
        for _ in range(LIMIT):
            attempts.begin([record(4)])
        assert not attempts.fatal(record(4))
        attempts.begin([record(4)])
        assert attempts.fatal(record(4)) == LIMIT
        assert not attempts.fatal(record(5))
        attempts.begin([record(5)])
        assert not attempts.fatal(record(5))
        assert not member(engine).unfinished([record(4)])


def test_an_outage_is_not_held_against_the_record(new_store: NewStore) -> None:
    with new_store() as engine:
        for _ in range(LIMIT + 1):
            attempts = member(engine)
            assert not attempts.unfinished([record(4)])
            attempts.begin([record(4)])
            attempts.forgive()


def test_a_database_that_is_gone_does_not_hide_why_a_batch_was_given_up(
    house: tuple[Engine, EmbeddedLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = member(house[0])
    attempts.begin([record(4)])

    def fail(*_arguments: object) -> None:
        raise DatabaseFull

    with monkeypatch.context() as patch:
        patch.setattr("consumers.attempts.write_attempts", fail)
        attempts.forgive()
    assert member(house[0]).unfinished([record(4)])
