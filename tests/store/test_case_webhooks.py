"""What is planned for bureaus' own systems, and in which order it waits; on both databases."""

from sqlalchemy import Engine, select

from config.casework import Given
from store.audit import seal
from store.case_webhooks import plan_events, told_event, waiting_events
from store.casework import act
from store.database import snapshot, transaction
from store.deliveries import pending
from store.models import Delivery
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

NATION, SHANGHAI, ZHEJIANG = "000000", "310000", "330000"
BUREAUS = (NATION, SHANGHAI, ZHEJIANG)


def plan(engine: Engine) -> None:
    with transaction(engine) as session:
        seal(session, limit=100)
        plan_events(session, BUREAUS, WEDNESDAY)


def waiting(engine: Engine, bureau: str) -> list[tuple[str, str]]:
    with snapshot(engine) as session:
        told = [told_event(session, each.content_id)["data"] for each in waiting_events(session, bureau)]
    return [(each["number"], each["action"]) for each in told]


def test_each_bureau_waits_for_what_happened_in_its_area_in_order(engine: Engine) -> None:
    add(engine, violation(1))
    plan(engine)
    add(engine, violation(2, division="330100"), violation(3, division="310115"))
    with transaction(engine) as session:
        act(session, "QD-310000-2026-000001", "confirm", Given(by="王初核", why="属实", asked={}), WEDNESDAY)
    plan(engine)
    plan(engine)
    assert waiting(engine, ZHEJIANG) == [("QD-330100-2026-000001", "opened")]
    assert sorted(waiting(engine, SHANGHAI)) == [
        ("QD-310000-2026-000001", "confirm"),
        ("QD-310000-2026-000002", "opened"),
    ]
    assert waiting(engine, SHANGHAI)[0][1] == "opened"
    assert len(waiting(engine, NATION)) == 3


def test_what_is_planned_for_a_system_is_no_letter(engine: Engine) -> None:
    plan(engine)
    add(engine, violation(1))
    plan(engine)
    with snapshot(engine) as session:
        assert len(session.scalars(select(Delivery)).all()) == 2
        assert pending(session) == []
