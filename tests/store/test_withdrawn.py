"""A clue that a re-reading has withdrawn counts nowhere; a case that has no other is shown as withdrawn."""

from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from config.weeks import Week
from store import release
from store.announcements import Announcement
from store.case_file import CaseLine, list_cases, open_case_file
from store.data_releases import Versions, in_use, take_into_use
from store.database import snapshot, transaction
from store.models import Delivery
from store.news import news_of
from store.overview import overview
from store.planning import anything_new, plan
from store.weekly import gather
from store.weekly_rows import PeriodRows, Scope
from tests.factory import WEDNESDAY, job_ad, mention
from tests.recorded import add, read_with

WEEK = Week(2026, 47)


@pytest.fixture
def withdrawn(engine: Engine) -> Engine:
    """Two cases: one kept its graver clue of two, the other has lost its only one."""
    kept, lost, alone = (
        job_ad(number, company=company) for number, company in ((1, "甲公司"), (2, "甲公司"), (3, "乙公司"))
    )
    add(
        engine,
        read_with("r1", mention(severity="orange"), ad=kept),
        read_with("r1", mention(severity="red"), ad=lost),
        read_with("r1", mention(severity="red"), ad=alone),
    )
    add(engine, read_with("r2", ad=lost, day=2), read_with("r2", ad=alone, day=2))
    return engine


def week(engine: Engine) -> PeriodRows:
    with snapshot(engine) as session:
        return gather(session, Scope(WEEK, "000000"))


def lines(engine: Engine) -> dict[str, CaseLine]:
    with snapshot(engine) as session:
        return {line.employer: line for line in list_cases(session)}


def test_the_weekly_report_does_not_count_it(withdrawn: Engine) -> None:
    found = week(withdrawn)
    assert (found.trend[-1].ads, found.trend[-1].clues, found.trend[-1].clue_ads) == (3, 1, 1)
    assert [clue.employer for clue in found.clues] == ["甲公司"]
    assert sum(row.clue_ads for row in found.ads) == 1
    assert found.verdicts == {"none": 2, "violation": 1}
    assert sorted(case.status for case in found.cases) == ["suspected", "withdrawn"]


def test_a_re_reading_is_no_new_ad_and_its_rules_are_those_of_the_newest_reading(withdrawn: Engine) -> None:
    found = week(withdrawn)
    assert sum(row.ads for row in found.ads) == 3
    assert found.waiting == 0
    assert {row.rules_version: row.ads for row in found.rules} == {"r1": 1, "r2": 2}


def test_the_dataset_does_not_hold_it(withdrawn: Engine) -> None:
    with snapshot(withdrawn) as session:
        assert [row.employer_name for row in release.clues(session)] == ["甲公司"]
        assert sorted(row.verdict for row in release.ads(session)) == ["none", "none", "violation"]


def test_the_overview_does_not_count_it(withdrawn: Engine) -> None:
    with snapshot(withdrawn) as session:
        found = overview(session)
    assert (found.ads, found.clues, found.cases) == (3, 1, 1)
    assert found.severities == {"orange": 1}
    assert found.qualifications == [("会计从业资格", 1)]


def test_the_list_of_cases_shows_what_stands(withdrawn: Engine) -> None:
    found = lines(withdrawn)
    assert (found["甲公司"].status, found["甲公司"].clues, found["甲公司"].severity) == (
        "suspected",
        1,
        "orange",
    )
    assert (found["乙公司"].status, found["乙公司"].clues, found["乙公司"].severity) == ("withdrawn", 0, "")


def test_a_case_file_keeps_it_in_sight(withdrawn: Engine) -> None:
    number = lines(withdrawn)["乙公司"].number
    with snapshot(withdrawn) as session:
        case = open_case_file(session, number)
    assert case is not None
    assert [clue.withdrawn_at is not None for clue in case.clues] == [True]
    assert [deed.action for deed in case.history] == ["opened", "clue_added", "clue_withdrawn"]


def test_no_bureau_is_told_of_it(withdrawn: Engine, now: datetime) -> None:
    with transaction(withdrawn) as session:
        (delivery,) = plan(session, now)
        told = news_of(session, delivery.id)
    assert isinstance(told, Announcement)
    assert (told.total, told.ads, told.urgent) == (1, 1, 0)
    assert [(case.employer, case.severity, len(case.evidence)) for case in told.cases] == [
        ("甲公司", "orange", 1)
    ]
    with snapshot(withdrawn) as session:
        assert not anything_new(session, now)


def test_a_planned_alert_leaves_out_what_was_withdrawn_meanwhile(engine: Engine, now: datetime) -> None:
    add(engine, read_with("r1", mention()))
    with transaction(engine) as session:
        plan(session, now)
    add(engine, read_with("r2", day=2))
    with snapshot(engine) as session:
        delivery = session.scalars(select(Delivery)).one()
        assert news_of(session, delivery.id).total == 0


def test_a_case_that_comes_back_is_suspected_again_and_announced(withdrawn: Engine, now: datetime) -> None:
    add(withdrawn, read_with("r3", mention(), ad=job_ad(3, company="乙公司"), day=3))
    assert lines(withdrawn)["乙公司"].status == "suspected"
    with transaction(withdrawn) as session:
        (delivery,) = plan(session, now)
        assert news_of(session, delivery.id).total == 2


def test_the_release_that_is_in_use_outlives_a_clock_that_goes_back(engine: Engine) -> None:
    earlier = datetime(2020, 1, 1, tzinfo=WEDNESDAY.tzinfo)
    for version, moment in (("a", WEDNESDAY), ("b", earlier), ("a", earlier)):
        with transaction(engine) as session:
            take_into_use(session, Versions(rules=version), stage="check", now=moment)
        with snapshot(engine) as session:
            current = in_use(session)
            assert current is not None
            assert current.rules_version == version
