"""Messages above Kafka's limit: left in a folder, told of by a claim, and the same bytes again at the end."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from events import kafka_consumer
from events.claims import BlobFolder, check_in, redeem
from events.kafka import KafkaLog
from events.kafka_client import MAX_MESSAGE_BYTES
from events.log import LogUnavailable, Message, NotDelivered, TopicPartition
from tests.events.log_contract import TOPIC, WAIT_SECONDS, drain, drain_without_commit

PLACE = TopicPartition(TOPIC, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture
def blobs(folder: Path) -> BlobFolder:
    return BlobFolder(folder)


@given(st.binary(max_size=200))
def test_what_is_checked_in_is_redeemed(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    blobs = BlobFolder(tmp_path_factory.getbasetemp() / "some")
    claim = check_in(data, blobs)
    assert redeem(claim, blobs) == redeem(claim, blobs) == data


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{}",
        b'{"claim_check":"../../etc/passwd","bytes":1}',
        b'{"claim_check":"' + b"A" * 64 + b'","bytes":1}',
        b' {"claim_check":"' + b"0" * 64 + b'","bytes":1}',
    ],
)
def test_what_is_no_claim_is_left_alone(value: bytes, blobs: BlobFolder) -> None:
    with capture_logs() as logs:
        assert redeem(value, blobs) == value
    assert not logs


def test_bytes_that_are_gone_or_spoilt_leave_the_claim_and_a_word(blobs: BlobFolder, folder: Path) -> None:
    claims = [check_in(data, blobs) for data in (b"one", b"two")]
    files = sorted(folder.glob("??/*"))
    assert len(files) == 2
    files[0].unlink()
    files[1].write_bytes(b"something else")
    with capture_logs() as logs:
        assert [redeem(claim, blobs) for claim in claims] == claims
    assert [line["event"] for line in logs] == ["the bytes of a claim check are gone"] * 2
    assert redeem(check_in(b"two", blobs), blobs) == b"two"


def test_a_store_that_cannot_be_used_is_an_outage(blobs: BlobFolder, folder: Path) -> None:
    folder.write_text("no folder")
    with pytest.raises(NotDelivered, match="claim check of 3 bytes"):
        check_in(b"one", blobs)
    with pytest.raises(LogUnavailable, match="claim check 0000"):
        redeem(b'{"claim_check":"' + b"0" * 64 + b'","bytes":3}', blobs)


@pytest.fixture
def log(kafka_url: str, blobs: BlobFolder) -> Iterator[KafkaLog]:
    with closing(KafkaLog.at(kafka_url, options="{}", replication=1, blobs=blobs)) as log:
        log.ensure_topics([TOPIC], partitions=1)
        yield log


def large(letter: str) -> Message:
    return Message(TOPIC, b"key", letter.encode() * MAX_MESSAGE_BYTES)


def publish(log: KafkaLog, *messages: Message) -> None:
    with closing(log.producer()) as producer:
        producer.publish(messages)


def test_what_is_too_large_for_kafka_comes_back_as_it_was(kafka_url: str, log: KafkaLog) -> None:
    messages = [Message(TOPIC, b"key", b"small"), large("x"), large("y")]
    with capture_logs() as logs:
        publish(log, *messages)
    assert [line["bytes"] for line in logs if line["event"] == "claim check"] == [MAX_MESSAGE_BYTES] * 2
    sent = [message.value for message in messages]
    with closing(log.consumer("g", [TOPIC])) as consumer:
        assert [record.value for record in drain(consumer, count=3)] == sent
    assert [record.value for record in log.read(PLACE, start=0, max_records=3)] == sent
    with closing(KafkaLog.at(kafka_url, options="{}", replication=1)) as bare:
        on_the_wire = [record.value for record in bare.read(PLACE, start=0, max_records=3)]
    assert on_the_wire[0] == b"small"
    assert all(value.startswith(b'{"claim_check":') for value in on_the_wire[1:])


def test_a_store_that_is_away_costs_time_and_no_record(log: KafkaLog, folder: Path) -> None:
    publish(log, Message(TOPIC, b"key", b"small"), large("x"))
    away = folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    with closing(log.consumer("g", [TOPIC])) as consumer:
        for _ in range(2):
            with pytest.raises(LogUnavailable, match="claim check"):
                consumer.poll(max_records=10, timeout=WAIT_SECONDS)
        folder.unlink()
        away.rename(folder)
        assert [len(record.value) for record in drain(consumer, count=2)] == [5, MAX_MESSAGE_BYTES]


def test_a_poll_ends_where_it_has_enough_and_the_next_goes_on_from_there(
    log: KafkaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(log, *map(large, "uvwxyz"))
    monkeypatch.setattr(kafka_consumer, "MAX_POLL_BYTES", MAX_MESSAGE_BYTES)
    with closing(log.consumer("g", [TOPIC])) as consumer:
        first = consumer.poll(max_records=10, timeout=WAIT_SECONDS)
        assert [record.offset for record in first] == [0, 1]
        rest = drain_without_commit(consumer, count=4)
        assert [record.offset for record in rest] == [2, 3, 4, 5]
