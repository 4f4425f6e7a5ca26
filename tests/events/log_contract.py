"""What every log must do, whatever it is made of. Subclass `LogContract` and give it a fixture `connect`."""

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from events.log import (
    CommitRefused,
    Consumer,
    Log,
    LogError,
    Message,
    Record,
    TopicPartition,
    UnknownTopic,
    partition_for,
)

PARTITIONS = 4
TOPIC = "numbers"
WAIT_SECONDS = 60.0
"""How long a test waits for what has to happen; a log with a broker needs a moment for a new group."""

Connect = Callable[[], Log]


def numbered(count: int, *, start: int = 0, keys: int = 10) -> list[Message]:
    """Messages that carry their number, under `keys` different keys in turn."""
    return [
        Message(TOPIC, f"key-{number % keys}".encode(), str(number).encode())
        for number in range(start, start + count)
    ]


def drain(*consumers: Consumer, count: int) -> list[Record]:
    """`count` records, from whichever of the consumers gets them; every batch is committed."""
    records: list[Record] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while len(records) < count and time.monotonic() < deadline:
        for consumer in consumers:
            batch = consumer.poll(max_records=7, timeout=0)
            commit(consumer, batch)
            records += batch
    return records


def commit(consumer: Consumer, batch: Sequence[Record]) -> None:
    consumer.commit({record.place: record.offset + 1 for record in batch})


def join(*consumers: Consumer) -> None:
    """Poll in turns until every partition has its owner and the shares are even."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for consumer in consumers:
            consumer.poll(max_records=1, timeout=0)
        shares = sorted(len(consumer.assignment()) for consumer in consumers)
        if sum(shares) == PARTITIONS and shares[-1] - shares[0] <= 1:
            return
    pytest.fail(f"no even shares after {WAIT_SECONDS} s")


def values(records: Sequence[Record]) -> list[int]:
    return [int(record.value) for record in records]


class LogContract:
    """The tests. The fixture `connect` opens the same log once more, as another process would."""

    @pytest.fixture
    def log(self, connect: Connect) -> Log:
        log = connect()
        log.ensure_topics([TOPIC], partitions=PARTITIONS)
        return log

    def test_bytes_come_back_as_they_went_in(self, log: Log) -> None:
        payloads = [b"", b"\x00", b"\xff\xfe", "清单".encode(), b"x" * 500_000]
        log.producer().publish([Message(TOPIC, payload[:9], payload) for payload in payloads])
        records = drain(log.consumer("g", [TOPIC]), count=5)
        assert sorted(record.value for record in records) == sorted(payloads)
        assert all(record.key == record.value[:9] for record in records)

    def test_offsets_of_each_partition_are_dense_and_in_order_of_publishing(self, log: Log) -> None:
        producer = log.producer()
        for start in range(0, 300, 30):
            producer.publish(numbered(30, start=start))
        for place, end in log.end_offsets(TOPIC).items():
            records = log.read(place, start=0, max_records=1000)
            assert [record.offset for record in records] == list(range(end))
            assert values(records) == sorted(values(records))

    def test_a_key_always_goes_to_the_partition_that_the_port_names(self, log: Log) -> None:
        log.producer().publish(numbered(100, keys=100))
        records = drain(log.consumer("g", [TOPIC]), count=100)
        assert all(record.partition == partition_for(record.key, PARTITIONS) for record in records)
        assert {record.partition for record in records} == set(range(PARTITIONS))

    def test_publishing_nothing_is_no_error(self, log: Log) -> None:
        log.producer().publish([])
        assert sum(log.end_offsets(TOPIC).values()) == 0

    def test_an_unknown_topic_is_named_and_nothing_of_the_batch_is_kept(self, log: Log) -> None:
        with pytest.raises(UnknownTopic, match="nowhere"):
            log.producer().publish([*numbered(3), Message("nowhere", b"", b"")])
        with pytest.raises(UnknownTopic, match="nowhere"):
            log.consumer("g", ["nowhere"])
        with pytest.raises(UnknownTopic, match="nowhere"):
            log.end_offsets("nowhere")
        assert sum(log.end_offsets(TOPIC).values()) == 0

    def test_a_topic_keeps_its_partitions(self, log: Log) -> None:
        log.ensure_topics([TOPIC, "more"], partitions=PARTITIONS + 3)
        assert len(log.end_offsets(TOPIC)) == PARTITIONS
        assert len(log.end_offsets("more")) == PARTITIONS + 3

    def test_every_group_reads_everything_from_the_beginning(self, log: Log) -> None:
        log.producer().publish(numbered(20))
        for group in ("one", "two"):
            assert sorted(values(drain(log.consumer(group, [TOPIC]), count=20))) == list(range(20))

    def test_a_group_may_read_several_topics(self, log: Log) -> None:
        log.ensure_topics(["more"], partitions=2)
        log.producer().publish([*numbered(10), Message("more", b"k", b"10")])
        records = drain(log.consumer("g", [TOPIC, "more"]), count=11)
        assert sorted(values(records)) == list(range(11))

    def test_what_was_not_committed_comes_again_and_what_was_does_not(
        self, connect: Connect, log: Log
    ) -> None:
        log.producer().publish(numbered(40))
        first = log.consumer("g", [TOPIC])
        done = values(drain(first, count=15))
        lost = values(drain_without_commit(first, count=40 - len(done)))
        first.close()
        again = values(drain(connect().consumer("g", [TOPIC]), count=len(lost)))
        assert sorted(again) == sorted(lost)
        assert sorted(done + again) == list(range(40))

    def test_poll_keeps_to_max_records(self, log: Log) -> None:
        log.producer().publish(numbered(50))
        consumer = log.consumer("g", [TOPIC])
        assert 1 <= len(consumer.poll(max_records=5, timeout=WAIT_SECONDS)) <= 5

    def test_poll_gives_up_after_its_timeout(self, log: Log) -> None:
        consumer = log.consumer("g", [TOPIC])
        started = time.monotonic()
        assert not consumer.poll(max_records=1, timeout=0.1)
        assert time.monotonic() - started >= 0.1

    def test_a_waiting_poll_gets_what_arrives(self, connect: Connect, log: Log) -> None:
        consumer = log.consumer("g", [TOPIC])
        join(consumer)
        later = threading.Timer(0.1, lambda: connect().producer().publish(numbered(1)))
        later.start()
        records = consumer.poll(max_records=10, timeout=WAIT_SECONDS)
        later.join()
        assert values(records) == [0]

    def test_seek_reads_again_from_there_and_refuses_what_is_not_owned(self, log: Log) -> None:
        log.producer().publish(numbered(30, keys=1))
        place = TopicPartition(TOPIC, partition_for(b"key-0", PARTITIONS))
        consumer = log.consumer("g", [TOPIC])
        drain(consumer, count=30)
        consumer.seek(place, 12)
        assert values(drain(consumer, count=18)) == list(range(12, 30))
        with pytest.raises(LogError, match="not assigned"):
            consumer.seek(TopicPartition(TOPIC, 99), 0)

    def test_lag_and_committed_tell_how_far_the_group_is(self, log: Log) -> None:
        log.producer().publish(numbered(30))
        consumer = log.consumer("g", [TOPIC])
        assert consumer.lag() == 30
        drain(consumer, count=10)
        assert sum(consumer.committed().values()) == 30 - consumer.lag()
        drain(consumer, count=consumer.lag())
        assert consumer.lag() == 0
        assert consumer.committed() == log.end_offsets(TOPIC)

    def test_reading_without_a_group_moves_nothing(self, log: Log) -> None:
        log.producer().publish(numbered(20, keys=1))
        place = TopicPartition(TOPIC, partition_for(b"key-0", PARTITIONS))
        assert values(log.read(place, start=5, max_records=3)) == [5, 6, 7]
        assert not log.read(place, start=20, max_records=3)
        assert log.consumer("g", [TOPIC]).lag() == 20

    def test_members_share_the_partitions_evenly_and_every_record_goes_to_one(
        self, connect: Connect, log: Log
    ) -> None:
        members = [connect().consumer("g", [TOPIC]) for _ in range(3)]
        join(*members)
        owned = [place for member in members for place in member.assignment()]
        assert sorted(owned) == sorted(log.end_offsets(TOPIC))
        log.producer().publish(numbered(200, keys=50))
        assert sorted(values(drain(*members, count=200))) == list(range(200))

    @pytest.mark.usefixtures("log")
    def test_more_members_than_partitions_leave_some_without(self, connect: Connect) -> None:
        members = [connect().consumer("g", [TOPIC]) for _ in range(PARTITIONS + 2)]
        join(*members)
        assert sorted(len(member.assignment()) for member in members) == [0] * 2 + [1] * PARTITIONS

    def test_a_member_that_leaves_hands_over(self, connect: Connect, log: Log) -> None:
        one, two = log.consumer("g", [TOPIC]), connect().consumer("g", [TOPIC])
        join(one, two)
        log.producer().publish(numbered(40))
        one.close()
        assert sorted(values(drain(two, count=40))) == list(range(40))

    def test_a_member_that_gains_partitions_does_not_read_again_what_it_kept(
        self, connect: Connect, log: Log
    ) -> None:
        one, two = log.consumer("g", [TOPIC]), connect().consumer("g", [TOPIC])
        join(one, two)
        log.producer().publish(numbered(100, keys=40))
        ends = log.end_offsets(TOPIC)
        kept = drain_without_commit(one, count=sum(ends[place] for place in one.assignment()))
        two.close()
        gained = drain_without_commit(one, count=100 - len(kept))
        assert sorted(values(kept + gained)) == list(range(100))

    def test_a_late_commit_of_a_lost_partition_is_refused_as_a_whole(
        self, connect: Connect, log: Log
    ) -> None:
        log.producer().publish(numbered(40))
        slow = log.consumer("g", [TOPIC])
        batch = drain_without_commit(slow, count=40)
        other = connect().consumer("g", [TOPIC])
        join(slow, other)
        with pytest.raises(CommitRefused, match="another owner"):
            commit(slow, batch)
        assert set(slow.committed().values()) == {0}
        assert set(other.committed().values()) == {0}

    def test_anybody_may_see_how_far_a_group_has_come(self, log: Log) -> None:
        log.producer().publish(numbered(20))
        assert set(log.committed("g", TOPIC).values()) == {0}
        consumer = log.consumer("g", [TOPIC])
        drain(consumer, count=20)
        assert log.committed("g", TOPIC) == log.end_offsets(TOPIC)
        assert set(log.committed("other", TOPIC).values()) == {0}
        assert len(consumer.assignment()) == PARTITIONS
        assert log.start_offsets(TOPIC) == dict.fromkeys(log.end_offsets(TOPIC), 0)

    def test_producers_at_once_leave_no_gap(self, connect: Connect, log: Log) -> None:
        def publish(first: int) -> None:
            producer = connect().producer()
            for start in range(first, first + 100, 10):
                producer.publish(numbered(10, start=start))

        threads = [threading.Thread(target=publish, args=(first,)) for first in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        records = drain(log.consumer("g", [TOPIC]), count=300)
        assert sorted(values(records)) == list(range(300))
        assert sum(log.end_offsets(TOPIC).values()) == 300


def drain_without_commit(consumer: Consumer, *, count: int) -> list[Record]:
    """The next `count` records."""
    records: list[Record] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while len(records) < count and time.monotonic() < deadline:
        records += consumer.poll(max_records=count - len(records), timeout=1)
    return records
