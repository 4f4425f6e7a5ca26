"""One step of the loop: a batch goes through, poison goes aside, and anything unforeseen stops it."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consumers.failures import Poison
from consumers.letters import dead_letters
from consumers.loop import MAX_RECORD_BYTES
from events.embedded import EmbeddedConsumer, EmbeddedProducer
from events.log import CommitRefused, Message, NotDelivered, TopicPartition
from events.topics import COLLECTED, DEAD
from events.types import JobAd
from store.database import snapshot
from store.models import ConsumerOffset
from tests.consumers.effects import (
    STAGE,
    Effect,
    House,
    Make,
    effects,
    good,
    ids,
    outputs,
    publish,
    run_dry,
    write,
)
from tests.consumers.pipeline import POISON, rewind
from tests.factory import WEDNESDAY, job_ad


def test_a_step_takes_a_batch_through_to_its_offsets(house: House, loop_of: Make) -> None:
    publish(house, *good(1, 2, 3))
    loop = loop_of()
    assert loop.lag() == 3
    assert loop.step() == 3
    assert loop.step() == 0
    assert effects(house) == set(outputs(house)) == ids(1, 2, 3)
    assert loop.lag() == 0
    with snapshot(house[0]) as session:
        (row,) = session.scalars(select(ConsumerOffset))
    assert (row.group, row.topic, row.next_offset) == ("test", COLLECTED, 3)


def test_poison_of_every_kind_becomes_letters_and_blocks_nothing(house: House, loop_of: Make) -> None:
    for number, bad in enumerate(POISON):
        publish(house, *good(*range(49 * number, 49 * (number + 1))), bad)
    loop = loop_of(batch=100)
    run_dry(loop)
    assert effects(house) == ids(*range(49 * len(POISON)))
    letters = list(dead_letters(house[1]))
    assert sorted(b64decode(letter.value) for letter in letters) == sorted(POISON)
    assert all(b64decode(letter.record_key) == b"key" for letter in letters)
    assert {(letter.group, letter.topic) for letter in letters} == {("test", COLLECTED)}
    assert {letter.died_at for letter in letters} == {WEDNESDAY}
    assert all(": " in letter.reason for letter in letters)
    assert loop.counts == {"done": 49 * len(POISON), "dead": len(POISON)}


def test_a_record_too_large_to_be_an_ad_is_poison_unread(house: House, loop_of: Make) -> None:
    publish(house, job_ad(1, text="证" * (MAX_RECORD_BYTES // 3 + 1)).encode())
    run_dry(loop_of())
    (letter,) = dead_letters(house[1])
    assert letter.reason.startswith("Poison: ")
    assert str(MAX_RECORD_BYTES) in letter.reason


def test_one_bad_row_does_not_sink_its_batch(house: House, loop_of: Make) -> None:
    def refuse_two(session: Session, events: Sequence[JobAd]) -> None:
        write(session, events)
        if any(event.source_ad_id == "A2" for event in events):
            raise Poison("two is no number")

    publish(house, *good(1, 2, 3))
    run_dry(loop_of(replace(STAGE, effects=refuse_two)))
    assert effects(house) == set(outputs(house)) == ids(1, 3)
    (letter,) = dead_letters(house[1])
    assert letter.reason == "Poison: two is no number"
    assert b64decode(letter.value) == job_ad(2).encode()


def test_a_row_that_the_database_refuses_is_poison(house: House, loop_of: Make) -> None:
    def insert(session: Session, events: Sequence[JobAd]) -> None:
        session.add_all(Effect(id=event.source_ad_id, title=event.title or None) for event in events)

    publish(house, *good(1), job_ad(2, title="").encode(), *good(3))
    run_dry(loop_of(replace(STAGE, effects=insert)))
    assert effects(house) == ids(1, 3)
    (letter,) = dead_letters(house[1])
    assert letter.reason.startswith("IntegrityError: NOT NULL constraint failed")


def test_poison_met_while_reading_is_a_letter_too(house: House, loop_of: Make) -> None:
    def refuse(_event: JobAd) -> Sequence[Message]:
        raise Poison("not today")

    publish(house, *good(1))
    run_dry(loop_of(replace(STAGE, outputs=refuse)))
    assert not effects(house)
    assert [letter.reason for letter in dead_letters(house[1])] == ["Poison: not today"]


def test_something_unforeseen_goes_through_and_offsets_stay(house: House, loop_of: Make) -> None:
    broken = [True]

    def sometimes(session: Session, events: Sequence[JobAd]) -> None:
        write(session, events)
        if broken:
            raise ZeroDivisionError

    publish(house, *good(1, 2))
    loop = loop_of(replace(STAGE, effects=sometimes))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            loop.step()
    assert not effects(house)
    assert loop.lag() == 2
    broken.clear()
    run_dry(loop)  # one by one, since nobody knows which of them it was
    assert effects(house) == ids(1, 2)


def test_letters_that_cannot_be_written_stop_the_stage(
    house: House, monkeypatch: pytest.MonkeyPatch, loop_of: Make
) -> None:
    publish(house, *good(1), b"bad")
    loop = loop_of()
    whole = EmbeddedProducer.publish

    def refuse_letters(self: EmbeddedProducer, messages: Sequence[Message]) -> None:
        if any(message.topic == DEAD for message in messages):
            raise NotDelivered("no room for the dead")
        whole(self, messages)

    with monkeypatch.context() as outage:
        outage.setattr(EmbeddedProducer, "publish", refuse_letters)
        with pytest.raises(NotDelivered, match="no room"):
            loop.step()
    assert loop.lag() == 2
    run_dry(loop)
    assert len(list(dead_letters(house[1]))) == 1


def test_partitions_that_were_lost_meanwhile_are_left_to_their_new_owner(
    house: House, monkeypatch: pytest.MonkeyPatch, loop_of: Make
) -> None:
    publish(house, *good(1))
    house[1].producer().publish([Message(COLLECTED, b"other", *good(2))])
    lost = next(place for place, end in house[1].end_offsets(COLLECTED).items() if end)
    loop = loop_of()
    commit = EmbeddedConsumer.commit

    def refuse(self: EmbeddedConsumer, offsets: dict[TopicPartition, int]) -> None:
        if lost in offsets:
            raise CommitRefused("another owner")
        commit(self, offsets)

    with monkeypatch.context() as rebalance:
        rebalance.setattr(EmbeddedConsumer, "commit", refuse)
        assert loop.step() == 2
    assert effects(house) == ids(1, 2)
    assert loop.lag() == 1


def test_letters_written_twice_count_once(house: House, loop_of: Make) -> None:
    publish(house, b"bad")
    for _ in range(2):
        loop = loop_of()
        run_dry(loop)
        loop.close()
        rewind(house[1], "test", COLLECTED)
    assert sum(house[1].end_offsets(DEAD).values()) == 2
    assert len(list(dead_letters(house[1]))) == 1
