"""The model of the weekly report, built from a real store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from config.months import Month
from config.packs import in_use
from config.policy import CANCELLED, shipped
from config.weeks import Week
from events.types import PUBLIC_REPORTS
from reports.weekly.build import Setting, build
from reports.weekly.figures import MINIMUM_ADS, change, rate
from reports.weekly.html import render
from reports.weekly.key_points import NOTHING_COLLECTED
from reports.weekly.model import Edition, Report, Reported
from reports.weekly.pictures import MAP, PROVINCES, map_classes, map_step, pictures
from reports.weekly.regions import OutsideScopeError, city_of
from store.database import snapshot, transaction
from store.feedback import Decision, RuleKey, change_rule
from store.intake import Outcome, finish_run, start_run
from store.public_reports import Matter, Received, note_report
from store.weekly import gather
from store.weekly_rows import PeriodRows, Scope
from tests.recorded import fresh_store
from tests.reports.week_factory import (
    MIDWEEK,
    WEEK,
    baited,
    checked,
    harmless,
    job_ad,
    mention,
    realistic,
    run,
    store,
    suspicious,
)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with four realistic weeks, shared by the tests that only read."""
    with fresh_store(tmp_path_factory.mktemp("week")) as engine:
        realistic(engine)
        yield engine


def rows_of(engine: Engine, root: str = "000000", week: Week = WEEK) -> PeriodRows:
    with snapshot(engine) as session:
        return gather(session, Scope(week, root))


def report_of(engine: Engine, root: str = "000000", edition: Edition = "internal") -> Report:
    setting = Setting(bureau="某局", edition=edition, bases=shipped().bases, packs=in_use())
    return build(rows_of(engine, root), setting)


@pytest.mark.parametrize("root", ["000000", "330000", "330100", "110000"])
def test_the_counts_of_every_section_add_up(week: Engine, root: str) -> None:
    report = report_of(week, root)
    now = report.trend[-1]
    assert now.clues > 0
    for lines in (report.regions, report.boards):
        assert sum(line.ads for line in lines) == now.ads == report.coverage.read
        assert sum(line.clues for line in lines) == now.clues
        assert sum(line.clue_ads for line in lines) == now.clue_ads
    assert sum(line.clues for line in report.qualifications) == now.clues
    assert sum(count.count for count in report.coverage.verdicts) == now.ads
    assert sum(count.count for count in report.progress.ages) == report.progress.open_cases
    assert sum(line.ads for line in report.cases) >= now.clue_ads


def test_the_provinces_and_the_unclear_ads_make_the_nation(week: Engine) -> None:
    nation = report_of(week)
    assert nation.region_level == "省份"
    parts = [report_of(week, line.code).trend[-1] for line in nation.regions if line.code]
    assert sum(part.ads for part in parts) + nation.coverage.unclear == nation.trend[-1].ads


def test_a_case_carries_the_words_that_were_published(engine: Engine) -> None:
    store(engine, [suspicious(1), suspicious(2)])
    report = report_of(engine, "330100")
    (case,) = report.cases
    assert (case.employer, case.place, case.ads) == ("示例健身有限公司", "浙江 杭州市 西湖区", 2)
    assert (case.qualification, case.kind_label, case.severity) == ("健身教练证", "无依据上岗证", "orange")
    (quote,) = case.quotes
    assert (quote.before, quote.credential, quote.after) == ("须持", "健身教练证", "上岗")
    assert sorted(ad.url for ad in case.links) == [
        "https://jobs.example/board-a/1",
        "https://jobs.example/board-a/2",
    ]
    assert report.legal[0].citation.startswith("人力资源社会保障部关于公布国家职业资格目录的通知")


def test_a_case_names_those_for_whom_somebody_else_posts(engine: Engine) -> None:
    for_whom = ("青禾纺织有限公司", "", "甲厂", "青禾纺织有限公司")
    store(engine, [suspicious(number, acting_for=name) for number, name in enumerate(for_whom)])
    (line,) = report_of(engine).cases
    assert line.employer == "示例健身有限公司"
    assert sorted(line.acting_for) == ["甲厂", "青禾纺织有限公司"]


def test_what_the_public_reports_is_counted_by_itself(engine: Engine) -> None:
    store(engine, [suspicious(1), harmless(2)])
    alone = report_of(engine)
    reported = {"source": PUBLIC_REPORTS, "source_kind": "report", "url": ""}
    store(engine, [suspicious(3, **reported), harmless(4, **reported)])
    with transaction(engine) as session:
        finish_run(
            session,
            start_run(session, kind="report", source=PUBLIC_REPORTS, now=MIDWEEK),
            Outcome("incomplete", {}),
            now=MIDWEEK,
        )
        note_report(
            session,
            Matter(id="m", kind="page", url="https://a.example/"),
            Received(receipt="JB-1", at=MIDWEEK, channel="web"),
        )
    report = report_of(engine)
    assert report.coverage.reported == Reported(received=1, ads=2, clues=1)
    assert report_of(engine, "330000").coverage.reported == Reported(received=None, ads=2, clues=1)
    parts = ("trend", "regions", "boards", "qualifications", "figures", "key_points")
    assert {name: getattr(report, name) for name in parts} == {name: getattr(alone, name) for name in parts}
    assert (report.coverage.read, report.coverage.incomplete, report.coverage.rejected) == (2, (), 0)
    (case,) = report.cases
    assert case.ads == 2
    assert {link.source for link in case.links} == {"board-a", "群众举报"}
    foreign = rows_of(engine)
    with pytest.raises(OutsideScopeError, match="330106"):
        build(replace(foreign, scope=Scope(WEEK, "440000"), ads=(), clues=()), Setting(bureau="某局"))


def test_a_basis_that_the_policy_does_not_know_is_named(engine: Engine) -> None:
    store(engine, [suspicious(1)])
    report = build(rows_of(engine), Setting(bureau="某局"))
    assert [(text.id, text.quote) for text in report.legal] == [("catalogue-notice-2017", "")]


def test_the_public_edition_names_no_employer(week: Engine) -> None:
    public = report_of(week, edition="public")
    assert public.cases == ()
    assert public.unknown == ()
    assert "有限公司" not in str(public)
    assert public.trend == report_of(week).trend


def test_a_row_of_another_area_stops_the_report(engine: Engine) -> None:
    store(engine, [suspicious(1, division="440305")])
    foreign = rows_of(engine)
    with pytest.raises(OutsideScopeError, match="440305"):
        build(replace(foreign, scope=Scope(WEEK, "330000")), Setting(bureau="某局"))
    store(engine, [suspicious(2, division=None)])
    with pytest.raises(OutsideScopeError):
        build(replace(rows_of(engine), scope=Scope(WEEK, "440000")), Setting(bureau="某局"))


def test_a_week_without_ads_says_so_and_compares_nothing(engine: Engine) -> None:
    store(engine, [suspicious(1, observed_at=MIDWEEK - timedelta(days=7))])
    report = report_of(engine)
    assert report.empty
    assert report.key_points[0] == NOTHING_COLLECTED
    assert "判读广告" not in [figure.label for figure in report.figures]
    assert not pictures(report)


@pytest.mark.parametrize(("clues", "told"), [(1, False), (20, True)])
def test_a_share_is_told_of_many_clues_only(engine: Engine, clues: int, *, told: bool) -> None:
    store(engine, [suspicious(number) for number in range(clues)])
    assert report_of(engine).key_points[1].startswith("涉及证书 1 种：“")
    ad = job_ad(99)
    store(engine, [checked(ad, mention(ad, "健身教练证", qualification="another"))])
    assert ("占 " in report_of(engine).key_points[1]) == told


def test_what_is_overdue_is_never_told_of_a_day_after_the_week(engine: Engine) -> None:
    assert f"截至 {WEEK.last}" in [figure.change for figure in report_of(engine).figures]


def test_a_week_after_one_without_ads_is_not_compared(engine: Engine) -> None:
    store(engine, [suspicious(1)])
    assert "上期未采集，不作比较" in report_of(engine).key_points[0]


def test_small_samples_have_neither_rate_nor_rank(engine: Engine) -> None:
    store(engine, [harmless(number, division="440305") for number in range(MINIMUM_ADS)])
    store(engine, [suspicious(number, division="330106") for number in range(100, 100 + MINIMUM_ADS - 1)])
    enough, few = report_of(engine).regions
    assert (enough.name, enough.rank) == ("广东省", 1)
    assert enough.rate is not None
    assert (few.name, few.rank, few.rate) == ("浙江省", None, None)


def test_equal_rates_share_a_place_and_one_region_alone_has_no_order(engine: Engine) -> None:
    store(engine, [harmless(number, division="440305") for number in range(MINIMUM_ADS)])
    assert "只有广东省广告达到 30 条" in report_of(engine).key_points[2]
    store(engine, [harmless(number, division="330106") for number in range(100, 100 + MINIMUM_ADS)])
    store(engine, [suspicious(number, division="110105") for number in range(200, 200 + MINIMUM_ADS)])
    assert [line.rank for line in report_of(engine).regions] == [1, 2, 2]


def test_the_circular_ranks_the_cities_that_have_ads_enough(week: Engine) -> None:
    with snapshot(week) as session:
        rows = gather(session, Scope(Month(2026, 11), "000000"))
    cities = build(rows, Setting(bureau="某局")).cities
    rates = [line.rate.per_10000 for line in cities if line.rate]
    assert len(rates) == len(cities) > 2
    assert rates == sorted(rates, reverse=True)
    assert {"杭州市", "北京市"} <= {line.name for line in cities}
    assert report_of(week).cities == ()


@pytest.mark.parametrize(
    ("code", "city"),
    [
        ("330106", "330100"),
        ("330100", "330100"),
        ("110105", "110000"),
        ("330000", ""),
        ("419001", ""),
        (None, ""),
    ],
)
def test_a_place_belongs_to_its_city_or_its_municipality(code: str | None, city: str) -> None:
    assert city_of(code) == city


def test_five_lines_say_what_matters(week: Engine) -> None:
    report = report_of(week)
    assert len(report.key_points) == 5
    assert not any("违法" in point for point in report.key_points)
    assert "采集不完整" in report.key_points[-1]


def test_an_incomplete_board_is_named(engine: Engine) -> None:
    store(engine, [suspicious(1)])
    run(engine, "board-a", complete=False, rejected=2)
    run(engine, "board-z")
    nation, city = report_of(engine), report_of(engine, "330100")
    assert nation.coverage.incomplete == city.coverage.incomplete == ("board-a",)
    assert (nation.coverage.rejected, city.coverage.rejected) == (2, None)
    assert [board.source for board in nation.boards] == ["board-a", "board-z"]
    assert [board.source for board in city.boards] == ["board-a"]


def test_a_change_of_rules_is_told(engine: Engine) -> None:
    store(engine, [suspicious(1, observed_at=MIDWEEK - timedelta(days=7)), suspicious(2)])
    assert report_of(engine).coverage.method_change == "目录版本和规则与上期相同。"
    rows = rows_of(engine)
    other = tuple(replace(used, rules_version="b" * 64) for used in rows.rules)
    assert "口径变化" in build(replace(rows, rules=other), Setting(bureau="某局")).coverage.method_change


def test_the_precision_is_never_invented(week: Engine) -> None:
    assert report_of(week).coverage.precision.startswith("近四期没有经人工判定的案件")


def test_the_map_has_every_province_once() -> None:
    shown = [label for row in MAP for label in row if label != "."]
    assert sorted(shown) == sorted(PROVINCES)
    assert len(set(PROVINCES.values())) == 34


def test_the_classes_of_the_map_reach_the_highest_rate(week: Engine) -> None:
    report = report_of(week)
    highest = max(line.rate.per_10000 for line in report.regions if line.rate)
    assert 4 * map_step(report.regions) >= highest
    assert len(map_classes(report.regions)) == 5


def test_without_any_rate_there_is_no_map_and_one_week_is_no_trend(engine: Engine) -> None:
    store(engine, [suspicious(1), suspicious(2)])
    assert not {"regions", "trend"} & set(pictures(report_of(engine)))


def test_every_chart_says_in_words_what_it_shows(week: Engine) -> None:
    charts = pictures(report_of(week))
    assert set(charts) == {"trend", "qualifications", "regions", "boards", "ages"}
    for chart in charts.values():
        assert chart.description in chart.svg


@given(st.integers(min_value=MINIMUM_ADS, max_value=100_000), st.data())
def test_a_rate_lies_inside_its_interval(ads: int, data: st.DataObject) -> None:
    found = rate(data.draw(st.integers(min_value=0, max_value=ads)), ads)
    assert found is not None
    assert 0 <= found.low <= found.per_10000 + 1e-6
    assert found.per_10000 - 1e-6 <= found.high <= 10_000


def test_the_interval_is_wilsons() -> None:
    found = rate(10, 100)
    assert found is not None
    assert (round(found.low), round(found.high)) == (552, 1744)


def test_more_hits_than_ads_are_refused() -> None:
    with pytest.raises(ValueError, match="31 ads with a clue among 30"):
        rate(31, 30)


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (5, 5, "与上期持平"),
        (7, 5, "较上期增加 2 条"),
        (30, 20, "较上期增加 10 条（50.0%）"),
        (0, 40, "较上期减少 40 条（100.0%）"),
        (2305, 55, "较上期增加 2,250 条（为上期的 42 倍）"),
    ],
)
def test_changes_in_words(now: int, before: int, words: str) -> None:
    assert change(now, before, "条", comparable=True) == words


def test_hints_are_listed_by_employer_and_counted_apart_from_clues(engine: Engine) -> None:
    school = "示例培训有限公司"
    store(
        engine,
        [
            *(baited(number, "学费分期", "包就业", company=school) for number in range(5)),
            baited(5, "学费分期", company=school, division="440305"),
            *(baited(number, "挂靠", pack="leasing", company="") for number in (6, 7)),
            baited(8, "学费分期", company=school, observed_at=MIDWEEK - timedelta(days=7)),
        ],
    )
    report = report_of(engine)
    assert [(line.name, line.ads, line.employers, line.previous) for line in report.packs] == [
        ("疑似证书挂靠", 2, 0, 0),
        ("疑似培训招生（招转培）", 6, 1, 1),
    ]
    first, *others = report.hints
    assert (first.employer, first.place, first.ads) == (school, "浙江 杭州市 西湖区", 5)
    assert (first.quotes, len(first.links), first.more_ads) == (("学费分期", "包就业"), 3, 2)
    assert [(line.employer, line.ads) for line in others] == [(school, 1), ("", 1), ("", 1)]
    assert (report.trend[-1].clues, report.cases, report.qualifications) == (0, (), ())
    assert [text.id for text in report.legal] == ["P2"]


def test_a_hint_of_another_area_stops_the_report(engine: Engine) -> None:
    store(engine, [baited(1, "学费分期")])
    foreign = replace(rows_of(engine).hints[0], division="440305")
    with pytest.raises(OutsideScopeError, match="440305"):
        build(replace(rows_of(engine, "330000"), hints=(foreign,)), Setting(bureau="某局"))


def test_a_cancelled_paper_is_cited_with_the_document_that_ended_it(engine: Engine) -> None:
    ad = job_ad(1)
    told = {"basis": (CANCELLED,), "ended_by": "国发〔2016〕35号"}
    store(engine, [checked(ad, mention(ad, "健身教练证", **told))])
    assert [(text.id, text.citation) for text in report_of(engine).legal] == [(CANCELLED, "国发〔2016〕35号")]


def test_what_a_suspended_rule_finds_is_told_as_a_method_and_counted_nowhere(engine: Engine) -> None:
    store(engine, [suspicious(1)])
    decision = Decision(action="suspended", at=MIDWEEK, by="孙主任", why="经抽查")
    with transaction(engine) as session:
        change_rule(session, RuleKey("rule-required", "", ""), decision)
    before = rows_of(engine)
    store(engine, [suspicious(2, company="第二示例健身有限公司")])
    rows = rows_of(engine)
    assert rows.verdicts == {"violation": 1, "for_review": 1}
    assert (rows.clues, rows.cases, rows.previous_hints) == (before.clues, before.cases, {})
    assert (rows.trend[-1].clues, rows.trend[-1].clue_ads, rows.postings.with_clue) == (1, 1, 1)
    report = report_of(engine, edition="public")
    assert report.coverage.for_review == 1
    assert [(each.rule, each.cases) for each in report.coverage.suspended] == [("rule-required//", 0)]
    assert report.progress.opened == 1
    html = render(report).decode()
    assert "停用的规则" in html
    assert "本期另有 1 条线索由停用的规则得出" in html
