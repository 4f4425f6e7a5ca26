"""Pushed ads, over a real HTTP server into a real log."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from config.serving import MOST, BatchError
from crawlers.closing import release
from crawlers.push import burst
from crawlers.push.api import push_api
from crawlers.push.batch import MAX_BYTES, read_batch
from crawlers.push.desk import Desk
from events.log import Message, NotDelivered
from store.crawl_models import Target
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.push import add_key, keys, revoke_key
from store.staging import held_runs
from tests.crawlers.pushing import AD, NOW, Service, listening, ticking
from tests.crawlers.serving import collected, open_database, open_log, rejections, runs
from tests.factory import Clock

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def service() -> Iterator[Service]:
    engine, log = open_database(), open_log()
    with transaction(engine) as session:
        for name in ("board-a", "board-b"):
            add_key(session, name=f"某{name}", source=name, token=name, now=NOW)
    with listening(push_api(Desk(engine, log.producer(), clock=ticking()), per_minute=1000)) as base:
        yield Service(base, engine)
    log.close()
    engine.dispose()


def test_a_batch_is_taken_in_and_answered_with_a_receipt(service: Service) -> None:
    status, answer = service.push(AD, AD | {"id": "8"})
    assert status == 202
    assert (answer["accepted"], answer["rejected"], answer["errors"], answer["repeated"]) == (2, 0, [], False)
    log = collected()
    assert [(ad.source, ad.source_kind, ad.source_ad_id, ad.division) for ad in log] == [
        ("board-a", "push", "7", "370100"),
        ("board-a", "push", "8", "370100"),
    ]
    assert "13812345678" not in log[0].text
    (run,) = runs()
    assert (run.kind, run.source, run.status, run.counts["accepted"]) == ("push", "board-a", "complete", 2)
    headers = {"Authorization": "Bearer board-a"}
    assert service.ask(f"/v1/receipts/{answer['receipt']}", **headers)[1]["accepted"] == 2
    others = {"Authorization": "Bearer board-b"}
    assert service.ask(f"/v1/receipts/{answer['receipt']}", **others)[0] == 404


def test_the_same_batch_again_changes_nothing(service: Service) -> None:
    first = service.push(AD)[1]
    status, again = service.push(AD)
    assert (status, again) == (202, first | {"repeated": True})
    assert (len(collected()), len(runs())) == (1, 1)
    # Another name, the same ad: nothing new, and it is counted.
    assert service.push(AD, name="2")[1]["duplicate"] == 1
    # Another source may use the same name.
    assert service.push(AD, key="board-b")[1]["accepted"] == 1


def test_another_batch_under_the_same_name_is_refused(service: Service) -> None:
    service.push(AD)
    status, answer = service.push(AD | {"text": "无需证书"})
    assert status == 409
    assert "another batch" in answer["detail"]
    assert len(collected()) == 1


def test_a_wrong_ad_costs_itself_and_is_named(service: Service) -> None:
    wrong = [
        AD | {"id": ""},
        AD | {"text": None},
        AD | {"id": "7"},
        {"id": "9", "title": "只有标题"},
        AD | {"id": "10", "salry": "5000"},
        "焊工",
        AD | {"id": "11", "text": " ", "title": ""},
        AD | {"id": "12", "posted": "去年"},
    ]
    status, answer = service.push(AD, *wrong)
    assert (status, answer["accepted"], answer["rejected"]) == (202, 2, 7)
    named = {(each["item"], each["field"]) for each in answer["errors"]}
    assert named == {
        (1, "id"),
        (2, "text"),
        (3, "id"),
        (4, "text"),
        (5, "salry"),
        (6, ""),
        (7, ""),
        (8, "posted"),
    }
    assert set(rejections()) == {f"ads[{number}]" for number in range(1, 9)}
    assert [ad.source_ad_id for ad in collected()] == ["12", "7"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is no JSON"),
        (b"[" * 100_000, "the body is no JSON"),
        (b"[]", 'the body is expected to be {"ads": [...]}'),
        (b'{"ads": [], "more": 1}', 'the body is expected to be {"ads": [...]}'),
        (b'{"ads": []}', "1 to 500 are expected, and there are 0"),
        (json.dumps({"ads": [AD] * (MOST + 1)}).encode(), "there are 501"),
    ],
)
def test_what_is_no_batch_is_refused_as_a_whole(body: bytes, reason: str) -> None:
    with pytest.raises(BatchError) as raised:
        read_batch(body, source="board-a")
    assert reason in str(raised.value)


def test_what_a_request_needs(service: Service) -> None:
    key = {"Authorization": "Bearer board-a"}
    batch = {"ads": [AD]}
    assert service.ask("/v1/ads", batch, **key)[0] == 400
    assert service.ask("/v1/ads", batch, **key, **{"Idempotency-Key": "x" * 201})[0] == 400
    assert service.ask("/v1/ads", b"{", **key, **{"Idempotency-Key": "1"})[0] == 400
    assert service.ask("/v1/ads", b" " * (MAX_BYTES + 1), **key, **{"Idempotency-Key": "1"})[0] == 413
    assert service.ask("/v1/ads", batch, **{"Idempotency-Key": "1"})[0] == 401
    assert service.push(AD, key="stolen")[0] == 401
    assert collected() == []


def test_a_revoked_key_opens_nothing(service: Service) -> None:
    assert service.push(AD)[0] == 202
    with transaction(service.engine) as session:
        (mine,) = [each.id for each in keys(session) if each.source == "board-a"]
        revoke_key(session, mine, now=NOW)
    assert service.push(AD)[0] == 401
    assert service.push(AD, key="board-b")[0] == 202


def test_the_same_batch_from_many_at_once_is_let_in_once(service: Service) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: service.push(AD, AD | {"id": "8"}), range(8)))
    assert {status for status, _ in answers} == {202}
    assert sorted(answer["repeated"] for _, answer in answers) == [False] + [True] * 7
    assert len(collected()) == 2


def no_room(_: Iterable[Message]) -> None:
    raise NotDelivered("no room")


def test_without_room_nothing_is_taken_and_the_publisher_tries_again() -> None:
    engine, log, clock = open_database(), open_log(), ticking()
    with transaction(engine) as session:
        add_key(session, name="某网", source="board-a", token="board-a", now=NOW)
    full = log.producer()
    full.publish = no_room  # type: ignore[method-assign, assignment]
    with listening(push_api(Desk(engine, full, clock=clock))) as base:
        assert Service(base, engine).push(AD)[0] == 503
    with listening(push_api(Desk(engine, log.producer(), clock=clock))) as base:
        status, answer = Service(base, engine).push(AD)
    assert (status, answer["accepted"], answer["repeated"]) == (202, 1, False)
    assert [run.status for run in runs()] == ["incomplete", "complete"]
    log.close()
    engine.dispose()


def test_a_source_that_asks_too_often_is_slowed_down() -> None:
    engine, log = open_database(), open_log()
    with transaction(engine) as session:
        for name in ("board-a", "board-b"):
            add_key(session, name=name, source=name, token=name, now=NOW)
    with listening(push_api(Desk(engine, log.producer(), clock=ticking()), per_minute=2)) as base:
        service = Service(base, engine)
        assert [service.push(AD)[0] for _ in range(3)] == [202, 202, 429]
        assert service.push(AD, key="board-b")[0] == 202
    log.close()
    engine.dispose()


def test_the_interface_describes_itself(service: Service) -> None:
    described = service.ask("/openapi.json")[1]["paths"]["/v1/ads"]["post"]
    batch = described["requestBody"]["content"]["application/json"]["schema"]
    ad, withdrawn = batch["properties"]["ads"]["items"]["anyOf"]
    assert {"id", "title", "text", "posted"} <= set(ad["properties"])
    assert set(withdrawn["properties"]) == {"id", "status"}
    assert {"202", "400", "401", "409", "413", "429", "503"} <= set(described["responses"])


def standing(engine: Engine) -> dict[str, str]:
    with snapshot(engine) as session:
        return {row.key: row.state for row in session.execute(select(Target.key, Target.state))}


def test_an_ad_is_taken_back_once_and_back_when_it_is_pushed_again(service: Service) -> None:
    service.push(AD)
    status, first = service.withdraw("7")
    assert (status, first["withdrawn"], first["repeated"]) == (202, 1, False)
    assert service.withdraw("7")[1] == first | {"repeated": True}
    assert standing(service.engine) == {"7": "gone"}
    key = {"Authorization": "Bearer board-a"}
    assert service.ask(f"/v1/receipts/{first['receipt']}", **key)[1]["withdrawn"] == 1
    answer = service.push(AD, name="2")[1]
    assert (answer["duplicate"], answer["back"]) == (1, 1)
    assert standing(service.engine) == {"7": "live"}
    again = service.withdraw("7")[1]
    assert again["receipt"] != first["receipt"]
    # What was said of the ad stays, and nothing was published by the way.
    assert len(collected()) == 1


def test_nobody_takes_back_what_another_has_pushed(service: Service) -> None:
    service.push(AD)
    assert service.withdraw("7", key="board-b")[0] == 404
    assert service.withdraw("8")[0] == 404
    assert service.withdraw("7", key="stolen")[0] == 401
    assert standing(service.engine) == {}


def test_an_id_with_a_slash_can_be_taken_back(service: Service) -> None:
    service.push(AD | {"id": "2026/7 号"})
    assert service.withdraw("2026/7 号")[0] == 202


def test_a_batch_may_take_ads_back_beside_new_ones(service: Service) -> None:
    service.push(AD, AD | {"id": "8"})
    gone, unknown = {"id": "7", "status": "withdrawn"}, {"id": "9", "status": "withdrawn"}
    mixed = {"id": "8", "status": "withdrawn", "text": "须持电工证"}
    status, answer = service.push(gone, unknown, mixed, AD | {"id": "10", "status": "live"}, name="2")
    assert (status, answer["accepted"], answer["withdrawn"], answer["rejected"]) == (202, 1, 1, 2)
    assert [(each["item"], each["field"]) for each in answer["errors"]] == [(1, "id"), (2, "text")]
    assert standing(service.engine) == {"7": "gone"}


def test_ten_times_the_fullest_day_before_is_held_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst, "FEWEST", 20)
    engine, log, clock = open_database(), open_log(), Clock()
    producer = log.producer()
    first = Desk(engine, producer, clock=clock)
    assert "held" not in first.take("board-a", "1", batch(range(3))).receipt.result
    clock.now += timedelta(days=1)
    desk = Desk(engine, producer, clock=clock)
    assert "held" not in desk.take("board-a", "2", batch(range(100, 120))).receipt.result
    clock.now += timedelta(minutes=1)
    result = desk.take("board-a", "3", batch(range(200, 211))).receipt.result
    assert (result["accepted"], result["held"]) == (11, True)
    clock.now += timedelta(minutes=1)
    # Another source has nothing to do with it.
    assert "held" not in desk.take("board-b", "1", batch(range(100))).receipt.result
    assert len(collected()) == 3 + 20 + 100
    with snapshot(engine) as session:
        (run,) = held_runs(session)
        assert "31 new or changed ads in one day, more than 10 times those" in run.note
        run_id = run.id
    outcome = release(engine, producer, run_id, Decision("王五", "核对过", clock.now))
    assert (outcome.status, outcome.counts["accepted"]) == ("complete", 11)
    assert len(collected()) == 3 + 20 + 100 + 11
    # The next day it is a standard.
    clock.now += timedelta(days=1)
    assert "held" not in desk.take("board-a", "4", batch(range(300, 600))).receipt.result
    log.close()
    engine.dispose()


def batch(numbers: Iterable[int]) -> bytes:
    return json.dumps({"ads": [AD | {"id": str(number)} for number in numbers]}).encode()
