"""Stored ads become the events they came from again, so that they can be read again."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from events.ids import stable_id
from events.types import JobAd, Pay, Shown, Terms
from store.database import snapshot
from store.rereading import BATCH, StoredAd, Window, stored_ads
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add, read_with

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
DATES = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))
COUNTS = st.none() | st.integers(0, 10**9)
TERMS = st.builds(
    Terms,
    pay=st.none() | st.builds(
        Pay, low=COUNTS, high=COUNTS, currency=st.sampled_from(["", "CNY"]),
        per=st.sampled_from([None, "month"]), months=COUNTS, negotiable=st.booleans(),
    ),
    employment=TEXT, employment_types=st.sampled_from([(), ("full_time", "intern")]), headcount=COUNTS,
    education=TEXT, schooling=st.sampled_from([None, "none", "doctor"]),
    experience=TEXT, experience_years=COUNTS,
)  # fmt: skip
SHOWN = st.builds(Shown, capture=st.text("0123456789abcdef", min_size=32, max_size=32), locator=TEXT)
ADS = st.builds(
    job_ad,
    st.just(1),
    title=TEXT, text=TEXT, company=TEXT, city=TEXT, url=TEXT, salary=TEXT, run_id=st.just("run"),
    source_kind=st.sampled_from(["crawl", "file", "push", "report"]),
    division=st.sampled_from([None, "310000", "440305"]),
    posted=DATES, valid_through=DATES, masked=st.integers(0, 9), raw_sha256=st.just("ab" * 32),
    poster=st.sampled_from(["public", "state", "private", "agency", "platform", "individual", "unknown"]),
    divisions=st.sampled_from([(), ("310000", "440305")]), acting_for=TEXT, terms=TERMS,
    evidence=st.lists(SHOWN, max_size=3, unique_by=lambda shown: shown.capture).map(tuple),
    observed_at=st.integers(0, 10**6).map(lambda part: WEDNESDAY + timedelta(microseconds=part)),
)  # fmt: skip


def all_of(engine: Engine, **window: object) -> list[StoredAd]:
    with snapshot(engine) as session:
        return list(stored_ads(session, Window(**window)))  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ad=ADS)
def test_the_event_of_a_stored_version_is_the_one_that_brought_it(engine: Engine, ad: JobAd) -> None:
    # All examples go into one store, so each is a posting of its own.
    own = stable_id(ad.encode().decode())
    event_id = JobAd.id_for(own, own, ad.content_hash)
    ad = ad.model_copy(update={"source": own, "source_ad_id": own, "event_id": event_id})
    checked = checked_ad(ad, mention(), occupation="accounting")
    add(engine, checked)
    (found,) = all_of(engine, source=own)
    assert found.newest.ad.encode() == ad.encode()
    assert found.newest.event_id == checked.event_id
    assert found.newest.reading == checked.reading.model_copy(
        update={"rules_since": found.newest.reading.rules_since}
    )


def test_every_version_comes_with_its_newest_reading_oldest_first(engine: Engine) -> None:
    newer = job_ad(text="持会计从业资格证上岗", observed_at=WEDNESDAY + timedelta(days=5))
    add(engine, read_with("r1", mention()), read_with("r2", day=2), read_with("r1", mention(), ad=newer))
    (found,) = all_of(engine)
    assert [(event.ad.text, event.reading.rules_version) for event in found.versions] == [
        (job_ad().text, "r2"), (newer.text, "r1"),
    ]  # fmt: skip
    assert found.newest.ad == newer


def test_a_wording_that_came_back_is_observed_when_it_was_last_seen(engine: Engine) -> None:
    first, other = job_ad(), job_ad(text="工作细致", observed_at=WEDNESDAY + timedelta(days=1))
    back = job_ad(observed_at=WEDNESDAY + timedelta(days=2))
    add(engine, *(read_with("r1", ad=ad) for ad in (first, other, back)))
    (found,) = all_of(engine)
    assert found.newest.ad == back


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({}, ["A1", "A2", "A3"]),
        ({"since": date(2026, 11, 19)}, ["A2", "A3"]),
        ({"until": date(2026, 11, 19)}, ["A1", "A2"]),
        ({"since": date(2026, 11, 19), "until": date(2026, 11, 19)}, ["A2"]),
        ({"source": "board"}, ["A1", "A2", "A3"]),
        ({"source": "other"}, []),
    ],
)
def test_a_window_holds_the_days_of_china_it_names(
    engine: Engine, window: dict[str, object], expected: list[str]
) -> None:
    midnight = WEDNESDAY.replace(hour=0, minute=0) + timedelta(days=1)
    moments = [midnight - timedelta(microseconds=1), midnight, midnight + timedelta(days=1)]
    add(engine, *(read_with("r1", ad=job_ad(n, observed_at=at)) for n, at in enumerate(moments, start=1)))
    assert sorted(found.newest.ad.source_ad_id for found in all_of(engine, **window)) == expected


def test_all_ads_come_once_however_many(engine: Engine) -> None:
    add(engine, *(read_with("r1", mention(), ad=job_ad(number)) for number in range(2 * BATCH + 1)))
    found = [ad.newest.ad.ad_id for ad in all_of(engine)]
    assert len(found) == len(set(found)) == 2 * BATCH + 1
    assert found == sorted(found)
