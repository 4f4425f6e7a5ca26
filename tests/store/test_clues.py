"""Re-readings of stored ads: what they change about clues, what they leave; repeating them is nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from events.types import CheckedAd
from store.database import snapshot, transaction
from store.models import Ad, Case, CaseEvent, Clue, StoredReading, UnknownCredential
from store.recording import record
from tests.factory import WEDNESDAY, job_ad, mention
from tests.recorded import add, change_case, fresh_store, read_with
from tests.store.test_recording import contents


def history(engine: Engine) -> list[tuple[str, str, datetime]]:
    """Action, reason and moment of every event but the first two of a case."""
    query = select(CaseEvent.action, CaseEvent.reason, CaseEvent.at).order_by(CaseEvent.at)
    with snapshot(engine) as session:
        return [(*row,) for row in session.execute(query) if row[0] not in {"opened", "clue_added"}]


def the_clue(engine: Engine) -> Clue:
    with snapshot(engine) as session:
        return session.scalars(select(Clue)).one()


ACCUSED = read_with("r1", mention(), day=1)
CLEARED = read_with("r2", day=2)
AGAIN = read_with("r3", mention(), day=3)


def test_a_reading_names_its_versions(engine: Engine) -> None:
    add(engine, ACCUSED)
    with snapshot(engine) as session:
        reading = session.scalars(select(StoredReading)).one()
    assert (reading.policy_version, the_clue(engine).policy_version) == ("policy r1", "policy r1")
    assert reading.rules_since == WEDNESDAY + timedelta(days=1)


def test_a_clue_that_newer_rules_do_not_find_is_withdrawn_with_an_event(engine: Engine) -> None:
    add(engine, ACCUSED)
    add(engine, CLEARED)
    clue = the_clue(engine)
    assert (clue.withdrawn_at, clue.withdrawn_rules) == (WEDNESDAY + timedelta(days=2), "r2")
    reason = "规则 r1 认定为线索，规则 r2 不再认定"
    assert history(engine) == [("clue_withdrawn", reason, WEDNESDAY + timedelta(days=2))]
    with snapshot(engine) as session:
        ad = session.scalars(select(Ad)).one()
    assert (ad.reading_id, ad.verdict) == (CLEARED.event_id, "none")


def test_a_clue_that_comes_back_is_reinstated(engine: Engine) -> None:
    for event in (ACCUSED, CLEARED, AGAIN):
        add(engine, event)
    clue = the_clue(engine)
    assert (clue.withdrawn_at, clue.withdrawn_rules, clue.rules_version) == (None, "", "r3")
    assert [row[:2] for row in history(engine)][1:] == [("clue_reinstated", "规则 r2 撤回，规则 r3 重新认定")]


def test_rules_that_come_back_are_newer_than_those_between(engine: Engine) -> None:
    anew = read_with("r1", mention(), day=3)
    assert anew.event_id == ACCUSED.event_id
    for event in (ACCUSED, CLEARED, anew):
        add(engine, event)
    assert the_clue(engine).withdrawn_at is None
    with snapshot(engine) as session:
        assert session.scalars(select(Ad.verdict)).one() == "violation"
    add(engine, ACCUSED, CLEARED)
    assert the_clue(engine).withdrawn_at is None
    assert [row[0] for row in history(engine)] == ["clue_withdrawn", "clue_reinstated"]


def test_other_grounds_change_the_clue_and_say_so(engine: Engine) -> None:
    add(engine, ACCUSED)
    add(
        engine,
        read_with("r2", mention(severity="red", basis=("P2",), measure="责令改正", row="delisted"), day=2),
    )
    clue = the_clue(engine)
    assert (clue.severity, clue.basis, clue.measure, clue.policy_row) == (
        "red",
        ["P2"],
        "责令改正",
        "delisted",
    )
    assert (clue.rules_version, clue.withdrawn_at) == ("r2", None)
    assert [row[:2] for row in history(engine)] == [
        ("clue_changed", "规则 r1 与规则 r2 认定不同：适用规定、级别、依据、处理措施")
    ]


def test_the_same_said_again_changes_nothing(engine: Engine) -> None:
    add(engine, ACCUSED)
    before = the_clue(engine)
    add(engine, read_with("r2", mention(), day=2))
    assert history(engine) == []
    assert the_clue(engine).rules_version == before.rules_version


@pytest.mark.parametrize("status", ["confirmed", "false_alarm"])
def test_a_decided_case_is_left_alone(engine: Engine, status: str) -> None:
    add(engine, ACCUSED)
    change_case(engine, ACCUSED, status=status)
    add(engine, CLEARED)
    assert the_clue(engine).withdrawn_at is None
    assert history(engine) == []


@pytest.mark.parametrize("verdict", ["confirmed", "false_alarm"])
@pytest.mark.parametrize("again", [CLEARED, read_with("r2", mention(severity="red"), day=2)])
def test_a_decided_clue_is_left_alone(engine: Engine, verdict: str, again: CheckedAd) -> None:
    add(engine, ACCUSED)
    with transaction(engine) as session:
        session.scalars(select(Clue)).one().human_verdict = verdict
    before = contents(engine)["clues"]
    add(engine, again)
    assert contents(engine)["clues"] == before
    assert history(engine) == []


def test_a_new_wording_without_the_demand_withdraws_nothing(engine: Engine) -> None:
    better = job_ad(text="工作细致", observed_at=WEDNESDAY + timedelta(days=5))
    add(engine, ACCUSED, read_with("r1", ad=better, day=1))
    assert the_clue(engine).withdrawn_at is None
    add(engine, read_with("r2", ad=better, day=6))
    assert the_clue(engine).withdrawn_at is None, "the wording it rests on was not read again"


def test_a_withdrawn_clue_stands_again_on_a_new_wording(engine: Engine) -> None:
    add(engine, ACCUSED, CLEARED)
    newer = job_ad(text="持会计从业资格证上岗", observed_at=WEDNESDAY + timedelta(days=5))
    add(engine, read_with("r2", mention(text="持会计从业资格证上岗"), ad=newer, day=2))
    clue = the_clue(engine)
    assert (clue.withdrawn_at, clue.version_id) == (None, newer.event_id)
    assert clue.clause == "持会计从业资格证上岗"
    assert [row[0] for row in history(engine)] == ["clue_withdrawn", "clue_reinstated"]


def test_a_clue_whose_wording_is_cleared_rests_on_the_next_that_is_not(engine: Engine) -> None:
    newer = job_ad(text="持会计从业资格证上岗", observed_at=WEDNESDAY + timedelta(days=5))
    said = mention(text="持会计从业资格证上岗")
    add(engine, ACCUSED, read_with("r1", said, ad=newer, day=1))
    add(engine, CLEARED)
    clue = the_clue(engine)
    assert (clue.withdrawn_at, clue.version_id) == (None, newer.event_id)


def test_a_name_that_is_known_by_now_leaves_the_curation_tray(engine: Engine) -> None:
    unknown = mention(qualification=None, kind="other", name="神秘师证", verdict="advisory")
    add(engine, read_with("r1", unknown), read_with("r1", unknown, ad=job_ad(2)))
    add(engine, read_with("r2", mention(verdict="advisory"), day=2))
    with snapshot(engine) as session:
        assert list(session.scalars(select(UnknownCredential.ad_id))) == [job_ad(2).ad_id]


READINGS = [
    read_with(rules, *said, ad=ad, day=day)
    for ad in (job_ad(1), job_ad(1, text="持会计从业资格证上岗", observed_at=WEDNESDAY + timedelta(hours=9)))
    for rules, day, said in (
        ("r1", 1, [mention()]),
        ("r2", 2, [mention(qualification="X", name="甲")]),
        ("r3", 3, [mention(severity="red"), mention(qualification="X", name="甲")]),
        ("r2", 4, [mention(qualification="X", name="甲")]),
    )
]


def written(folder: Any, batches: Sequence[Sequence[CheckedAd]]) -> dict[str, list[tuple[Any, ...]]]:
    with fresh_store(folder) as engine:
        for batch in batches:
            with transaction(engine) as session:
                record(session, batch)
        return contents(engine)


@settings(max_examples=5, deadline=None)
@given(size=st.integers(1, 8), again=st.integers(0, 7))
def test_batches_and_replays_of_re_readings_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, size: int, again: int
) -> None:
    one_by_one = written(tmp_path_factory.mktemp("db"), [[event] for event in READINGS])
    batches = [READINGS[start : start + size] for start in range(0, len(READINGS), size)]
    replay = [READINGS[again:], READINGS]
    assert written(tmp_path_factory.mktemp("db"), [*batches, *replay]) == one_by_one


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_reading_counts_whatever_the_order(engine: Engine, order: Sequence[int]) -> None:
    events = [ACCUSED, CLEARED, AGAIN]
    for number in order:
        add(engine, events[number])
    with snapshot(engine) as session:
        ad = session.scalars(select(Ad)).one()
        case = session.scalars(select(Case)).one()
    assert ad.reading_id == AGAIN.event_id
    assert the_clue(engine).withdrawn_at is None
    assert case.status == "suspected"
