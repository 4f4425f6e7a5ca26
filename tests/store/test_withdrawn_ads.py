"""Ads that their publisher takes back, on SQLite and on PostgreSQL."""

from datetime import timedelta

from sqlalchemy import Engine

from config.weeks import Week
from reports.weekly.employers import case_lines
from store.announcements import announcement
from store.case_file import open_case_file
from store.database import snapshot, transaction
from store.intake import remember
from store.models import Bureau
from store.planning import plan
from store.targets import Entry, RunMark, Visit, note_listed, note_visits
from store.weekly import gather
from store.weekly_rows import Scope
from store.withdrawn_ads import bring_back, gone_ads, withdraw
from tests.factory import WEDNESDAY, job_ad
from tests.recorded import add, violation

LATER = WEDNESDAY + timedelta(days=1)


def let_in(engine: Engine, *numbers: int) -> None:
    with transaction(engine) as session:
        remember(session, [job_ad(number) for number in numbers])


def test_an_ad_has_gone_since_it_was_first_taken_back(engine: Engine) -> None:
    let_in(engine, 1, 2)
    with transaction(engine) as session:
        assert withdraw(session, "board", ["A1", "A9"], WEDNESDAY) == {"A1": WEDNESDAY}
    with transaction(engine) as session:
        assert withdraw(session, "board", ["A1", "A2"], LATER) == {"A1": WEDNESDAY, "A2": LATER}
        assert withdraw(session, "other", ["A1"], LATER) == {}


def test_what_is_back_can_be_taken_back_again(engine: Engine) -> None:
    let_in(engine, 1)
    with transaction(engine) as session:
        withdraw(session, "board", ["A1"], WEDNESDAY)
        assert bring_back(session, "board", ["A1", "A2"], WEDNESDAY) == 1
        assert bring_back(session, "board", ["A1"], WEDNESDAY) == 0
        assert withdraw(session, "board", ["A1"], LATER) == {"A1": LATER}


def test_a_clue_stays_and_says_that_its_ad_has_gone(engine: Engine) -> None:
    event = violation(1)
    add(engine, event)
    let_in(engine, 1)
    for moment, gone in ((WEDNESDAY, True), (LATER, False)):
        with transaction(engine) as session:
            if gone:
                withdraw(session, "board", ["A1"], moment)
            else:
                bring_back(session, "board", ["A1"], moment)
        with snapshot(engine) as session:
            case = open_case_file(session, "QD-310000-2026-000001")
        assert case is not None
        assert [(clue.gone, clue.withdrawn_at) for clue in case.clues] == [(gone, None)]


def test_letters_and_the_weekly_report_say_that_an_ad_has_gone(engine: Engine) -> None:
    add(engine, violation(1), violation(2))
    let_in(engine, 1, 2)
    with transaction(engine) as session:
        withdraw(session, "board", ["A2"], LATER)
        (delivery,) = plan(session, LATER)
        told = announcement(session, delivery, session.get_one(Bureau, delivery.bureau))
        assert sorted(quote.gone for case in told.cases for quote in case.evidence) == [False, True]
        rows = gather(session, Scope(Week.of(WEDNESDAY), "000000"))
    assert {row.ad_id: row.gone for row in rows.clues} == {job_ad(1).ad_id: False, job_ad(2).ad_id: True}
    (line,) = case_lines(rows.clues)
    assert sorted(link.source for link in line.links) == ["board", "board（来源已撤下）"]


def test_many_ads_are_asked_about_in_parts(engine: Engine) -> None:
    let_in(engine, 1)
    asked = {f"ad{number}": ("board", f"B{number}", "") for number in range(12_000)}
    with transaction(engine) as session:
        withdraw(session, "board", ["A1"], LATER)
        assert gone_ads(session, asked | {job_ad(1).ad_id: ("board", "A1", "")}) == {job_ad(1).ad_id}


def test_what_a_crawl_found_gone_is_known_by_the_address_of_its_page(engine: Engine) -> None:
    ad = job_ad(1, url="https://board.example/1")
    run = RunMark("board", "run", WEDNESDAY)
    with transaction(engine) as session:
        note_listed(session, run, [Entry(key=ad.url, url=ad.url)])
        note_visits(session, run, [Visit(key=ad.url, answer="read", ads=(ad.ad_id,))], due_at=LATER)
        note_visits(session, run, [Visit(key=ad.url, answer="gone")], due_at=LATER)
        known = {ad.ad_id: ("board", "A1", ad.url), "another": ("board", "A2", ad.url)}
        assert gone_ads(session, {ad.ad_id: known[ad.ad_id]}) == {ad.ad_id}
        assert gone_ads(session, {"another": known["another"]}) == set()
