"""Offsets against a model: any sequence of publishing, polling, committing, seeking and dying."""

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from events.embedded import EmbeddedConsumer, EmbeddedLog
from events.log import Message, TopicPartition, partition_for

PARTITIONS = 3
TOPIC = "t"
PLACES = [TopicPartition(TOPIC, number) for number in range(PARTITIONS)]
KEYS = st.lists(st.binary(max_size=4), min_size=1, max_size=12)


class OffsetsMachine(RuleBasedStateMachine):
    """The model is a list of numbers for each partition, with a position and a committed offset."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.log = EmbeddedLog(Path(self.folder.name) / "events.db")
        self.log.ensure_topics([TOPIC], partitions=PARTITIONS)
        self.producer = self.log.producer()
        self.published: dict[TopicPartition, list[bytes]] = {place: [] for place in PLACES}
        self.committed: Counter[TopicPartition] = Counter()
        self.count = 0
        self.join()

    def join(self) -> None:
        self.consumer: EmbeddedConsumer = self.log.consumer("g", [TOPIC])
        assert not self.consumer.poll(max_records=0, timeout=0)
        self.position = Counter(self.committed)

    @rule(keys=KEYS)
    def publish(self, keys: list[bytes]) -> None:
        messages = []
        for key in keys:
            self.count += 1
            value = str(self.count).encode()
            messages.append(Message(TOPIC, key, value))
            self.published[TopicPartition(TOPIC, partition_for(key, PARTITIONS))].append(value)
        self.producer.publish(messages)

    @rule(most=st.integers(1, 20))
    def poll(self, most: int) -> None:
        records = self.consumer.poll(max_records=most, timeout=0)
        waiting = sum(len(self.published[place]) - self.position[place] for place in PLACES)
        assert len(records) == min(most, waiting)
        for record in records:
            assert record.offset == self.position[record.place]
            assert record.value == self.published[record.place][record.offset]
            self.position[record.place] += 1

    @rule(places=st.sets(st.sampled_from(PLACES), min_size=1))
    def commit(self, places: set[TopicPartition]) -> None:
        offsets = {place: self.position[place] for place in places}
        self.consumer.commit(offsets)
        self.committed.update({place: offset - self.committed[place] for place, offset in offsets.items()})

    @precondition(lambda self: self.count)
    @rule(place=st.sampled_from(PLACES), where=st.floats(0, 1))
    def seek(self, place: TopicPartition, where: float) -> None:
        offset = int(where * len(self.published[place]))
        self.consumer.seek(place, offset)
        self.position[place] = offset

    @rule()
    def leave_and_come_back(self) -> None:
        self.consumer.close()
        self.join()

    @invariant()
    def the_log_agrees(self) -> None:
        assert self.log.end_offsets(TOPIC) == {place: len(self.published[place]) for place in PLACES}
        assert self.consumer.committed() == {place: self.committed[place] for place in PLACES}
        behind = sum(len(self.published[place]) - self.committed[place] for place in PLACES)
        assert self.consumer.lag() == behind

    def teardown(self) -> None:
        self.consumer.close()
        self.producer.close()
        self.log.close()
        self.folder.cleanup()


TestOffsets = OffsetsMachine.TestCase
TestOffsets.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
