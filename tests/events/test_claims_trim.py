"""Trimming the folder of claim checks, with a real log: nothing goes that a record still claims."""

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from events.claims import BlobFolder, check_in
from events.claims_trim import Trimmed, trim
from events.kafka import KafkaLog
from events.log import Message
from events.topics import ALL, CHECKED, COLLECTED, DEAD
from events.types import DeadLetter
from tests.factory import WEDNESDAY

MIB = 1 << 20


@pytest.fixture
def blobs(tmp_path: Path) -> BlobFolder:
    return BlobFolder(tmp_path / "blobs")


@pytest.fixture
def log(kafka_url: str) -> Iterator[KafkaLog]:
    """A log that shows claims as they are."""
    with closing(KafkaLog.at(kafka_url, options="{}", replication=1)) as log:
        log.ensure_topics(ALL, partitions=2)
        yield log


def claim_in(log: KafkaLog, topic: str, claim: bytes) -> None:
    with closing(log.producer()) as producer:
        producer.publish([Message(topic, b"key", claim)])


def letter(value: bytes) -> bytes:
    return DeadLetter(
        event_id="e", topic=COLLECTED, partition=0, offset=0, group="check", record_key="",
        value=b64encode(value).decode(), reason="its bytes were gone", died_at=WEDNESDAY,
    ).encode()  # fmt: skip


def soon() -> datetime:
    """When everything in the folder counts as old."""
    return datetime.now(UTC) + timedelta(seconds=5)


def test_what_a_record_claims_is_kept(log: KafkaLog, blobs: BlobFolder) -> None:
    for number, topic in enumerate((COLLECTED, CHECKED, DEAD)):
        claim_in(log, topic, check_in(bytes([number]) * MIB, blobs))
    claim_in(log, DEAD, letter(check_in(b"4" * MIB, blobs)))
    claim_in(log, DEAD, b"no letter at all")
    blobs.put(b"5" * MIB)
    blobs.put(b"6" * 2 * MIB)
    assert trim(log, blobs, before=soon()) == Trimmed(removed=2, bytes=3 * MIB, kept=4)
    assert trim(log, blobs, before=soon()) == Trimmed(removed=0, bytes=0, kept=4)


def test_what_was_left_again_is_not_old(log: KafkaLog, blobs: BlobFolder, tmp_path: Path) -> None:
    sha256 = blobs.put(b"again")
    before = datetime.now(UTC) - timedelta(seconds=5)
    os.utime(tmp_path / "blobs" / sha256[:2] / sha256, (0, 0))
    assert list(blobs.left_before(before)) == [sha256]
    blobs.put(b"again")
    assert trim(log, blobs, before=before) == Trimmed(removed=0, bytes=0, kept=1)
    assert blobs.remove(sha256, left_before=before) == 0, "nor where it was left again since somebody looked"
    assert blobs.get(sha256) == b"again"
