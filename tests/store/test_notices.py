"""Platform notices, on SQLite and on PostgreSQL: whose ads, once each, by two people, for good."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from config.divisions import NATION
from config.policy import shipped
from reports.notice.issue import Desk, issue_notice
from store.audit import breaks
from store.case_file import open_case_file
from store.database import snapshot, transaction
from store.models import Case, Sighting
from store.notice_replies import Reply, item_lines, items, take_replies
from store.notices import (
    NoticeError,
    Wanted,
    draft,
    drop,
    notice_line,
    notices,
    notices_of_case,
    overdue,
)
from store.objections import Brought, bring
from tests.factory import WEDNESDAY
from tests.noticed import NUMBER, approve, approved, decision, drafted, issued
from tests.recorded import add, case_of, change_case, violation

CASE = "QD-330100-2026-000001"


def ads_of(engine: Engine, number: str) -> list[str]:
    with snapshot(engine) as session:
        return [item.told["source_ad_id"] for item in items(session, number)]


def refused(engine: Engine, wanted: Wanted, **given: Any) -> str:
    with pytest.raises(NoticeError) as caught, transaction(engine) as session:
        draft(session, wanted, decision(**given))
    return str(caught.value)


WANTED = Wanted(bureau="330000", source="demo")


def test_only_ads_that_people_decided_about_are_in_a_notice(engine: Engine) -> None:
    approved(engine, 1, 2)
    approved(engine, 3, division="310000")
    ended = violation(4, source="demo", division="330100", company="已作误报")
    contested = violation(5, source="demo", division="330100", company="有异议")
    add(engine, ended, contested, violation(6, source="other", division="330100", company="别的平台"))
    approve(engine)
    add(engine, violation(7, source="demo", division="330200", company="只有机器见过"))
    change_case(engine, ended, status="false_alarm")
    contested_case = case_of(engine, contested)
    with transaction(engine) as session:
        about = session.get_one(Case, contested_case).number
        brought = Brought(
            receipt="r", at=WEDNESDAY, about=about, organisation="有异议", reasons="不实", contact="",
            delete_contact_at=WEDNESDAY,
        )  # fmt: skip
        assert bring(session, brought).case_id is not None
    assert ads_of(engine, drafted(engine)) == ["A1", "A2"]


def test_an_ad_tells_its_words_and_what_is_asked_for(engine: Engine) -> None:
    add(engine, violation(1, source="demo", division="330100", severity="yellow", url="https://j.example/1"))
    approve(engine)
    with snapshot(engine) as session:
        (item,) = items(session, drafted(engine))
    assert item.measure == "warn"
    assert item.told["quotes"][0]["clause"] == "须持有会计从业资格证"
    assert item.told["quotes"][0]["case"] == CASE
    assert item.told["url"] == "https://j.example/1"


def test_a_measure_may_be_asked_for_of_all(engine: Engine) -> None:
    approved(engine, 1)
    with transaction(engine) as session:
        number = draft(session, replace(WANTED, measure="restrict"), decision()).number
        assert [item.measure for item in items(session, number)] == ["restrict"]


def test_numbers_are_not_given_out_twice_and_dropped_ads_are_free_again(engine: Engine) -> None:
    approved(engine, 1)
    assert drafted(engine) == NUMBER
    assert "no ad to ask for" in refused(engine, WANTED)
    with transaction(engine) as session:
        line = notice_line(session, NUMBER)
        assert line is not None
        drop(session, line.notice, decision())
    assert drafted(engine) == "330000-P-2026-2"


@pytest.mark.parametrize(
    ("wanted", "given", "told"),
    [
        (
            replace(WANTED, source="board"),
            {},
            "board: board is not among the boards of config",
        ),
        (replace(WANTED, measure="fine"), {}, "measure: fine is none"),
        (replace(WANTED, cites="330000-P-2026-9"), {}, "cites: 330000-P-2026-9 was not issued"),
        (WANTED, {"actor": "machine"}, "by: a person has to be named"),
        (WANTED, {"why": " "}, "why: a reason has to be given"),
    ],
)
def test_what_does_not_fit_is_not_drafted(
    engine: Engine, wanted: Wanted, given: dict[str, str], told: str
) -> None:
    approved(engine, 1)
    assert told in refused(engine, wanted, **given)


def test_two_who_draft_at_once_do_not_ask_for_one_ad_twice(engine: Engine) -> None:
    approved(engine, 1)

    def tried(bureau: str) -> str:
        try:
            return drafted(engine, bureau=bureau)
        except NoticeError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(tried, ["330000", NATION]))
    assert [each.endswith("-P-2026-1") for each in told] == [True, False]


def test_two_people_issue_a_notice_and_its_cases_tell_it(engine: Engine) -> None:
    approved(engine, 1, 2)
    number = drafted(engine)
    desk = Desk(engine, shipped().bases)
    with pytest.raises(NoticeError, match="by: 李起草 drafted"):
        issue_notice(desk, number, decision())
    issue_notice(desk, number, decision("张处长"))
    with pytest.raises(NoticeError, match="is issued, no draft"):
        issue_notice(desk, number, decision("王处长"))
    with snapshot(engine) as session:
        line = notice_line(session, number)
        assert line is not None
        assert (line.notice.due, line.ads, line.answered) == (date(2026, 11, 25), 2, 0)
        case = open_case_file(session, CASE)
        assert case is not None
        deed = case.history[-1]
        assert (deed.action, deed.actor, deed.given) == (
            "platform_noticed",
            "张处长",
            {"notice": number, "ads": 1},
        )
        assert list(breaks(session)) == []


def test_a_draft_whose_case_fell_since_is_not_issued(engine: Engine) -> None:
    approved(engine, 1, 2)
    number = drafted(engine)
    fallen = violation(
        2, source="demo", division="330100", company="第2有限公司", url="https://jobs.example/2"
    )
    change_case(engine, fallen, status="false_alarm")
    with pytest.raises(NoticeError, match="items 2: their cases do not stand"):
        issue_notice(Desk(engine, shipped().bases), number, decision("张处长"))


def test_a_notice_is_late_past_its_day(engine: Engine) -> None:
    approved(engine, 1)
    number = issued(engine)
    with snapshot(engine) as session:
        assert overdue(session, NATION, date(2026, 11, 25)) == []
        assert [line.notice.number for line in overdue(session, "330000", date(2026, 11, 26))] == [number]
        assert overdue(session, "310000", date(2026, 11, 26)) == []


def test_what_was_not_answered_is_asked_for_again_by_citing_it(engine: Engine) -> None:
    approved(engine, 1)
    first = issued(engine)
    with pytest.raises(NoticeError, match="no ad to ask for"):
        drafted(engine, cites=first)
    late = WEDNESDAY + timedelta(days=9)
    second = drafted(engine, cites=first, at=late)
    assert ads_of(engine, second) == ["A1"]
    with pytest.raises(NoticeError, match="no ad to ask for"):
        drafted(engine, cites=first, at=late)


REMOVED = Reply(place=1, outcome="removed", done_on=date(2026, 11, 19), said_by="王合规")


def test_an_answer_is_a_claim_and_what_was_met_since_speaks_against_it(engine: Engine) -> None:
    approved(engine, 1, 2)
    first = issued(engine)
    thursday = WEDNESDAY + timedelta(days=1)
    with transaction(engine) as session:
        line = notice_line(session, first)
        assert line is not None
        replies = [REMOVED, replace(REMOVED, place=2, outcome="warned")]
        assert take_replies(session, line.notice, replies, decision("赵承办", thursday)) == 2
        assert take_replies(session, line.notice, replies, decision("赵承办", thursday)) == 0
    with pytest.raises(NoticeError, match="no ad to ask for"):
        drafted(engine, cites=first, at=thursday)
    with transaction(engine) as session:
        ads = [item.ad_id for item in items(session, first)]
        met = thursday + timedelta(days=1)
        known = {"content_hash": "c", "first_seen": WEDNESDAY, "last_seen": met, "valid_through": None}
        session.add_all(Sighting(ad_id=ad, **known) for ad in ads)
    with snapshot(engine) as session:
        assert [line.speaks_against for line in item_lines(session, first)] == [True, False]
        case = open_case_file(session, CASE)
        assert case is not None
        deed = case.history[-1]
        assert (deed.action, deed.given["notice"]) == ("platform_replied", first)
        assert list(breaks(session)) == []
    second = drafted(engine, cites=first, at=met)
    assert ads_of(engine, second) == ["A1"]


def test_the_newest_answer_counts(engine: Engine) -> None:
    approved(engine, 1)
    number = issued(engine)
    with transaction(engine) as session:
        line = notice_line(session, number)
        assert line is not None
        for outcome in ("warned", "removed"):
            take_replies(session, line.notice, [replace(REMOVED, outcome=outcome)], decision())
    with snapshot(engine) as session:
        line, shown = notice_line(session, number), item_lines(session, number)[0]
        assert line is not None
        assert line.answered == 1
        assert shown.reply is not None
        assert shown.reply.outcome == "removed"


def test_a_bureau_sees_the_notices_of_its_area(engine: Engine) -> None:
    approved(engine, 1)
    number = issued(engine)
    with snapshot(engine) as session:
        seen = {
            area: [line.notice.number for line in notices(session, area)]
            for area in (NATION, "330000", "330100", "310000")
        }
        assert notices_of_case(session, CASE, "330100") == [(number, False)]
        assert notices_of_case(session, CASE, "330000") == [(number, True)]
    assert seen == {NATION: [number], "330000": [number], "330100": [], "310000": []}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE platform_notices SET reason = 'x'",
        "DELETE FROM platform_notices",
        "UPDATE platform_notice_items SET measure = 'warn'",
        "DELETE FROM platform_notice_clues",
        "UPDATE platform_notice_files SET sha256 = 'x'",
        "DELETE FROM platform_notice_files",
    ],
)
def test_the_store_refuses_to_change_what_was_issued(engine: Engine, statement: str) -> None:
    approved(engine, 1)
    issued(engine)
    with pytest.raises(DatabaseError, match=r"stays as it was|append-only"), transaction(engine) as session:
        session.execute(text(statement))
