"""`qingdan dead` on a real log and database."""

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.dead import command
from cli.run import command as run
from cli.wiring import open_database, open_log
from config.settings import settings
from consumers.letters import dead_letters, letter_for
from events.embedded import EmbeddedProducer
from events.log import Message, NotDelivered, Record, TopicPartition
from events.topics import COLLECTED, DEAD
from events.types import DeadLetter, DecodeError
from store.database import snapshot
from store.stage_models import DeadLetterAction
from tests.factory import WEDNESDAY

PAYLOADS = [b"\xff\x00 no text \x1b[31m", "清单".encode()]


@pytest.fixture
def letters(home: Path) -> Iterator[list[DeadLetter]]:
    """Two letters in the log of `home`, of two real records."""
    assert settings().home == home
    log = open_log()
    producer = log.producer()
    producer.publish([Message(COLLECTED, b"key", payload) for payload in PAYLOADS])
    place = next(place for place, end in log.end_offsets(COLLECTED).items() if end)
    records = log.read(place, start=0, max_records=10)
    letters = [letter_for(record, "check", DecodeError("bad\nline"), now=WEDNESDAY) for record in records]
    producer.publish([Message(DEAD, letter.key, letter.encode()) for letter in letters])
    yield letters
    log.close()


def dead(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, env={"USER": "mei"})


def collected() -> list[bytes]:
    log = open_log()
    places: list[TopicPartition] = sorted(log.end_offsets(COLLECTED))
    values = [r.value for place in places for r in log.read(place, start=0, max_records=100)]
    log.close()
    return values


def test_an_empty_house_has_no_dead_letters(home: Path) -> None:
    assert home.is_dir()
    result = dead("list")
    assert result.exit_code == 0
    assert "0 open of 0 dead letters" in result.output


def test_list_shows_what_is_open_and_says_so_by_its_status(letters: list[DeadLetter]) -> None:
    result = dead("list")
    assert result.exit_code == 1
    for letter in letters:
        assert f"{letter.event_id}  2026-11-18 10:30:00  ads.collected" in result.output
    assert "DecodeError: bad line" in result.output


def test_show_prints_the_payload_harmlessly(letters: list[DeadLetter]) -> None:
    result = dead("show", letters[0].event_id[:12])
    assert result.exit_code == 0
    assert r"\xff\x00 no text \x1b[31m" in result.output
    assert "清单" in dead("show", letters[1].event_id).output


def test_replay_sends_the_same_bytes_round_again_and_closes_the_letter(letters: list[DeadLetter]) -> None:
    result = dead("replay", letters[0].event_id, "--why", "decoder mended")
    assert result.exit_code == 0, result.output
    assert sorted(collected()) == sorted([*PAYLOADS, PAYLOADS[0]])
    assert letters[0].event_id not in dead("list").output
    everything = dead("list", "--all").output
    assert "replayed by mei" in everything
    assert "decoder mended" in dead("show", letters[0].event_id).output


def test_replay_all_takes_the_open_ones_only(letters: list[DeadLetter]) -> None:
    dead("drop", letters[0].event_id, "--why", "test page")
    result = dead("replay", "--all")
    assert "1 dead letters replayed" in result.output
    assert sorted(collected()) == sorted([*PAYLOADS, PAYLOADS[1]])
    assert dead("list").exit_code == 0


def test_drop_needs_a_reason_and_keeps_who_when_and_why(letters: list[DeadLetter]) -> None:
    assert dead("drop", letters[0].event_id).exit_code == 2
    assert dead("drop", letters[0].event_id, "--why", "test page", "--by", "li").exit_code == 0
    with snapshot(open_database()) as session:
        (action,) = session.query(DeadLetterAction)
    assert (action.action, action.actor, action.why) == ("dropped", "li", "test page")
    assert action.letter_id == letters[0].event_id
    assert b64decode(letters[0].value) == PAYLOADS[0]


@pytest.mark.parametrize(
    "arguments", [("show", "nosuch"), ("replay",), ("replay", "x", "--all"), ("drop", "x")]
)
def test_wrong_use_is_status_two(arguments: tuple[str, ...], letters: list[DeadLetter]) -> None:
    assert letters
    assert dead(*arguments).exit_code == 2


def test_an_ambiguous_id_is_refused(letters: list[DeadLetter]) -> None:
    assert letters
    result = dead("show", "")
    assert result.exit_code == 2
    assert "2 dead letters begin with" in result.output


def test_an_unreadable_letter_does_not_hide_the_others(letters: list[DeadLetter]) -> None:
    log = open_log()
    log.producer().publish([Message(DEAD, b"", b"nothing")])
    assert {letter.event_id for letter in dead_letters(log)} == {letter.event_id for letter in letters}
    log.close()


def test_letters_may_be_chosen_by_source_and_stage(letters: list[DeadLetter]) -> None:
    log = open_log()
    value = b'{"source": "redesigned"}'
    record = Record(COLLECTED, 0, 99, b"key", value, WEDNESDAY)
    letter = letter_for(record, "record", DecodeError("bad"), now=WEDNESDAY)
    log.producer().publish([Message(DEAD, letter.key, letter.encode())])
    log.close()
    assert letter.event_id in dead("list", "--source", "redesigned").output
    assert letters[0].event_id not in dead("list", "--stage", "record").output
    assert dead("replay", "--all", "--stage", "check", "--limit", "1").output.startswith(
        "1 dead letters replayed"
    )
    assert (
        dead("drop", "--all", "--source", "redesigned", "--why", "gone").output
        == f"dropped {letter.event_id}\n"
    )
    assert "1 open of 3 dead letters" in dead("list").output


def test_a_replay_that_the_log_does_not_take_waits_in_the_outbox(
    letters: list[DeadLetter], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise NotDelivered("no broker")

    with monkeypatch.context() as patch:
        patch.setattr(EmbeddedProducer, "publish", refuse)
        result = dead("replay", letters[0].event_id)
    assert result.exit_code == 0
    assert "1 wait in the outbox until the log is back: no broker" in result.output
    assert len(collected()) == 2
    assert "relay   1 done" in CliRunner().invoke(run, ["relay", "--until-idle"]).output
    assert sorted(collected()) == sorted([*PAYLOADS, PAYLOADS[0]])
