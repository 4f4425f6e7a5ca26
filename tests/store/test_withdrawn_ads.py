"""Ads that their publisher takes back, on SQLite and on PostgreSQL."""

from datetime import timedelta

from sqlalchemy import Engine

from store.case_file import open_case_file
from store.database import snapshot, transaction
from store.intake import remember
from store.targets import Entry, RunMark, Visit, note_listed, note_visits
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
