from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, update

from config.settings import CHINA
from config.weeks import Week
from events.ids import stable_id
from events.types import CheckedAd
from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, reject, remember, start_run
from store.jurisdiction import bureaus_within
from store.models import Clue, Delivery
from store.weekly import gather, latest_week
from store.weekly_rows import PeriodRows, Scope
from tests.reports.week_factory import (
    MIDWEEK,
    WEEK,
    baited,
    checked,
    harmless,
    job_ad,
    mention,
    run,
    store,
    suspicious,
)
from tests.stores import NewStore


def rows(engine: Engine, root: str = "000000", week: Week = WEEK) -> PeriodRows:
    with snapshot(engine) as session:
        return gather(session, Scope(week, root))


def test_a_store_without_ads_has_no_latest_week(engine: Engine) -> None:
    with snapshot(engine) as session:
        assert latest_week(session) is None
    assert rows(engine).as_of is None


def test_the_latest_week_is_that_of_the_newest_observation(engine: Engine) -> None:
    store(engine, [harmless(1), harmless(2, observed_at=MIDWEEK + timedelta(days=7))])
    with snapshot(engine) as session:
        assert latest_week(session) == Week(2026, 48)


def test_the_borders_of_the_week_are_midnights_in_china(engine: Engine) -> None:
    inside = [WEEK.start, WEEK.end - timedelta(microseconds=1)]
    outside = [WEEK.start - timedelta(microseconds=1), WEEK.end]
    store(engine, [suspicious(place, observed_at=at) for place, at in enumerate([*inside, *outside])])
    found = rows(engine)
    assert (found.trend[-1].ads, found.trend[-1].clues, len(found.clues)) == (2, 2, 2)
    assert found.trend[-2].ads == 1
    assert found.as_of == inside[-1]


def test_an_unchanged_ad_counts_once_and_a_changed_one_in_both_weeks(engine: Engine) -> None:
    first = job_ad(1, observed_at=MIDWEEK - timedelta(days=7))
    second = job_ad(1, text="改过了，任职要求：须持健身教练证上岗，有经验者优先。")
    store(
        engine, [checked(first, mention(first, "健身教练证")), checked(second, mention(second, "健身教练证"))]
    )
    found = rows(engine)
    assert [point.ads for point in found.trend] == [0, 0, 1, 1]
    # The clue is that of the week before; seeing it again makes no second one.
    assert [point.clues for point in found.trend] == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("root", "ads"),
    [
        ("000000", {"330106": 1, "330203": 1, "440305": 1, "419001": 1, None: 1}),
        ("330000", {"330106": 1, "330203": 1}),
        ("330100", {"330106": 1}),
        ("330106", {"330106": 1}),
        ("410000", {"419001": 1}),
        ("120000", {}),
    ],
)
def test_a_bureau_sees_its_own_subtree_and_nothing_else(
    engine: Engine, root: str, ads: dict[str | None, int]
) -> None:
    places = ["330106", "330203", "440305", "419001", None]
    store(engine, [suspicious(number, division=place) for number, place in enumerate(places)])
    found = rows(engine, root)
    assert {count.division: count.ads for count in found.ads} == ads
    assert {clue.division for clue in found.clues} == set(ads)
    assert found.trend[-1].clues == found.trend[-1].clue_ads == len(ads)
    assert len(found.cases) == (len(ads) if root in bureaus_within("000000") else 0)
    assert sum(found.verdicts.values()) == sum(used.ads for used in found.rules) == len(ads)


def test_a_clue_that_a_person_ruled_out_is_only_in_its_own_count(engine: Engine) -> None:
    store(engine, [suspicious(1), suspicious(2, company="另一家有限公司")])
    with transaction(engine) as session:
        session.execute(update(Clue).where(Clue.quote == "健身教练证").values(human_verdict="confirmed"))
        first = session.query(Clue).order_by(Clue.id).first()
        assert first is not None
        first.human_verdict = "false_alarm"
    found = rows(engine)
    assert (found.excluded, len(found.clues), found.trend[-1].clues, found.trend[-1].clue_ads) == (1, 1, 1, 1)
    assert found.clues[0].confirmed
    assert sum(count.clue_ads for count in found.ads) == 1
    assert found.previous_qualifications == {}


def test_the_quote_stands_in_its_clause(engine: Engine) -> None:
    store(engine, [suspicious(1)])
    (clue,) = rows(engine).clues
    assert clue.clause[clue.quote_start : clue.quote_start + len(clue.quote)] == clue.quote == "健身教练证"
    assert clue.employer == "示例健身有限公司"
    assert clue.case_number.startswith("QD-330100-2026-")


def test_what_the_door_let_in_and_nobody_read_is_waiting_for_the_nation_only(engine: Engine) -> None:
    with transaction(engine) as session:
        remember(session, [job_ad(1), job_ad(2)])
    store(engine, [suspicious(1)])
    assert rows(engine).waiting == 1
    assert rows(engine, "330000").waiting is None


def test_unknown_names_are_new_only_once(engine: Engine) -> None:
    def naming(number: int, name: str, days: int, division: str = "330106") -> None:
        ad = job_ad(
            number,
            text=f"任职要求：有{name}优先。",
            observed_at=MIDWEEK - timedelta(days=days),
            division=division,
        )
        store(engine, [checked(ad, mention(ad, name, qualification=None, kind="other", verdict="advisory"))])

    naming(1, "收纳师证", 7)
    naming(2, "收纳师证", 0)
    naming(3, "幸福官证", 0)
    naming(4, "幸福官证", 0, "440305")
    assert [(each.name, each.ads, each.new) for each in rows(engine).unknown] == [
        ("幸福官证", 2, True),
        ("收纳师证", 1, False),
    ]
    assert [(each.name, each.ads) for each in rows(engine, "440000").unknown] == [("幸福官证", 1)]


def test_a_repeated_crawl_counts_once_and_as_it_ended(engine: Engine) -> None:
    run(engine, "board-a", rejected=3)
    run(engine, "board-a", complete=False, rejected=2, at=MIDWEEK + timedelta(hours=1))
    run(engine, "board-b", at=MIDWEEK - timedelta(days=7))
    found = [(each.source, each.status, each.rejected) for each in rows(engine).runs]
    assert found == [("board-a", "incomplete", 2)]


def test_what_was_refused_of_files_counts_together_and_a_line_once(engine: Engine) -> None:
    for hour, lines in enumerate(((1, 2), (2, 3), ())):
        at = MIDWEEK + timedelta(hours=hour)
        with transaction(engine) as session:
            run_id = start_run(session, kind="file", source="drop", now=at)
            reject(session, run_id, [Refusal(f"ads.csv:{line}", "no text") for line in lines])
            finish_run(session, run_id, Outcome("complete", {}), now=at)
    assert [(each.source, each.status, each.rejected) for each in rows(engine).runs] == [
        ("drop", "complete", 3)
    ]


def _delivery(bureau: str, status: str) -> Delivery:
    return Delivery(
        id=stable_id(bureau),
        bureau=bureau,
        kind="new_cases",
        period="2026-W47",
        content_id=stable_id(bureau),
        status=status,
        attempts=1,
        created_at=MIDWEEK,
    )


def test_alerts_are_counted_for_the_bureaus_of_the_subtree(engine: Engine) -> None:
    with transaction(engine) as session:
        for bureau, status in (("330100", "sent"), ("440300", "sent"), ("440000", "pending")):
            session.add(_delivery(bureau, status))
    assert rows(engine).deliveries == {"pending": 1, "sent": 2}
    assert rows(engine, "330000").deliveries == {"sent": 1}
    assert rows(engine, week=WEEK.before(1)).deliveries == {}


def test_the_year_end_belongs_to_one_week(engine: Engine) -> None:
    store(engine, [suspicious(1, observed_at=datetime(2027, 1, 3, 23, 0, tzinfo=CHINA))])
    assert rows(engine, week=Week(2026, 53)).trend[-1].ads == 1
    assert rows(engine, week=Week(2027, 1)).trend[-1].ads == 0
    assert rows(engine, week=Week(2027, 1)).trend[-2].period == Week(2026, 53)


def test_hints_belong_to_the_week_and_the_area_in_which_they_were_first_seen(engine: Engine) -> None:
    store(
        engine,
        [
            baited(1, "学费分期", "包就业"),
            baited(2, "挂靠", pack="leasing", division="440305"),
            baited(3, "学费分期", observed_at=MIDWEEK - timedelta(days=7)),
            baited(4, "学费分期", division=None),
            harmless(5),
        ],
    )
    nation, hangzhou = rows(engine), rows(engine, "330100")
    assert sorted((hint.pack, hint.quotes, hint.division) for hint in nation.hints if hint.division) == [
        ("leasing", ("挂靠",), "440305"), ("training", ("学费分期", "包就业"), "330106"),
    ]  # fmt: skip
    assert [hint.quotes for hint in nation.hints if hint.division is None] == [("学费分期",)]
    assert [hint.ad_id for hint in hangzhou.hints] == [baited(1).ad.ad_id]
    assert nation.previous_hints == hangzhou.previous_hints == {"training": 1}
    assert nation.clues == ()


def test_a_hint_that_a_re_reading_no_longer_shows_counts_nowhere(engine: Engine) -> None:
    store(engine, [baited(1, "学费分期")])
    newer = baited(1, "学费分期").reading.model_copy(
        update={"findings": (), "rules_version": "b" * 64, "rules_since": MIDWEEK}
    )
    store(engine, [CheckedAd.of(baited(1).ad, newer)])
    assert rows(engine).hints == ()


def test_what_an_ad_showed_before_it_moved_stays_where_it_was_seen(engine: Engine) -> None:
    earlier = MIDWEEK - timedelta(days=7)
    store(engine, [baited(1, "学费分期", observed_at=earlier)])
    store(engine, [baited(1, "学费分期", text="搬到了深圳。", division="440305"), harmless(2)])
    before, after = rows(engine, "330100", week=WEEK.before(1)), rows(engine, "440000")
    assert [hint.division for hint in before.hints] == ["330106"]
    assert (after.hints, after.previous_hints, after.as_of) == ((), {}, MIDWEEK)


def test_a_place_without_ads_of_the_week_is_as_of_its_last_one_before(engine: Engine) -> None:
    earlier = MIDWEEK - timedelta(days=70)
    later = WEEK.end + timedelta(days=1)
    store(engine, [harmless(1, observed_at=earlier), harmless(2, division="440305")])
    store(engine, [harmless(3, observed_at=later)])
    assert rows(engine, "330000").as_of == earlier
    assert rows(engine).as_of == MIDWEEK


def test_a_bureau_is_not_made_to_read_the_nation(new_sqlite: NewStore) -> None:
    """SQLite would rather go through all versions of the week, and all findings, for each bureau anew."""
    asked: list[tuple[str, Any]] = []
    with new_sqlite() as engine:
        store(engine, [baited(1, "学费分期"), suspicious(2)])
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        rows(engine, "330100")
        queries = [each for each in asked if each[0].startswith("SELECT")]
        with engine.connect() as connection:
            plans = [
                [step.detail for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given)]
                for query, given in queries
            ]
    assert plans
    assert not [plan for plan in plans if any(step.startswith("SCAN findings") for step in plan)]
    # In a list within a query they may be gone through: those of the week that are of the place.
    of_the_week = "SEARCH ad_versions USING INDEX ix_ad_versions_observed_at"
    assert not [plan for plan in plans if plan[0].startswith(of_the_week)]
