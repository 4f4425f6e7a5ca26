from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.exc import IntegrityError

from store.announcements import Announcement, announcement
from store.database import snapshot, transaction
from store.deliveries import (
    MAX_ATTEMPTS,
    NEW_CASES,
    covers,
    ledger,
    mark_failed,
    mark_sent,
    mark_unsendable,
    pending,
)
from store.models import Bureau, Clue, Delivery, DeliveryItem
from store.planning import anything_new
from store.planning import plan as plan_news
from tests.recorded import add, case_of, change_case, violation
from tests.stores import NewStore

BEIJING, SHENZHEN = "110000", "440300"
CHAOYANG, DONGCHENG, NANSHAN = "110105", "110101", "440305"


def plan(engine: Engine, now: datetime) -> list[Delivery]:
    with transaction(engine) as session:
        planned = plan_news(session, now)
        session.expunge_all()
    return planned


def items_of(engine: Engine, delivery: Delivery) -> list[str]:
    with snapshot(engine) as session:
        query = select(DeliveryItem.case_id).where(DeliveryItem.delivery_id == delivery.id)
        return list(session.scalars(query))


def announced(engine: Engine, delivery: Delivery, *, limit: int = 20) -> Announcement:
    with snapshot(engine) as session:
        own = session.get_one(Delivery, delivery.id)
        return announcement(session, own, session.get_one(Bureau, own.bureau), limit=limit)


def test_one_digest_for_each_bureau(engine: Engine, now: datetime) -> None:
    add(
        engine,
        violation(1, company="甲", division=CHAOYANG),
        violation(2, company="乙", division=DONGCHENG),
        violation(3, company="丙", division=NANSHAN),
    )
    assert [d.bureau for d in plan(engine, now)] == [BEIJING, SHENZHEN]
    with snapshot(engine) as session:
        assert [(d.bureau, name, cases) for d, name, cases in ledger(session)] == [
            (BEIJING, "北京市人力资源和社会保障局", 2),
            (SHENZHEN, "深圳市人力资源和社会保障局", 1),
        ]


def test_a_case_is_announced_once(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, company="甲"))
    (first,) = plan(engine, now)
    assert plan(engine, now) == []
    with transaction(engine) as session:
        mark_sent(session, first.id, place="outbox/1.eml", now=now)
    add(engine, violation(2, company="甲"))
    assert plan(engine, now + timedelta(days=1)) == [], "a further ad of a known case is no new case"
    other = violation(3, company="乙")
    add(engine, other)
    with snapshot(engine) as session:
        assert anything_new(session, now)
    (second,) = plan(engine, now)
    assert items_of(engine, second) == [case_of(engine, other)]
    with snapshot(engine) as session:
        assert not anything_new(session, now)


def test_only_suspected_cases_are_announced(engine: Engine, now: datetime) -> None:
    add(engine, violation(1))
    change_case(engine, violation(1), status="false_alarm")
    assert plan(engine, now) == []


def test_unclear_areas_go_to_the_national_tray(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, division=None))
    assert [d.bureau for d in plan(engine, now)] == ["000000"]


def test_a_case_outside_its_bureaus_area_is_written_down_and_not_sent(engine: Engine, now: datetime) -> None:
    stray = violation(1, company="甲", division=NANSHAN)
    add(engine, stray, violation(2, company="乙", division=CHAOYANG))
    change_case(engine, stray, bureau=BEIJING)
    (sent,) = plan(engine, now)
    assert case_of(engine, stray) not in items_of(engine, sent)
    with snapshot(engine) as session:
        rows = {d.status: (d.bureau, cases, d.error) for d, _, cases in ledger(session)}
    assert rows == {
        "pending": (BEIJING, 1, ""),
        "skipped": (BEIJING, 1, "1 case(s) lie outside the area of bureau 110000"),
    }
    change_case(engine, stray, bureau=SHENZHEN)
    assert [d.bureau for d in plan(engine, now)] == [SHENZHEN]


@pytest.mark.parametrize(
    ("bureau", "division", "inside"),
    [
        (BEIJING, CHAOYANG, True),
        (CHAOYANG, BEIJING, False),
        (CHAOYANG, DONGCHENG, False),
        ("000000", "659012", True),
        ("000000", None, True),
        (BEIJING, None, False),
    ],
)
def test_area_of_a_bureau(bureau: str, division: str | None, *, inside: bool) -> None:
    assert covers(bureau, division) is inside


def test_failed_attempts_pause_longer_and_end(engine: Engine, now: datetime) -> None:
    add(engine, violation(1))
    (delivery,) = plan(engine, now)
    pauses = []
    for _ in range(MAX_ATTEMPTS):
        with transaction(engine) as session:
            mark_failed(session, delivery.id, error="no route")
            session.flush()
            minutes = (m for m in range(100) if pending(session, due_by=now + timedelta(minutes=m)))
            pauses.append(next(minutes, None))
    assert pauses == [1, 3, 7, 15, 31, None]
    with snapshot(engine) as session:
        ((dead, _, _),) = ledger(session)
    assert (dead.status, dead.attempts, dead.error) == ("dead", 6, "no route")


def test_what_is_settled_stays_settled(engine: Engine, now: datetime) -> None:
    add(engine, violation(1))
    (delivery,) = plan(engine, now)
    with transaction(engine) as session:
        mark_sent(session, delivery.id, place="outbox/1.eml", now=now)
    with transaction(engine) as session:
        mark_failed(session, delivery.id, error="late news")
        mark_unsendable(session, delivery.id, status="dead", error="late news")
        mark_sent(session, delivery.id, place="elsewhere", now=now + timedelta(days=1))
    with snapshot(engine) as session:
        ((settled, _, _),) = ledger(session)
    assert (settled.status, settled.attempts, settled.place) == ("sent", 1, "outbox/1.eml")
    assert settled.sent_at == now


def test_several_planners_at_once_write_one_delivery(engine: Engine, now: datetime) -> None:
    add(engine, *(violation(number, company=f"公司{number}") for number in range(20)))
    with ThreadPoolExecutor(4) as pool:
        planned = list(pool.map(lambda _: plan(engine, now), range(4)))
    assert sorted(len(deliveries) for deliveries in planned) == [0, 0, 0, 1]
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(DeliveryItem)) == 20


def test_the_database_itself_refuses_a_second_announcement(engine: Engine, now: datetime) -> None:
    add(engine, violation(1))
    (first,) = plan(engine, now)
    second = Delivery(
        id="f" * 32,
        bureau=BEIJING,
        kind=NEW_CASES,
        period="x",
        content_id="x",
        status="pending",
        created_at=now,
    )
    item = DeliveryItem(
        delivery_id=second.id, case_id=case_of(engine, violation(1)), bureau=first.bureau, kind=NEW_CASES
    )
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction(engine) as session:  # noqa: PT012
        session.add(second)
        session.flush()
        session.add(item)


def test_an_announcement_counts_all_and_sets_out_the_gravest(engine: Engine, now: datetime) -> None:
    add(
        engine,
        *(violation(number, company=f"公司{number}", severity="yellow") for number in range(3)),
        *(violation(number, company="十条公司") for number in range(10, 20)),
        *(violation(n, company="某某学校", severity="red", poster="public") for n in (30, 31)),
    )
    (delivery,) = plan(engine, now)
    news = announced(engine, delivery, limit=2)
    assert (news.total, news.urgent, news.ads) == (5, 2, 15)
    assert [(case.employer, case.poster, case.severity, case.ads) for case in news.cases] == [
        ("某某学校", "public", "red", 2),
        ("十条公司", "unknown", "orange", 10),
    ]
    assert [len(case.evidence) for case in news.cases] == [2, 3]
    evidence = news.cases[0].evidence[0]
    assert (evidence.title, evidence.clause, evidence.quote) == (
        "会计",
        "须持有会计从业资格证",
        "会计从业资格证",
    )
    assert (evidence.basis, evidence.source) == (("P1",), "board")


def test_what_a_person_decided_meanwhile_is_not_announced(engine: Engine, now: datetime) -> None:
    closed, doubted, standing = (
        violation(1, company="甲"),
        violation(2, company="乙"),
        violation(3, company="乙"),
    )
    add(engine, closed, doubted, standing)
    (delivery,) = plan(engine, now)
    change_case(engine, closed, status="false_alarm")
    with transaction(engine) as session:
        session.execute(
            update(Clue).where(Clue.ad_id == doubted.ad.ad_id).values(human_verdict="false_alarm")
        )
    news = announced(engine, delivery)
    assert (news.total, news.ads) == (1, 1)
    assert [case.employer for case in news.cases] == ["乙"]


def test_a_letter_is_read_from_its_own_cases(new_sqlite: NewStore, now: datetime) -> None:
    """SQLite would rather begin with every suspected case there is, for each letter anew."""
    asked: list[tuple[str, Any]] = []
    with new_sqlite() as engine:
        add(engine, violation(1, company="甲"))
        (planned,) = plan(engine, now)
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        announced(engine, planned)
        with engine.connect() as connection:
            asked_of_items = [each for each in asked if "delivery_items" in each[0]]
            assert asked_of_items
            for statement, values in asked_of_items:
                steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
                places = [str(step.detail) for step in steps if step.detail.startswith("SEARCH")]
                assert places[0].startswith("SEARCH delivery_items"), places
