"""A small stage of the tests' own, which writes one row for each event, and what it did."""

from collections.abc import Callable, Sequence

from sqlalchemy import Engine, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from consumers.loop import Loop, Stage
from events.embedded import EmbeddedLog
from events.log import Message
from events.topics import CHECKED, COLLECTED
from events.types import JobAd
from store.database import snapshot
from tests.factory import job_ad

House = tuple[Engine, EmbeddedLog]
Make = Callable[..., Loop[JobAd]]


class Effects(DeclarativeBase):
    pass


class Effect(Effects):
    """What the tests' stage writes: one row for each event."""

    __tablename__ = "effects"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)


def write(session: Session, events: Sequence[JobAd]) -> None:
    for event in events:
        session.merge(Effect(id=event.source_ad_id, title=event.title))
    session.flush()


def copy(event: JobAd) -> Sequence[Message]:
    return [Message(CHECKED, event.key, event.source_ad_id.encode())]


STAGE = Stage(name="test", topic=COLLECTED, event=JobAd, outputs=copy, effects=write)


def publish(house: House, *payloads: bytes) -> None:
    """Each payload under the same key: one partition, in order."""
    producer = house[1].producer()
    producer.publish([Message(COLLECTED, b"key", payload) for payload in payloads])
    producer.close()


def good(*numbers: int) -> list[bytes]:
    return [job_ad(number).encode() for number in numbers]


def effects(house: House) -> set[str]:
    with snapshot(house[0]) as session:
        return set(session.scalars(select(Effect.id)))


def outputs(house: House) -> list[str]:
    log = house[1]
    places = log.end_offsets(CHECKED)
    return [r.value.decode() for place in places for r in log.read(place, start=0, max_records=1000)]


def ids(*numbers: int) -> set[str]:
    return {f"A{number}" for number in numbers}


def run_dry(loop: Loop[JobAd]) -> None:
    while loop.step():
        pass
    assert loop.lag() == 0
