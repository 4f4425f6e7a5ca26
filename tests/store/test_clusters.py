"""Publications of one posting form a cluster, whoever brings them in whatever order."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from events.types import CheckedAd, JobAd
from store.clusters import join_some, join_waiting, waiting
from store.database import one_at_a_time, snapshot, transaction
from store.likeness_models import FingerprintBand, KnownFingerprint
from store.models import Ad, AdVersion
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, job_ad
from tests.postgres import Cluster
from tests.postings import LONG, reworded
from tests.processes import PATIENCE
from tests.recorded import add
from tests.stores import NewStore


def posting(number: int, **given: Any) -> JobAd:
    """Ad `number`, seen `number` hours after Wednesday."""
    return job_ad(number, **{"text": LONG, "observed_at": WEDNESDAY + timedelta(hours=number)} | given)


def clusters(engine: Engine) -> dict[str, str]:
    """The cluster of each ad, by the ad's id at its source."""
    query = (
        select(Ad.source_ad_id, KnownFingerprint.cluster_id)
        .join(AdVersion, AdVersion.id == Ad.version_id)
        .join(KnownFingerprint, KnownFingerprint.id == AdVersion.fingerprint_id)
    )
    with snapshot(engine) as session:
        return {str(ad): str(cluster) for ad, cluster in session.execute(query)}


def together(engine: Engine, *ads: JobAd) -> bool:
    """Whether the ads, recorded one after another, are one posting."""
    for ad in ads:
        add(engine, checked_ad(ad))
    found = clusters(engine)
    return len({found[ad.source_ad_id] for ad in ads}) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"source": "other-board"},
        {"text": reworded(1)},
        {"text": LONG.replace("会计", "财务会计"), "title": "会计（急聘，双休）"},
        {"division": "310115"},
    ],
)
def test_re_posts_and_copies_on_other_boards_are_one_posting(engine: Engine, other: dict[str, Any]) -> None:
    assert together(engine, posting(1), posting(2, **other))


@pytest.mark.parametrize(
    "other",
    [
        {"company": "上海测试二店有限公司", "text": f"{LONG}限男性。"},
        {"company": "", "text": f"{LONG}限男性。"},
        {"title": "出纳", "text": f"{LONG}限男性。"},
        {"division": "330100", "text": f"{LONG}限男性。"},
        {"text": reworded(6)},
        {"text": f"{LONG}限女性。"},
        {"text": "须持有会计从业资格证。"},
    ],
)
def test_other_employers_areas_and_texts_are_not(engine: Engine, other: dict[str, Any]) -> None:
    assert not together(engine, posting(1, text=f"{LONG}限男性。"), posting(2, **other))


def test_what_a_third_ad_links_becomes_one(engine: Engine) -> None:
    first, last = posting(1), posting(2, text=reworded(3))
    assert not together(engine, first, last)
    assert together(engine, first, last, posting(3, text=reworded(1)), posting(4, text=reworded(2)))


def test_a_posting_that_is_edited_stays_what_it_was(engine: Engine) -> None:
    add(engine, checked_ad(posting(1)), checked_ad(posting(2)))
    add(engine, checked_ad(posting(1, text=reworded(9), observed_at=WEDNESDAY + timedelta(days=2))))
    found = clusters(engine)
    assert found["A1"] == found["A2"]


def test_an_id_that_a_board_gives_to_another_employer_leaves_its_cluster(engine: Engine) -> None:
    add(engine, checked_ad(posting(1)), checked_ad(posting(2)))
    add(
        engine,
        checked_ad(posting(1, text=LONG + "另", company="别家", observed_at=WEDNESDAY + timedelta(days=2))),
    )
    found = clusters(engine)
    assert found["A1"] != found["A2"]


def test_a_cluster_is_named_after_what_was_seen_first(engine: Engine) -> None:
    add(engine, *(checked_ad(posting(n, text=reworded(n - 1))) for n in (1, 2)))
    before = clusters(engine)
    add(engine, checked_ad(posting(3, text=reworded(2))))
    assert clusters(engine) == before | {"A3": before["A1"]}
    assert before["A1"] == before["A2"]


def rows(engine: Engine) -> tuple[list[Any], list[Any]]:
    with snapshot(engine) as session:
        marks = session.execute(select(*KnownFingerprint.__table__.columns).order_by(KnownFingerprint.id))
        bands = session.execute(select(*FingerprintBand.__table__.columns))
        return [tuple(row) for row in marks], sorted(tuple(row) for row in bands)


def record_in_batches(engine: Engine, events: Sequence[CheckedAd], size: int) -> None:
    for start in range(0, len(events), size):
        with transaction(engine) as session:
            record(session, events[start : start + size])
        join_waiting(engine)


ADS = [
    checked_ad(
        posting(
            number,
            text=("短", reworded(number % 5), reworded(number % 7 + 4), reworded(0))[number % 4],
            company=("", "甲公司", "乙公司", "甲公司")[number // 4 % 4],
            division=(None, "310000", "310115")[number % 3],
        )
    )
    for number in range(24)
]
EDITED = [
    checked_ad(posting(n, text=reworded(n % 12), observed_at=WEDNESDAY + timedelta(days=9))) for n in range(9)
]


@settings(max_examples=4, deadline=None)
@given(dice=st.randoms(use_true_random=False), size=st.integers(3, 30))
def test_neither_order_nor_batches_nor_repetition_matter(
    new_store: NewStore, dice: Random, size: int
) -> None:
    shuffled = dice.sample(ADS, len(ADS))
    again = dice.sample(ADS, 10)
    with new_store() as golden, new_store() as other:
        record_in_batches(golden, ADS + EDITED, 100)
        record_in_batches(other, shuffled + EDITED + again, size)
        assert rows(other) == rows(golden)
        assert clusters(other) == clusters(golden)


def test_the_made_up_ads_hold_clusters_of_every_kind(engine: Engine) -> None:
    record_in_batches(engine, ADS, 100)
    found = clusters(engine)
    sizes = {sum(1 for each in found.values() if each == cluster) for cluster in set(found.values())}
    assert 1 in sizes
    assert max(sizes) > 2


def test_ads_wait_until_they_are_put_into_clusters(
    new_store: NewStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they do in a store of the time before there were clusters."""
    with new_store() as live, new_store() as late:
        record_in_batches(live, ADS, 10)
        with transaction(late) as session:
            record(session, ADS)
            assert waiting(session) == len(ADS)
        monkeypatch.setattr("store.clusters.BATCH", 7)
        assert [join_some(late) for _ in range(5)] == [7, 7, 7, 3, 0]
        assert rows(late) == rows(live)
        assert clusters(late) == clusters(live)


def test_two_at_once_make_one_cluster_of_one_posting(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have begun before either looks for what waits."""
    both_begun = threading.Barrier(2, timeout=PATIENCE)

    def meet(connection: Connection, what: str) -> None:
        both_begun.wait()
        one_at_a_time(connection, what)

    with postgres.store() as engine:
        with transaction(engine) as session:
            record(session, [checked_ad(posting(n, text=reworded(n))) for n in (0, 1)])
        monkeypatch.setattr("store.clusters.BATCH", 1)
        monkeypatch.setattr("store.clusters.one_at_a_time", meet)
        with ThreadPoolExecutor() as threads:
            assert list(threads.map(join_some, [engine, engine])) == [1, 1]
        found = clusters(engine)
        assert found["A0"] == found["A1"]


def test_a_flood_of_copies_is_one_posting(engine: Engine) -> None:
    """More of them than a fresh text is compared with, in one batch and in the next."""
    flood = [checked_ad(posting(number, text=f"{LONG}{number}")) for number in range(60)]
    record_in_batches(engine, flood, 40)
    assert len(set(clusters(engine).values())) == 1
