"""Late notices, on SQLite and on PostgreSQL: who is told of them when, and reminders, once each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from config.policy import shipped
from config.workdays import workdays
from reports.alerts.letter import letter_of
from reports.alerts.plain import plain_text
from reports.notice.issue import Desk, kept_files, remind_platform
from reports.notice.model import Letter
from store.audit import breaks
from store.case_file import open_case_file
from store.database import snapshot, transaction
from store.deliveries import LATE_NOTICES, NOTICE_ABOVE, NOTICE_LATE, NOTICE_REMINDER
from store.late_notices import LateNotices
from store.models import Delivery
from store.news import last_look, news_of
from store.notice_replies import Reply, take_replies
from store.notices import NoticeError, notice_line
from store.objections import Brought, bring
from store.planning import plan
from tests.factory import WEDNESDAY
from tests.noticed import NUMBER, approved, decision, issued
from tests.store.test_planning import send

CASE = "QD-330100-2026-000001"


def on(day: int) -> datetime:
    """So many working days after the notice was issued; it is due on the fifth."""
    return datetime.combine(workdays().after(WEDNESDAY.date(), day).day, WEDNESDAY.timetz())


LATE = on(6)


def answer(engine: Engine, *places: int) -> None:
    with transaction(engine) as session:
        line = notice_line(session, NUMBER)
        assert line is not None
        replies = [
            Reply(place=place, outcome="removed", done_on=LATE.date(), said_by="王合规") for place in places
        ]
        take_replies(session, line.notice, replies, decision("赵承办", LATE))


def object_to(engine: Engine, case: str) -> None:
    brought = Brought(
        receipt="r", at=LATE, about=case, organisation="异议人", reasons="不实", contact="",
        delete_contact_at=LATE,
    )  # fmt: skip
    with transaction(engine) as session:
        bring(session, brought)


def reminded(engine: Engine, at: datetime = LATE, by: str = "张处长") -> Letter:
    return remind_platform(Desk(engine, shipped().bases), NUMBER, decision(by, at, "逾期未答复"))


def places(letter: Letter) -> list[int]:
    return [line.place for line in letter.lines]


def told(engine: Engine, now: datetime) -> list[tuple[str, str]]:
    return sorted((kind, bureau) for kind, bureau, _ in send(engine, now) if kind in LATE_NOTICES)


def reminders_in_ledger(engine: Engine) -> Sequence[tuple[str, str, str]]:
    query = select(Delivery.bureau, Delivery.period, Delivery.content_id)
    with snapshot(engine) as session:
        found = session.execute(query.where(Delivery.kind == NOTICE_REMINDER).order_by(Delivery.content_id))
        return [(bureau, period, content) for bureau, period, content in found]


def test_a_late_notice_is_told_once_to_its_bureau_and_once_to_the_one_above(engine: Engine) -> None:
    approved(engine, 1, 2)
    issued(engine)
    send(engine, WEDNESDAY)
    by_day = {day: told(engine, on(day)) for day in (5, 6, 7, 12, 13, 14, 30)}
    assert {day: found for day, found in by_day.items() if found} == {
        6: [(NOTICE_LATE, "330000")],
        13: [(NOTICE_ABOVE, "000000")],
    }


def test_the_letter_says_what_is_open_and_what_was_done_about_it(engine: Engine) -> None:
    approved(engine, 1, 2)
    issued(engine)
    answer(engine, 1)
    reminded(engine)
    with transaction(engine) as session:
        found = [news_of(session, each.id) for each in plan(session, on(13))]
    letters = {each.kind: each for each in found if isinstance(each, LateNotices)}
    assert set(letters) == {NOTICE_LATE, NOTICE_ABOVE}
    words = plain_text(letter_of(letters[NOTICE_ABOVE], {}, {}))
    for expected in (NUMBER, "演示招聘网", "2026-11-25，已逾期 8 个工作日", "未答复：1 条", "已催办：1 次"):
        assert expected in words
    assert letter_of(letters[NOTICE_LATE], {}, {}).subject.startswith("【平台函逾期】浙江省 1 件")


@pytest.mark.parametrize("how", ["answered", "contested"])
def test_what_waits_for_no_answer_any_more_is_told_to_nobody(engine: Engine, how: str) -> None:
    approved(engine, 1)
    issued(engine)
    send(engine, WEDNESDAY)
    with transaction(engine) as session:
        (planned,) = [each.id for each in plan(session, LATE) if each.kind == NOTICE_LATE]
    if how == "answered":
        answer(engine, 1)
    else:
        object_to(engine, CASE)
    with transaction(engine) as session:
        news = last_look(session, planned)
        assert news is not None
        assert news.total == 0
    with pytest.raises(NoticeError, match="nothing of"):
        reminded(engine)
    assert told(engine, on(13)) == []


def test_a_reminder_asks_for_what_is_open_once_until_its_own_day(engine: Engine) -> None:
    approved(engine, 1, 2, 3)
    issued(engine)
    with pytest.raises(NoticeError, match="not past its day"):
        reminded(engine, on(5))
    answer(engine, 2)
    first = reminded(engine)
    assert (first.number, places(first), first.due.isoformat()) == (f"{NUMBER}-R1", [1, 3], "2026-12-01")
    for day in (6, 9):
        with pytest.raises(NoticeError, match="not past its day"):
            reminded(engine, on(day))
    answer(engine, 3)
    assert places(reminded(engine, on(10))) == [1]
    assert reminders_in_ledger(engine) == [
        ("330000", "2026-11-26", f"{NUMBER}-R1"),
        ("330000", "2026-12-02", f"{NUMBER}-R2"),
    ]
    files = kept_files(engine, NUMBER)
    assert {name for name in files if "reminder" in name} == {
        f"reminder-{sequence}.{ending}" for sequence in (1, 2) for ending in ("csv", "xlsx")
    }
    rows = files["reminder-1.csv"].decode("utf-8-sig").splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["1", "3"]
    with snapshot(engine) as session:
        case = open_case_file(session, first.lines[0].cases)
        assert case is not None
        asked = [deed.given for deed in case.history if deed.action == "platform_reminded"]
        assert [each["reminder"] for each in asked] == [f"{NUMBER}-R1", f"{NUMBER}-R2"]
        assert list(breaks(session)) == []


def test_an_ad_whose_case_was_objected_to_is_in_no_reminder(engine: Engine) -> None:
    approved(engine, 1, 2)
    issued(engine)
    object_to(engine, CASE)
    assert places(reminded(engine)) == [2]


def test_two_people_at_once_remind_once(engine: Engine) -> None:
    approved(engine, 1)
    issued(engine)

    def release(by: str) -> bool:
        try:
            reminded(engine, by=by)
        except NoticeError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(release, ("甲", "乙"))) == [False, True]
    assert len(reminders_in_ledger(engine)) == 1


@pytest.mark.parametrize(("by", "why"), [("", "逾期"), ("machine", "逾期"), ("张处长", " ")])
def test_a_person_releases_a_reminder_and_says_why(engine: Engine, by: str, why: str) -> None:
    approved(engine, 1)
    issued(engine)
    with pytest.raises(NoticeError, match=r"by: a person|why: a reason"):
        remind_platform(Desk(engine, shipped().bases), NUMBER, decision(by, LATE, why))


@pytest.mark.parametrize("deed", ["UPDATE {} SET why = 'x'", "DELETE FROM {}"])
def test_the_store_refuses_to_change_a_reminder(engine: Engine, deed: str) -> None:
    approved(engine, 1)
    issued(engine)
    reminded(engine, LATE + timedelta(hours=1))
    with pytest.raises(DatabaseError, match=r"stays as it was|append-only"), transaction(engine) as session:
        session.execute(text(deed.format("platform_notice_reminders")))
