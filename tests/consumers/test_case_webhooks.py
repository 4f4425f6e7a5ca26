"""What happens to cases, told to bureaus' own systems that fail in every way."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from standardwebhooks import Webhook as Verifier
from structlog.testing import capture_logs

from config.casework import Given
from config.clock import now_in_china
from config.settings import SettingsError
from consumers.case_webhooks import PLANNED_EVERY, CaseWebhookStage, webhooks_of
from store.casework import act
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.deliveries import ledger
from store.objections import answer, objection_line
from tests.consumers.receiving import INSIDE, Receiver, accept, fail, receiving
from tests.consumers.test_signature import NEW, OLD
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.console.test_objections import objected

SHANGHAI, ZHEJIANG = "310000", "330000"
NUMBER = "QD-310000-2026-000001"
BOTH = [("case.opened", NUMBER, "suspected"), ("case.changed", NUMBER, "reviewed")]


@pytest.fixture
def receivers() -> Iterator[dict[str, Receiver]]:
    with ExitStack() as closing:
        yield {bureau: closing.enter_context(receiving()) for bureau in (SHANGHAI, ZHEJIANG)}


@pytest.fixture
def stage(engine: Engine, receivers: dict[str, Receiver]) -> CaseWebhookStage:
    """One that was met before anything happened."""
    written = {code: {"url": each.url, "secrets": [NEW, OLD]} for code, each in receivers.items()}
    stage = CaseWebhookStage(engine, webhooks_of(json.dumps(written), now_in_china, inside=INSIDE))
    stage.step(WEDNESDAY - PLANNED_EVERY)
    return stage


def confirm(engine: Engine, number: str = NUMBER) -> None:
    with transaction(engine) as session:
        act(session, number, "confirm", Given(by="王初核", why="属实", asked={}), WEDNESDAY)


def told(receiver: Receiver) -> list[tuple[str, Any, Any]]:
    messages = [json.loads(body) for body in receiver.taken.values()]
    return [(each["type"], each["data"]["number"], each["data"]["status"]) for each in messages]


def test_a_bureau_is_told_what_happens_to_its_cases_in_order(
    engine: Engine, receivers: dict[str, Receiver], stage: CaseWebhookStage
) -> None:
    add(engine, violation(1), violation(2, division="330100"))
    confirm(engine)
    assert stage.step(WEDNESDAY) == 3
    assert told(receivers[SHANGHAI]) == BOTH
    assert told(receivers[ZHEJIANG]) == [("case.opened", "QD-330100-2026-000001", "suspected")]
    assert stage.step(WEDNESDAY + PLANNED_EVERY) == 0, "once"


def test_a_message_is_signed_and_says_what_its_type_is_about(
    engine: Engine, receivers: dict[str, Receiver], stage: CaseWebhookStage
) -> None:
    add(engine, violation(1))
    stage.step(WEDNESDAY)
    receiver = receivers[SHANGHAI]
    ((key, body),) = receiver.taken.items()
    (headers,) = receiver.headers
    assert (headers["content-type"], headers["webhook-id"]) == ("application/json", key)
    for secret in (NEW, OLD):
        assert Verifier(secret).verify(body, headers) == {
            "type": "case.opened",
            "timestamp": WEDNESDAY.isoformat(),
            "data": {
                "number": NUMBER,
                "qualification": "会计从业资格",
                "action": "opened",
                "status": "suspected",
            },
        }


def test_what_was_recorded_before_a_webhook_was_met_is_not_told(
    engine: Engine, receivers: dict[str, Receiver]
) -> None:
    add(engine, violation(1))
    written = json.dumps({SHANGHAI: {"url": receivers[SHANGHAI].url, "secrets": [NEW]}})
    stage = CaseWebhookStage(engine, webhooks_of(written, now_in_china, inside=INSIDE))
    assert stage.step(WEDNESDAY) == 0
    confirm(engine)
    assert stage.step(WEDNESDAY + PLANNED_EVERY) == 1
    assert told(receivers[SHANGHAI]) == [("case.changed", NUMBER, "reviewed")]


def test_a_receiver_that_fails_is_left_alone_and_keeps_nobody_else_waiting(
    engine: Engine, receivers: dict[str, Receiver], stage: CaseWebhookStage
) -> None:
    add(engine, violation(1), violation(2, division="330100"))
    confirm(engine)
    down = receivers[SHANGHAI]
    down.behave = fail
    with capture_logs() as logs:
        assert stage.step(WEDNESDAY) == 1
        assert stage.step(WEDNESDAY + timedelta(seconds=59)) == 0
        assert stage.step(WEDNESDAY + timedelta(minutes=1)) == 0
        assert stage.step(WEDNESDAY + timedelta(minutes=2)) == 0, "twice as long as before"
    assert [line["error"] for line in logs] == ["127.0.0.1 answered 500"] * 2
    assert len(down.asked) == 2
    down.behave = accept
    assert stage.step(WEDNESDAY + timedelta(minutes=3)) == 2
    assert told(down) == BOTH


def test_a_message_that_is_never_taken_is_given_up_and_the_next_one_goes_out(
    engine: Engine, receivers: dict[str, Receiver], stage: CaseWebhookStage
) -> None:
    add(engine, violation(1))
    confirm(engine)
    down, now = receivers[SHANGHAI], WEDNESDAY
    down.behave = fail
    with capture_logs():
        for attempt in range(6):
            stage.step(now)
            now += timedelta(minutes=2**attempt)
    down.behave = accept
    assert stage.step(now) == 1
    assert told(down) == [("case.changed", NUMBER, "reviewed")]
    with snapshot(engine) as session:
        assert sorted(each.status for each, *_ in ledger(session)) == ["dead", "sent"]


def test_another_process_goes_on_where_one_ended(
    engine: Engine, receivers: dict[str, Receiver], stage: CaseWebhookStage
) -> None:
    add(engine, violation(1))
    receivers[SHANGHAI].behave = fail
    with capture_logs():
        stage.step(WEDNESDAY)
    receivers[SHANGHAI].behave = accept
    written = json.dumps({SHANGHAI: {"url": receivers[SHANGHAI].url, "secrets": [NEW]}})
    other = CaseWebhookStage(engine, webhooks_of(written, now_in_china, inside=INSIDE))
    assert other.step(WEDNESDAY) == 1
    assert told(receivers[SHANGHAI]) == [("case.opened", NUMBER, "suspected")]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("[]", "QINGDAN_CASE_WEBHOOKS"),
        ('{"310000": {"url": "https://a"}}', "310000.secrets"),
        ('{"310000": {"url": "ftp://a", "secrets": ["whsec_%s"]}}' % ("A" * 40), "ftp://a"),
        ('{"310000": {"url": "https://a", "secrets": ["open-sesame"]}}', "whsec_"),
        ('{"999999": {"url": "https://a", "secrets": ["x"]}}', "999999"),
    ],
)
def test_what_is_wrong_with_the_setting_is_told_without_its_secrets(written: str, named: str) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_CASE_WEBHOOKS") as refused:
        webhooks_of(written, now_in_china, inside=INSIDE)
    assert named in str(refused.value)
    assert "open-sesame" not in str(refused.value)


def test_a_bureau_is_told_of_objections_and_of_their_answers(
    engine: Engine, receivers: dict[str, Receiver], stage: CaseWebhookStage
) -> None:
    add(engine, violation(1), violation(2, division="330100"))
    stage.step(WEDNESDAY)
    number = objected(engine)
    assert stage.step(WEDNESDAY + PLANNED_EVERY) == 1
    with transaction(engine) as session:
        line = objection_line(session, number, SHANGHAI)
        assert line is not None
        answer(session, line, "rejected", Decision("王初核", "属实", WEDNESDAY))
    assert stage.step(WEDNESDAY + 2 * PLANNED_EVERY) == 1
    messages = [json.loads(body) for body in receivers[SHANGHAI].taken.values()][1:]
    about = {"number": NUMBER, "qualification": "会计从业资格", "objection": number}
    assert [(each["type"], each["data"]) for each in messages] == [
        ("objection.received", about | {"action": "objected"}),
        ("objection.answered", about | {"action": "objection_rejected"}),
    ]
    assert len(receivers[ZHEJIANG].taken) == 1
