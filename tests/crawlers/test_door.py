"""The door against a real database and a real log."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from crawlers.door import Door
from crawlers.outlet import Published
from crawlers.posting import Posting
from events import topics
from events.log import Log, Message, NotDelivered
from events.types import JobAd, PosterType
from store.database import transaction
from store.intake import start_run
from store.models import Rejection, Sighting

MakeDoor = Callable[..., Door]


@pytest.fixture
def run_id(engine: Engine, now: datetime) -> str:
    with transaction(engine) as session:
        return start_run(session, kind="file", source="test", now=now)


@pytest.fixture
def door(engine: Engine, log: Log, run_id: str, now: datetime) -> Door:
    return Door(engine, Published(engine, log.producer()), run_id=run_id, clock=lambda: now)


def posting(number: int = 1, **given: str) -> Posting:
    fields = {
        "source": "board",
        "source_ad_id": f"A{number}",
        "place": f"ads.jsonl:{number}",
        "title": "会计",
        "text": "须持有会计从业资格证。联系人：张三 13812345678",
        "company": "上海测试有限公司",
        "city": "上海-徐汇区",
        "posted": "2026年11月16日",
        "salary": "8000-12000",
    } | given
    return Posting(source_kind="file", **fields)  # type: ignore[arg-type]


def collected(log: Log) -> list[JobAd]:
    consumer = log.consumer("reader", [topics.COLLECTED])
    ads: list[JobAd] = []
    while records := consumer.poll(max_records=1000, timeout=0):
        ads += [JobAd.decode(record.value) for record in records]
    consumer.close()
    return ads


def rejections(engine: Engine) -> list[Rejection]:
    with transaction(engine) as session:
        rows = list(session.scalars(select(Rejection).order_by(Rejection.place)))
        session.expunge_all()
        return rows


def test_an_ad_is_masked_placed_dated_and_published(door: Door, log: Log, now: datetime) -> None:
    door.admit([posting()])
    (ad,) = collected(log)
    assert ad.text == "须持有会计从业资格证。联系人：** ***********"
    assert (ad.division, ad.posted, ad.masked, ad.observed_at) == ("310104", date(2026, 11, 16), 2, now)
    assert (ad.city, ad.salary, ad.company) == ("上海-徐汇区", "8000-12000", "上海测试有限公司")
    assert ad.event_id == JobAd.id_for("board", "A1", ad.content_hash)
    assert door.counts["accepted"] == 1


def test_contacts_are_masked_in_every_field_that_is_published_or_kept(
    door: Door, log: Log, engine: Engine
) -> None:
    phone = "13812345678"
    door.admit(
        [
            posting(
                title=f"招聘 {phone}",
                company=f"李女士 {phone}",
                city=f"上海 {phone}",
                salary=phone,
                posted=phone,
            )
        ]
    )
    door.refuse("ads.csv:3", f"no date: {phone}", field="posted", excerpt="垫" * 198 + phone)
    (ad,) = collected(log)
    kept = "".join(row.reason + row.excerpt for row in rejections(engine))
    assert "138" not in ad.encode().decode() + kept


def test_the_same_content_again_is_a_duplicate_and_new_content_a_new_version(door: Door, log: Log) -> None:
    door.admit([posting(1), posting(2), posting(1)])
    door.admit([posting(1), posting(2, text="无须证书")])
    assert len(collected(log)) == 3
    assert door.counts == {"accepted": 3, "changed": 1, "duplicate": 2, "rejected": 0, "undated": 0}


@pytest.mark.parametrize(
    ("said", "company", "poster"),
    [("unknown", "某市公安局", "public"), ("state", "某市公安局", "state"), ("unknown", "某厂", "unknown")],
)
def test_a_poster_is_what_the_source_says_else_what_the_name_tells(
    door: Door, log: Log, said: PosterType, company: str, poster: PosterType
) -> None:
    door.admit([posting(poster=said, company=company)])
    assert [ad.poster for ad in collected(log)] == [poster]


def test_ids_rest_on_the_raw_words(door: Door, log: Log) -> None:
    door.admit([posting(), posting(text="须持有会计从业资格证。联系人：张三 13987654321")])
    first, second = collected(log)
    assert first.text == second.text
    assert first.event_id != second.event_id


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"title": " ", "text": "\n"}, "neither title nor text"), ({"source_ad_id": ""}, "no id")],
)
def test_what_is_no_posting_is_refused_by_name(
    door: Door, log: Log, engine: Engine, given: dict[str, str], reason: str
) -> None:
    door.admit([posting(1, **given), posting(2)])
    (kept,) = rejections(engine)
    assert kept.place == "ads.jsonl:1"
    assert reason in kept.reason
    assert [ad.source_ad_id for ad in collected(log)] == ["A2"]
    assert (door.counts["accepted"], door.counts["rejected"]) == (1, 1)


def test_an_unreadable_date_costs_the_date_not_the_ad(door: Door, log: Log, engine: Engine) -> None:
    door.admit([posting(posted="前些天")])
    (ad,) = collected(log)
    (kept,) = rejections(engine)
    assert ad.posted is None
    assert (kept.field, kept.excerpt) == ("posted", "前些天")
    assert "accepted without this date" in kept.reason
    assert door.counts == {"accepted": 1, "changed": 0, "duplicate": 0, "rejected": 0, "undated": 1}


@pytest.mark.parametrize("bad", ["\0", "\ud800", "\udfff"], ids=["nul", "high", "low"])  # noqa: PT014 - no duplicates
def test_what_no_database_takes_is_replaced_one_for_one(door: Door, log: Log, bad: str) -> None:
    door.admit([posting(text=f"须{bad}持证", title=bad + "会计", company=bad, source_ad_id=f"A{bad}")])
    (ad,) = collected(log)
    assert (ad.text, ad.title, ad.company, ad.source_ad_id) == ("须�持证", "�会计", "�", "A�")


class _Refusing:
    def publish(self, messages: Iterable[Message]) -> None:
        raise NotDelivered(f"{len(list(messages))} messages lost")

    def close(self) -> None: ...


def test_nothing_is_remembered_that_was_not_delivered(
    engine: Engine, log: Log, run_id: str, now: datetime, door: Door
) -> None:
    broken = Door(engine, Published(engine, _Refusing()), run_id=run_id, clock=lambda: now)
    with pytest.raises(NotDelivered):
        broken.admit([posting()])
    door.admit([posting()])
    assert len(collected(log)) == 1


def test_a_crash_between_publishing_and_remembering_doubles_under_the_same_id(
    engine: Engine, log: Log, door: Door
) -> None:
    door.admit([posting()])
    with transaction(engine) as session:
        session.query(Sighting).delete()
    door.admit([posting()])
    assert len({ad.event_id for ad in collected(log)}) == 1


def test_an_unchanged_ad_is_seen_again(
    engine: Engine, log: Log, run_id: str, now: datetime, door: Door
) -> None:
    door.admit([posting()])
    Door(
        engine, Published(engine, log.producer()), run_id=run_id, clock=lambda: now + timedelta(days=7)
    ).admit([replace(posting(), place="elsewhere")])
    with transaction(engine) as session:
        (seen,) = session.scalars(select(Sighting))
        assert (seen.first_seen, seen.last_seen) == (now, now + timedelta(days=7))
