"""What a bureau is told: every case, withdrawal and hint once, and nothing that was not true when it left."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from config.settings import CHINA
from store.announced_hints import Hints
from store.announcements import Announcement
from store.database import snapshot, transaction
from store.deliveries import (
    NEW_CASES,
    NEW_HINTS,
    RETURNED_CASES,
    SKIPPED,
    WITHDRAWN_CASES,
    ledger,
    mark_failed,
    mark_sent,
    mark_unsendable,
    pending,
)
from store.models import DeliveryHint
from store.news import News, last_look, news_of
from store.planning import anything_new, plan
from store.withdrawals import Withdrawals
from tests.factory import finding, job_ad, mention
from tests.recorded import add, baited, change_case, read_with, violation

AD, OTHER = job_ad(1, company="甲公司"), job_ad(2, company="乙公司")
ACCUSED, CLEARED = read_with("r1", mention(), ad=AD), read_with("r2", ad=AD, day=2)
ACCUSED_AGAIN, CLEARED_AGAIN = read_with("r3", mention(), ad=AD, day=3), read_with("r4", ad=AD, day=4)


def send(engine: Engine, now: datetime) -> list[tuple[str, str, int]]:
    """Plan and send everything; kind, bureau and number of cases or hints of what went out."""
    with transaction(engine) as session:
        plan(session, now)
        sent = []
        for delivery in pending(session):
            news = last_look(session, delivery.id)
            assert news is not None
            if news.total:
                mark_sent(session, delivery.id, place="outbox", now=now)
                sent.append((news.kind, news.bureau, news.total))
            else:
                mark_unsendable(session, delivery.id, status=SKIPPED, error="nothing")
    with snapshot(engine) as session:
        assert not anything_new(session, now)
    return sent


def planned(engine: Engine, now: datetime) -> Sequence[News]:
    """What would go out now, without sending it."""
    with transaction(engine) as session:
        plan(session, now)
        return [news_of(session, delivery.id) for delivery in pending(session)]


def test_a_bureau_that_was_told_of_a_case_is_told_of_its_withdrawal_once(
    engine: Engine, now: datetime
) -> None:
    add(engine, ACCUSED)
    assert send(engine, now) == [(NEW_CASES, "310000", 1)]
    add(engine, CLEARED)
    later = now + timedelta(days=1)
    (told,) = planned(engine, later)
    assert isinstance(told, Withdrawals)
    (case,) = told.cases
    assert (case.number, case.employer, case.qualification, case.rules) == (
        "QD-310000-2026-000001", "甲公司", "会计从业资格", "r2",
    )  # fmt: skip
    assert (case.announced_at, case.announced_in[:17]) == (now, "2026-11-18-310000")
    assert send(engine, later) == [(WITHDRAWN_CASES, "310000", 1)]
    assert send(engine, later) == []


def test_a_case_that_comes_back_after_that_is_told_once_more(engine: Engine, now: datetime) -> None:
    for event in (ACCUSED, CLEARED):
        add(engine, event)
        send(engine, now)
    add(engine, ACCUSED_AGAIN)
    (told,) = planned(engine, now)
    assert isinstance(told, Announcement)
    assert (told.kind, told.cases[0].employer, len(told.cases[0].evidence)) == (RETURNED_CASES, "甲公司", 1)
    assert send(engine, now) == [(RETURNED_CASES, "310000", 1)]
    add(engine, CLEARED_AGAIN)
    assert send(engine, now) == []


def test_nobody_is_told_of_the_withdrawal_of_what_he_was_not_told(engine: Engine, now: datetime) -> None:
    add(engine, ACCUSED, CLEARED)
    assert send(engine, now) == [], "withdrawn before anything was planned"
    add(engine, ACCUSED_AGAIN, read_with("r1", mention(), ad=OTHER))
    planned(engine, now)
    add(engine, CLEARED_AGAIN)
    assert send(engine, now) == [(NEW_CASES, "310000", 1)], "withdrawn before the message left"
    assert send(engine, now) == []


def test_a_message_that_never_left_is_not_withdrawn(engine: Engine, now: datetime) -> None:
    add(engine, ACCUSED)
    with transaction(engine) as session:
        (delivery,) = plan(session, now)
        for _ in range(6):
            mark_failed(session, delivery.id, error="no route")
    add(engine, CLEARED)
    assert send(engine, now) == []


def test_what_was_taken_back_before_it_left_is_announced_when_it_holds_again(
    engine: Engine, now: datetime
) -> None:
    add(engine, ACCUSED)
    planned(engine, now)
    add(engine, CLEARED)
    assert send(engine, now) == []
    with snapshot(engine) as session:
        assert [delivery.status for delivery, _, _ in ledger(session)] == ["skipped"]
    add(engine, ACCUSED_AGAIN)
    assert send(engine, now) == [(NEW_CASES, "310000", 1)]


def test_a_decided_case_is_not_withdrawn(engine: Engine, now: datetime) -> None:
    add(engine, ACCUSED)
    send(engine, now)
    change_case(engine, ACCUSED, status="confirmed")
    add(engine, CLEARED)
    assert send(engine, now) == []


def test_each_bureau_is_told_of_the_hints_in_its_area_once(engine: Engine, now: datetime) -> None:
    school = "示例学校"
    add(
        engine,
        *(baited(number, company=school, division="110105") for number in (1, 2)),
        baited(3, company="", division="110101"),
        baited(4, company=school, division="440305"),
        baited(5, division=None),
    )
    told = {news.bureau: news for news in planned(engine, now)}
    assert sorted(told) == ["000000", "110000", "440300"]
    beijing = told["110000"]
    assert isinstance(beijing, Hints)
    assert (beijing.total, beijing.ads) == (2, 3)
    first, second = beijing.hints
    assert (first.employer, first.division, first.ads, len(first.evidence)) == (school, "110105", 2, 1)
    assert (second.employer, second.poster, second.ads) == ("", "unknown", 1)
    assert first.evidence[0].quotes == ("先就业后付款",)
    assert len(send(engine, now)) == 3
    add(engine, baited(6, company=school, division="110105"))
    assert send(engine, now) == [(NEW_HINTS, "110000", 1)]
    assert send(engine, now + timedelta(days=1)) == []


def test_a_hint_told_is_not_told_again_by_other_rules_or_wordings(engine: Engine, now: datetime) -> None:
    add(engine, read_with("r1", findings=(finding(),)))
    assert send(engine, now) == [(NEW_HINTS, "310000", 1)]
    add(engine, read_with("r2", findings=(finding("学费分期", rule="training.other"),), day=2))
    newer = job_ad(1, text="学费分期", observed_at=now + timedelta(days=1))
    add(engine, read_with("r2", findings=(finding("学费分期"),), ad=newer, day=2))
    assert send(engine, now) == []
    add(engine, read_with("r3", findings=(finding("挂靠", pack="leasing", rule="leasing.word"),), day=3))
    assert send(engine, now) == [(NEW_HINTS, "310000", 1)], "another pack is another hint"


def test_a_hint_that_no_longer_shows_is_not_told_until_it_does(engine: Engine, now: datetime) -> None:
    add(engine, read_with("r1", findings=(finding(),)))
    planned(engine, now)
    add(engine, read_with("r2", day=2))
    assert send(engine, now) == []
    add(engine, read_with("r1", findings=(finding(),), day=3))
    assert send(engine, now) == [(NEW_HINTS, "310000", 1)]


def test_a_hint_at_a_place_that_is_on_no_list_is_the_nations(engine: Engine, now: datetime) -> None:
    add(engine, baited(1, division="999999"))
    assert send(engine, now) == [(NEW_HINTS, "000000", 1)]


def test_several_planners_at_once_tell_of_a_hint_once(engine: Engine, now: datetime) -> None:
    add(engine, *(baited(number, company=f"学校{number}") for number in range(20)))

    def plan_once(_: int) -> int:
        with transaction(engine) as session:
            return len(plan(session, now))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(plan_once, range(4))) == [0, 0, 0, 1]
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(DeliveryHint)) == 20


def at(hour: int, day: int = 18) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=CHINA)


def letters(engine: Engine, now: datetime) -> list[tuple[str, int]]:
    """Bureau and number of cases of the letters that leave in a rhythm of days, from eight o'clock on."""
    with transaction(engine) as session:
        new = anything_new(session, now, daily_from=8)
        planned = plan(session, now, daily_from=8)
        assert new == bool(planned)
        found = [news_of(session, each.id) for each in planned]
    return [(news.bureau, news.total) for news in found]


def test_a_bureau_gets_what_is_not_urgent_once_a_day(engine: Engine) -> None:
    add(engine, violation(1, division="110105"))
    assert letters(engine, at(7)) == [], "it is early"
    add(engine, violation(2, division="110105", company="乙公司"))
    assert letters(engine, at(8)) == [("110000", 2)]
    add(engine, violation(3, division="110105", company="丙公司"), violation(4, division="440305"))
    assert letters(engine, at(20)) == [("440300", 1)], "another bureau had none yet"
    assert letters(engine, at(7, day=19)) == []
    assert letters(engine, at(9, day=19)) == [("110000", 1)]


def test_what_is_urgent_leaves_at_once_and_takes_along_what_waits(engine: Engine) -> None:
    add(engine, violation(1, division="110105"))
    assert letters(engine, at(3)) == []
    add(engine, violation(2, division="110105", company="乙公司", severity="red"))
    assert letters(engine, at(3)) == [("110000", 2)]
    many = [violation(10 + n, division="110105", company="丙公司") for n in range(10)]
    add(engine, *many[:9])
    assert letters(engine, at(12)) == []
    add(engine, many[9])
    assert letters(engine, at(12)) == [("110000", 1)]


def test_by_hand_nothing_waits(engine: Engine) -> None:
    add(engine, violation(1, division="110105"))
    assert len(planned(engine, at(3))) == 1
