"""POST /v1/check: ads are judged in batches before they are published, and kept nowhere."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.request import Request

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from sqlalchemy import Engine

from config.serving import MOST, BatchError
from nlp.reader import Reader
from reports.limits import LIMITS, Gate, Limits
from reports.public.app import public
from reports.public.check_batch import MAX_BYTES, Answers, check_batch
from reports.public.gate import Desk
from reports.public.self_check import LONGEST_TEXT, MOST_MENTIONS
from store.database import transaction
from store.push import add_key, revoke_key
from tests.crawlers.pushing import listening
from tests.factory import WEDNESDAY
from tests.reports.console.browsing import Answer, Browser

AD = {"id": "7", "title": "会计", "text": "须持有会计从业资格证，有经验者优先。"}
KEY = "qd_secret"


def post(browser: Browser, body: object, **headers: str) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return browser.ask(Request(f"{browser.base}/v1/check", data=data, headers=headers))


def results(answer: Answer) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.text
    found: list[dict[str, Any]] = json.loads(answer.text)["results"]
    return found


def test_an_ad_is_answered_with_verdict_quotes_basis_and_wording(browser: Browser) -> None:
    answer = post(browser, {"ads": [AD]})
    (found,) = results(answer)
    assert (found["item"], found["id"], found["verdict"], found["on"]) == (0, "7", "violation", "2026-11-18")
    (mention,) = found["mentions"]
    assert AD["text"][mention["start"] : mention["end"]] == mention["quote"] == "会计从业资格证"
    assert any("人社部发〔2017〕68号" in text for text in mention["basis"])
    assert mention["suggestion"].startswith("该资格已取消")
    assert mention["cue"] == "须持有"
    assert json.loads(answer.text)["catalogue_version"]
    assert answer.headers["content-type"] == "application/json"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_day_of_each_ad_counts_and_hints_are_told(browser: Browser) -> None:
    lent = {"text": "一级建造师证书挂靠，年薪三万，不用坐班。"}
    before, now = results(post(browser, {"ads": [AD | {"on": "2017-10-01"}, lent]}))
    assert before["verdict"] == "lawful"
    assert now["hints"][0]["pack"] == "leasing"
    assert lent["text"][now["hints"][0]["start"] : now["hints"][0]["end"]] == now["hints"][0]["quote"]


def test_an_answer_stays_short_and_tells_the_gravest(browser: Browser) -> None:
    text = "电工须持电工证；" * 300 + "会计须持会计从业资格证。"
    (found,) = results(post(browser, {"ads": [{"text": text}]}))
    assert len(found["mentions"]) == MOST_MENTIONS
    assert found["mentions"][0]["quote"] == "会计从业资格证"
    assert found["left_out"] == 301 - MOST_MENTIONS


WRONG = (
    ({"id": "8"}, ""),
    ({"text": "  "}, ""),
    ({"text": 7}, "text"),
    ({"text": "\ud800"}, "text"),
    ({"text": "证" * (LONGEST_TEXT + 1)}, "text"),
    (AD | {"on": "2026-13-01"}, "on"),
    (AD | {"poster": "king"}, "poster"),
    (AD | {"posted": "2026-11-01"}, "posted"),
    (AD | {"id": "x" * 201}, "id"),
    ("ad", ""),
)


def test_an_ad_that_is_wrong_costs_itself_only_and_names_the_field(browser: Browser) -> None:
    first, *refused, last = results(post(browser, {"ads": [AD, *(wrong for wrong, _ in WRONG), AD]}))
    assert first["verdict"] == last["verdict"] == "violation"
    assert [each["error"]["field"] for each in refused] == [field for _, field in WRONG]
    assert [each["item"] for each in refused] == list(range(1, len(WRONG) + 1))
    assert all(each["error"]["reason"] for each in refused)


NO_BATCH = (
    (b"{", "no JSON"),
    (b"[" * 60_000, "no JSON"),
    (b"\xff\xfe", "no JSON"),
    (b"[]", "expected"),
    (b'{"ads": []}', "1 to 500"),
    (json.dumps({"ads": [AD] * (MOST + 1)}).encode(), "1 to 500"),
)


def test_what_is_no_batch_is_refused(browser: Browser) -> None:
    for body, told in NO_BATCH:
        answer = post(browser, body)
        assert answer.status == 400
        assert told in json.loads(answer.text)["detail"]


def test_a_body_that_is_too_large_is_refused(browser: Browser) -> None:
    assert post(browser, b" " * (MAX_BYTES + 1)).status == 413


@pytest.fixture
def key(engine: Engine) -> str:
    """The id of a publisher's key."""
    with transaction(engine) as session:
        return add_key(session, name="某人才网", source="board-a", token=KEY, now=WEDNESDAY)


def test_a_key_lifts_the_limit_and_a_wrong_one_opens_nothing(desk: Desk, key: str, engine: Engine) -> None:
    size = len(json.dumps({"ads": [AD]}).encode())
    limits: Limits = {**LIMITS, "text": (RateLimitItemPerMinute(size + 1),)}
    bearer = {"Authorization": f"Bearer {KEY}"}
    with listening(public(replace(desk, gate=Gate(limits)))) as base:
        browser = Browser(base)
        assert [post(browser, {"ads": [AD]}).status for _ in range(2)] == [200, 429]
        assert [post(browser, {"ads": [AD]}, **bearer).status for _ in range(3)] == [200] * 3
        assert post(browser, {"ads": [AD]}, Authorization="Bearer qd_guess").status == 401
        with transaction(engine) as session:
            revoke_key(session, key, now=WEDNESDAY)
        assert post(browser, {"ads": [AD]}, **bearer).status == 401


def test_the_interface_describes_itself(browser: Browser) -> None:
    answer = browser.get("/v1/openapi.json")
    described = json.loads(answer.text)
    operation = described["paths"]["/check"]["post"]
    assert described["servers"] == [{"url": "/v1"}]
    assert (
        operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["ads"]["maxItems"]
        == MOST
    )
    assert set(operation["responses"]) >= {"200", "400", "401", "408", "413", "429"}
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("Answers")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["ads", "id", "text", "title", "on"]), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_is_answered_by_the_schema_or_refused(reader: Reader, content: object) -> None:
    for body in (json.dumps(content).encode(), json.dumps({"ads": [content]}).encode()):
        try:
            answers = check_batch(reader, body, datetime(2026, 11, 18).date())  # noqa: DTZ001 - a day
        except BatchError:
            continue
        Answers.model_validate_json(answers.model_dump_json())
