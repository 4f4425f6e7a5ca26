"""Decisions about cases, counted by rule: what suspends a rule, what that holds back, what lifts it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from config.casework import Given
from config.feedback import Precision
from events.types import CheckedAd
from store.casework import act
from store.database import snapshot, transaction
from store.feedback import (
    Decision,
    RuleChangeError,
    RuleKey,
    change_rule,
    rule_changes,
    rule_records,
    suspensions,
    version_records,
    weigh,
)
from store.feedback_models import RuleChange
from store.labels import labels
from store.models import Ad, Case, CaseEvent, Clue
from store.overview import overview
from store.planning import untold
from store.release import ads, clues
from store.work_list import Asked, work_list
from tests.factory import WEDNESDAY, job_ad, mention
from tests.recorded import add, read_with, violation

KEY = RuleKey("required.must", "delisted", "须")
Decide = Callable[..., None]


def found(number: int, *, rule: str = KEY.rule, company: str = "") -> CheckedAd:
    """Ad `number`, of an employer of its own, with a clue that `rule` found."""
    return violation(
        number, said={"rule": rule, "row": KEY.policy_row}, company=company or f"第{number}测试有限公司"
    )


@pytest.fixture
def decide(engine: Engine) -> Decide:
    """Has people decide the cases of new ads, one after another: `confirmed` of them, then false alarms."""
    numbers, moments = count(1), (WEDNESDAY + timedelta(minutes=each) for each in count(1))

    def do(confirmed: int, false_alarms: int, *, rule: str = KEY.rule) -> None:
        events = [found(next(numbers), rule=rule) for _ in range(confirmed + false_alarms)]
        add(engine, *events)
        with transaction(engine) as session:
            for event in events[:confirmed]:
                decide_case(session, event, "confirm", at=next(moments))
                decide_case(session, event, "approve", by="李复核", at=next(moments))
            for event in events[confirmed:]:
                decide_case(session, event, "dismiss", at=next(moments))

    return do


def decide_case(
    session: Session, event: CheckedAd, name: str, *, by: str = "王初核", at: datetime = WEDNESDAY
) -> None:
    query = select(Case.number).join(Clue, Clue.case_id == Case.id)
    number = session.scalars(query.where(Clue.ad_id == event.ad.ad_id)).one()
    act(session, number, name, Given(by=by, why="经核实", days=None, asked={}), at)


def state(engine: Engine) -> tuple[Precision, bool]:
    with snapshot(engine) as session:
        (record,) = rule_records(session, {KEY})
    return record.precision, record.suspension is not None


def change(engine: Engine, action: Any, *, key: RuleKey = KEY, by: str = "孙主任", days: int = 1) -> None:
    decision = Decision(action=action, at=WEDNESDAY + timedelta(days=days), by=by, why="经抽查")
    with transaction(engine) as session:
        change_rule(session, key, decision)


def clue_of(engine: Engine, event: CheckedAd) -> Clue:
    with snapshot(engine) as session:
        return session.scalars(select(Clue).where(Clue.ad_id == event.ad.ad_id)).one()


def told_new(engine: Engine) -> int:
    with snapshot(engine) as session:
        return len(list(untold(session, WEDNESDAY)))


def actions(engine: Engine, event: CheckedAd) -> list[str]:
    case_id = clue_of(engine, event).case_id
    with snapshot(engine) as session:
        query = select(CaseEvent.action).where(CaseEvent.case_id == case_id).order_by(CaseEvent.at)
        return list(session.scalars(query))


def test_decisions_are_counted_by_rule_and_by_version(engine: Engine, decide: Decide) -> None:
    decide(2, 1)
    decide(1, 0, rule="required.listed")
    with snapshot(engine) as session:
        assert [(each.key.rule, each.precision) for each in rule_records(session)] == [
            ("required.listed", Precision(1, 1)),
            ("required.must", Precision(2, 3)),
        ]
        assert [(each.rules_version, each.precision) for each in version_records(session)] == [
            ("r1", Precision(1, 1)),
            ("r1", Precision(2, 3)),
        ]


def test_a_case_counts_once_however_many_clues_it_has(engine: Engine) -> None:
    events = [found(number, company="一家测试有限公司") for number in (1, 2, 3)]
    add(engine, *events)
    with transaction(engine) as session:
        decide_case(session, events[0], "dismiss")
    assert state(engine) == (Precision(0, 1), False)


def test_a_decision_that_is_taken_back_does_not_count(engine: Engine) -> None:
    event = found(1)
    add(engine, event)
    with transaction(engine) as session:
        decide_case(session, event, "dismiss")
        decide_case(session, event, "reopen", at=WEDNESDAY + timedelta(hours=1))
    assert state(engine) == (Precision(0, 0), False)


def test_a_rule_that_is_mostly_wrong_is_suspended_and_says_why(engine: Engine, decide: Decide) -> None:
    decide(5, 4)
    assert state(engine) == (Precision(5, 9), False)
    decide(0, 1)
    assert state(engine) == (Precision(5, 10), True)
    with snapshot(engine) as session:
        (only,) = rule_changes(session)
    assert (only.actor, only.action, only.confirmed, only.cases) == ("machine", "suspended", 5, 10)
    assert only.reason == "10 件已决定案件中确认 5 件，精确率 50.0%（95% 区间 23.7%—76.3%），下限 80%"


@pytest.fixture
def suspended(engine: Engine, decide: Decide) -> CheckedAd:
    """A rule that is suspended, with a clue from before that is undecided."""
    before = found(900)
    add(engine, before)
    decide(0, 10)
    return before


def test_what_a_suspended_rule_finds_is_recorded_and_counts_nowhere(
    engine: Engine, suspended: CheckedAd
) -> None:
    news = told_new(engine)
    with snapshot(engine) as session:
        counted, published = overview(session), len(list(clues(session)))
    held = found(901)
    add(engine, held)
    assert clue_of(engine, held).held_by == 1
    assert told_new(engine) == news
    with snapshot(engine) as session:
        after = overview(session)
        assert (after.clues, after.cases, after.ads) == (counted.clues, counted.cases, counted.ads + 1)
        assert len(list(clues(session))) == published
        verdicts = {row.id: row.verdict for row in ads(session)}
        opened = session.scalars(select(Case.status).where(Case.id == clue_of(engine, held).case_id)).one()
    assert (verdicts[held.ad.ad_id], verdicts[suspended.ad.ad_id]) == ("for_review", "violation")
    assert opened == "suspected"


def test_what_was_found_before_stays_as_it_was(engine: Engine, suspended: CheckedAd) -> None:
    assert clue_of(engine, suspended).held_by is None
    add(engine, suspended)
    again = read_with("r2", mention(rule=KEY.rule, row=KEY.policy_row, severity="red"), ad=suspended.ad)
    add(engine, again)
    clue = clue_of(engine, suspended)
    assert (clue.held_by, clue.severity) == (None, "red")


def test_a_person_makes_a_held_clue_count(engine: Engine, suspended: CheckedAd) -> None:
    held = found(901)
    add(engine, held)
    with transaction(engine) as session:
        decide_case(session, held, "confirm")
        decide_case(session, held, "approve", by="李复核")
    with snapshot(engine) as session:
        assert held.ad.ad_id in {row.ad_id for row in clues(session)}
    assert suspended.ad.ad_id != held.ad.ad_id


@pytest.mark.usefixtures("suspended")
def test_what_waits_for_a_person_is_in_the_work_list(engine: Engine) -> None:
    held = found(901)
    add(engine, held)
    with snapshot(engine) as session:
        asked = Asked(area="000000", person="王初核", today=WEDNESDAY.date(), view="new", words="第901测试")
        (line,) = work_list(session, asked).lines
    assert (line.status, line.clues) == ("for_review", 1)


@pytest.mark.usefixtures("suspended")
def test_other_rules_and_other_words_go_on(engine: Engine) -> None:
    other = found(901, rule="required.listed")
    add(engine, other)
    assert clue_of(engine, other).held_by is None


@pytest.mark.usefixtures("suspended")
def test_lifting_lets_what_waited_count_and_counts_anew(engine: Engine) -> None:
    held = found(901)
    add(engine, held)
    news = told_new(engine)
    change(engine, "lifted")
    assert clue_of(engine, held).held_by is None
    assert actions(engine, held)[-1] == "clue_released"
    assert told_new(engine) == news + 1
    assert state(engine) == (Precision(0, 0), False)
    late = found(902)
    add(engine, late)
    with transaction(engine) as session:
        decide_case(session, late, "dismiss", at=WEDNESDAY + timedelta(days=2))
    assert state(engine) == (Precision(0, 1), False)


def test_the_machine_lifts_what_it_suspended_once_the_rule_is_good_again(
    engine: Engine, decide: Decide
) -> None:
    decide(5, 5)
    decide(14, 0)
    assert state(engine) == (Precision(19, 24), True)
    decide(1, 0)
    assert state(engine) == (Precision(20, 25), False)
    with snapshot(engine) as session:
        assert [(each.actor, each.action) for each in rule_changes(session)] == [
            ("machine", "suspended"),
            ("machine", "lifted"),
        ]
    decide(0, 1)
    assert state(engine) == (Precision(20, 26), False)


def test_what_a_person_suspended_only_a_person_lifts(engine: Engine, decide: Decide) -> None:
    decide(10, 0)
    change(engine, "suspended")
    decide(5, 0)
    assert state(engine) == (Precision(15, 15), True)
    change(engine, "lifted", days=2)
    assert state(engine) == (Precision(0, 0), False)


def test_a_change_that_is_none_is_refused(engine: Engine) -> None:
    add(engine, found(1))
    with pytest.raises(RuleChangeError, match=r"required\.must/delisted/须 is not suspended"):
        change(engine, "lifted")
    change(engine, "suspended")
    with pytest.raises(RuleChangeError, match="is suspended already"):
        change(engine, "suspended")
    with pytest.raises(RuleChangeError, match="no clue rests on a rule required"):
        change(engine, "suspended", key=RuleKey("required.must", "", ""))
    with pytest.raises(RuleChangeError, match="machine is no person"):
        change(engine, "lifted", by="machine")
    with snapshot(engine) as session:
        assert suspensions(session).keys() == {KEY}


def test_the_record_of_changes_cannot_be_changed(engine: Engine) -> None:
    add(engine, found(1))
    change(engine, "suspended")
    for do in ("UPDATE rule_changes SET reason = ''", "DELETE FROM rule_changes"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(do)
    with snapshot(engine) as session:
        assert len(session.scalars(select(RuleChange)).all()) == 1


def test_weighing_again_changes_nothing(engine: Engine, suspended: CheckedAd) -> None:
    with transaction(engine) as session:
        weigh(session, clue_of(engine, suspended).case_id, WEDNESDAY + timedelta(days=3))
    with snapshot(engine) as session:
        assert len(list(rule_changes(session))) == 1


@pytest.mark.usefixtures("suspended")
def test_a_clue_that_another_rule_finds_now_waits_no_longer(engine: Engine) -> None:
    event = read_with("r1", mention(rule=KEY.rule, row=KEY.policy_row), ad=job_ad(901))
    add(engine, event)
    assert clue_of(engine, event).held_by == 1
    add(engine, read_with("r2", mention(rule="required.listed", row=KEY.policy_row), ad=event.ad, day=2))
    clue = clue_of(engine, event)
    assert (clue.held_by, clue.rule) == (None, "required.listed")
    assert actions(engine, event)[-1] == "clue_changed"


@pytest.mark.usefixtures("suspended")
def test_a_clue_that_comes_back_by_a_suspended_rule_waits(engine: Engine) -> None:
    ad = job_ad(901)
    accused = mention(rule="required.listed", row=KEY.policy_row)
    add(engine, read_with("r1", accused, ad=ad), read_with("r2", ad=ad, day=2))
    back = read_with("r3", mention(rule=KEY.rule, row=KEY.policy_row), ad=ad, day=3)
    add(engine, back)
    clue = clue_of(engine, back)
    assert (clue.withdrawn_at, clue.held_by) == (None, 1)


def test_labels_hold_ids_and_offsets_and_no_text(engine: Engine, decide: Decide) -> None:
    decide(1, 1)
    add(engine, found(950))
    with snapshot(engine) as session:
        told = list(labels(session))
        ids = set(session.scalars(select(Ad.id)))
    assert len(told) == 2
    assert {label["id"] for label in told} < ids
    assert {mark["verdict"] for label in told for mark in label["mentions"]} == {"confirmed", "false_alarm"}
    first = told[0]["mentions"][0]
    expected = mention()
    assert (first["start"], first["end"], first["kind"]) == (expected.start, expected.end, "delisted")
    assert not {"text", "title", "quote", "clause", "cue"} & {*told[0], *first}
