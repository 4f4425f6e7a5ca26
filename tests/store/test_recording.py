from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from config.bureaus import nearest_bureau
from events.types import CheckedAd
from store.database import snapshot, transaction
from store.models import (
    Ad,
    AdVersion,
    Base,
    Case,
    CaseEvent,
    Clue,
    Employer,
    Finding,
    StoredReading,
    UnknownCredential,
)
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention
from tests.stores import NewStore

RECORDED: tuple[type[Base], ...] = (
    Employer, Ad, AdVersion, StoredReading, Finding, Clue, Case, CaseEvent, UnknownCredential,
)  # fmt: skip


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that recording writes."""
    with snapshot(engine) as session:
        return {
            model.__tablename__: sorted(
                (tuple(row) for row in session.execute(select(*model.__table__.columns))), key=repr
            )
            for model in RECORDED
        }


def record_in_batches(engine: Engine, events: Sequence[CheckedAd], size: int) -> None:
    for start in range(0, len(events), size):
        with transaction(engine) as session:
            record(session, events[start : start + size])


def test_a_violation_becomes_a_clue_in_a_numbered_case(engine: Engine) -> None:
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(), mention())])
    with snapshot(engine) as session:
        clue = session.scalars(select(Clue)).one()
        case = session.get_one(Case, clue.case_id)
        actions = set(session.scalars(select(CaseEvent.action)))
    assert (clue.quote, clue.rule, clue.basis, clue.edition) == (
        "会计从业资格证",
        "required.must",
        ["P1"],
        "2021",
    )
    assert clue.human_verdict is None
    assert (case.number, case.status, case.bureau) == ("QD-310000-2026-000001", "suspected", "310000")
    assert actions == {"opened", "clue_added"}


def test_ads_without_a_violation_are_kept_and_open_nothing(engine: Engine) -> None:
    advisory = mention(verdict="advisory", strength="preferred")
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(1)), checked_ad(job_ad(2), advisory)])
    rows = contents(engine)
    assert len(rows["ads"]) == len(rows["readings"]) == 2
    assert rows["clues"] == rows["cases"] == []


def test_one_case_holds_the_clues_of_one_employer_qualification_and_jurisdiction(engine: Engine) -> None:
    elsewhere = job_ad(3, division="330100", city="杭州")
    other = mention(qualification="S-hr", name="人力资源管理师")
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(1), mention()), checked_ad(job_ad(2), mention(), other)])
        record(session, [checked_ad(elsewhere, mention())])
    with snapshot(engine) as session:
        per_case = session.execute(
            select(Case.division, Case.qualification, func.count(Clue.id)).join(Clue).group_by(Case.id)
        )
        held = {(division, qualification): count for division, qualification, count in per_case}
    assert held == {("310000", "C-accounting"): 2, ("310000", "S-hr"): 1, ("330100", "C-accounting"): 1}


def test_width_and_spaces_do_not_make_two_employers_of_one(engine: Engine) -> None:
    ads = [job_ad(1, company="测试（上海）有限公司"), job_ad(2, company="测试(上海) 有限公司")]
    with transaction(engine) as session:
        record(session, [checked_ad(ad, mention()) for ad in ads])
    rows = contents(engine)
    assert len(rows["employers"]) == len(rows["cases"]) == 1


def test_ads_that_name_no_employer_are_not_thrown_together(engine: Engine) -> None:
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(n, company=""), mention()) for n in (1, 2)])
    with snapshot(engine) as session:
        cases = list(session.scalars(select(Case)))
    assert len(cases) == 2
    assert {case.employer_id for case in cases} == {None}


def test_an_unclear_place_lies_in_the_upper_tray(engine: Engine) -> None:
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(division=None), mention())])
    with snapshot(engine) as session:
        case = session.scalars(select(Case)).one()
    assert (case.division, case.bureau) == (None, nearest_bureau(None))


def test_an_unknown_credential_goes_to_the_curation_tray(engine: Engine) -> None:
    unknown = mention(qualification=None, kind="other", name="神秘师证", verdict="advisory")
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(n), unknown) for n in (1, 2)])
    with snapshot(engine) as session:
        assert [row.name for row in session.scalars(select(UnknownCredential))] == ["神秘师证"] * 2


def test_a_new_version_becomes_current_and_the_clue_keeps_its_first_evidence(engine: Engine) -> None:
    old = job_ad(1)
    new = job_ad(1, text="持会计从业资格证上岗", observed_at=WEDNESDAY + timedelta(days=1), division="330100")
    with transaction(engine) as session:
        record(session, [checked_ad(old, mention())])
    with transaction(engine) as session:
        record(session, [checked_ad(new, mention(text="持会计从业资格证上岗"))])
    with snapshot(engine) as session:
        ad = session.scalars(select(Ad)).one()
        clue = session.scalars(select(Clue)).one()
        assert session.scalar(select(func.count()).select_from(Case)) == 1
    assert (ad.version_id, ad.division, ad.first_seen) == (new.event_id, "330100", old.observed_at)
    assert clue.version_id == old.event_id


def test_what_a_person_decided_survives_a_re_reading(engine: Engine) -> None:
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(), mention())])
        session.scalars(select(Clue)).one().human_verdict = "false_alarm"
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(), mention(), rules_version="r2")])
    with snapshot(engine) as session:
        assert session.scalars(select(Clue)).one().human_verdict == "false_alarm"
        assert session.scalar(select(func.count()).select_from(StoredReading)) == 2


EVENTS = [
    checked_ad(
        job_ad(
            n % 7,
            text=f"须持有会计从业资格证{n % 3}",
            observed_at=WEDNESDAY + timedelta(hours=n),
            company=("", "甲公司", "乙公司")[n % 3],
            division=(None, "310000", "330100", "330106")[n % 4],
        ),
        *[mention(qualification=f"Q{k}") for k in range(n % 3)],
        findings=tuple(finding(rule=f"training.{k}") for k in range(n % 4)),
    )
    for n in range(40)
]


@settings(max_examples=6, deadline=None)
@given(size=st.integers(1, 40), again=st.integers(0, 39))
def test_batches_and_replays_do_not_matter(new_store: NewStore, size: int, again: int) -> None:
    with new_store() as golden, new_store() as other:
        record_in_batches(golden, EVENTS, len(EVENTS))
        record_in_batches(other, EVENTS, size)
        record_in_batches(other, EVENTS[again:], size)
        assert _without_numbers(contents(other)) == _without_numbers(contents(golden))


def _without_numbers(rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    # Numbers follow the order in which cases are opened, which batches decide; they are checked below.
    place = [column.name for column in Case.__table__.columns].index("number")
    cases = [row[:place] + row[place + 1 :] for row in rows["cases"]]
    return rows | {"cases": sorted(cases, key=repr)}


def test_replaying_gives_no_case_a_new_number_and_none_twice(engine: Engine) -> None:
    record_in_batches(engine, EVENTS, 5)
    before = contents(engine)
    record_in_batches(engine, EVENTS, 3)
    assert contents(engine) == before
    numbers = [row[1] for row in before["cases"]]
    assert len(set(numbers)) == len(numbers) > 5
