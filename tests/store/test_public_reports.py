"""Public reports, on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from store import public_reports as store
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.public_report_models import ReportAction
from store.public_reports import Matter, Received
from store.report_standings import Earlier, Standing, list_reports, standing_of
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

PAGE = Matter(id="page", kind="page", url="https://board.example/7")
DAY = timedelta(days=1)


def reported(engine: Engine, matter: Matter, *receipts: str, contact: str = "") -> list[bool]:
    found = []
    for number, receipt in enumerate(receipts):
        at = WEDNESDAY + timedelta(minutes=number)
        received = Received(
            receipt=receipt, at=at, channel="web", contact=contact, delete_contact_at=at + 90 * DAY
        )
        with transaction(engine) as session:
            found.append(store.note_report(session, matter, received))
    return found


def standing(engine: Engine, receipt: str = "R1") -> Standing:
    with snapshot(engine) as session:
        return standing_of(session, receipt)


def test_the_same_page_is_one_matter_with_a_count(engine: Engine) -> None:
    assert reported(engine, PAGE, "R1", "R2", "R3") == [False, True, True]
    found = standing(engine, "R3")
    assert (found.times, found.repeated, found.state, found.matter_id) == (3, True, "waiting", "page")
    with snapshot(engine) as session:
        assert store.due_pages(session, WEDNESDAY, most=5) == {"page": PAGE.url}
        assert [each.receipt for each in list_reports(session, limit=2)] == ["R3", "R2"]


def test_a_receipt_is_given_out_once(engine: Engine) -> None:
    reported(engine, PAGE, "R1")
    with pytest.raises(SQLAlchemyError):
        reported(engine, PAGE, "R1")


def test_a_page_is_taken_by_one_run_and_tried_three_times(engine: Engine) -> None:
    reported(engine, PAGE, "R1")
    states = []
    for day in range(4):
        now = WEDNESDAY + day * DAY
        with transaction(engine) as session:
            taken = [store.take_page(session, "page", now) for _ in range(2)]
            if taken[0]:
                store.note_failed(session, "page", f"day {day}", for_good=False)
        states.append((*taken, standing(engine).state))
    waits, last, over = (True, False, "waiting"), (True, False, "failed"), (False, False, "failed")
    assert states == [waits, waits, last, over]
    assert standing(engine).why == "day 2"


def test_what_fails_for_good_is_not_tried_again(engine: Engine) -> None:
    reported(engine, PAGE, "R1")
    with transaction(engine) as session:
        store.take_page(session, "page", WEDNESDAY)
        store.note_failed(session, "page", "robots.txt forbids this page", for_good=True)
        assert store.due_pages(session, WEDNESDAY + 9 * DAY, most=5) == {}
        store.ask_again(session, "page", WEDNESDAY + 9 * DAY)
    with transaction(engine) as session:
        assert store.due_pages(session, WEDNESDAY + 9 * DAY, most=5) == {"page": PAGE.url}


def test_an_ad_from_a_board_is_linked_with_its_cases(engine: Engine) -> None:
    event = violation(1, url=PAGE.url)
    add(engine, event, violation(2))
    reported(engine, PAGE, "R1")
    other = Matter(id="other", kind="page", url="https://board.example/8")
    reported(engine, other, "R2")
    with transaction(engine) as session:
        assert store.link_known(session, {"page": PAGE.url, "other": other.url}) == {"page"}
    found = standing(engine)
    assert (found.state, found.ads, found.read) == ("known", (event.ad.ad_id,), True)
    assert found.cases == ("QD-310000-2026-000001",)
    assert standing(engine, "R2").state == "waiting"


def test_a_posting_that_a_board_had_before_is_named(engine: Engine) -> None:
    before = violation(1, source="board", url=PAGE.url)
    reported_ad = violation(2, source="public-report", observed_at=WEDNESDAY + DAY)
    add(engine, before, reported_ad)
    reported(engine, Matter(id="text", kind="text", ads=(reported_ad.ad.ad_id,)), "R1")
    assert standing(engine).earlier == (Earlier(before.ad.ad_id, "board", PAGE.url),)
    reported(engine, Matter(id="other", kind="text", ads=(before.ad.ad_id,)), "R2")
    assert standing(engine, "R2").earlier == ()


def test_an_ad_is_read_when_the_record_stage_has_it(engine: Engine) -> None:
    event = violation(1, source="public-report")
    reported(engine, Matter(id="text", kind="text", ads=(event.ad.ad_id,)), "R1")
    assert (standing(engine).state, standing(engine).read) == ("collected", False)
    add(engine, event)
    assert standing(engine).read


def test_contacts_are_deleted_when_their_time_is_over(engine: Engine) -> None:
    reported(engine, PAGE, "R1", "R2", contact="13712345678")
    with transaction(engine) as session:
        assert store.forget_contacts(session, WEDNESDAY + 90 * DAY) == 1
        assert (store.contact_of(session, "R1"), store.contact_of(session, "R2")) == ("", "13712345678")


def test_what_a_person_does_is_kept(engine: Engine) -> None:
    reported(engine, PAGE, "R1")
    decision = Decision("王某", "不是招聘广告", WEDNESDAY)
    with transaction(engine) as session:
        store.note_action(session, "R1", "dismissed", decision)
        store.dismiss(session, "page", decision.why)
    with snapshot(engine) as session:
        (row,) = session.scalars(select(ReportAction))
        assert (row.action, row.actor, row.why) == ("dismissed", "王某", "不是招聘广告")
    assert standing(engine).state == "dismissed"
    with pytest.raises(store.UnknownReceipt, match="no report 'R9'"), transaction(engine) as session:
        store.note_action(session, "R9", "dismissed", Decision("王某", "", WEDNESDAY))
