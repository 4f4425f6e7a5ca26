"""Whether a run may go on: hours, stops, leases, in real runs over real servers."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cli.crawl import command
from config.settings import CHINA
from crawlers.board import load_boards
from crawlers.permit import StoredPermit
from crawlers.run import crawl
from store.database import transaction
from store.permits import lease_hosts
from tests.crawlers.serving import HOUSE, collected, open_database, posting_page, rejections, runs, serving

DEMO = load_boards()["demo"]
NIGHT = datetime(2026, 11, 18, 23, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("hours", "open_at", "closed_at"),
    [
        ("", ["00:00", "12:00"], []),
        ("01:00-06:00", ["01:00", "05:59"], ["00:59", "06:00", "18:00"]),
        ("22:00-06:00", ["22:00", "00:00", "05:59"], ["06:00", "21:59", "12:00"]),
    ],
)
def test_hours_are_those_of_china(hours: str, open_at: list[str], closed_at: list[str]) -> None:
    with serving() as site:
        board = site.board(hours=hours)
    for moment in (*open_at, *closed_at):
        hour, minute = map(int, moment.split(":"))
        assert board.open_at(NIGHT.replace(hour=hour, minute=minute)) == (moment in open_at)


@given(st.datetimes(timezones=st.timezones()))
def test_a_board_without_hours_never_closes(moment: datetime) -> None:
    assert DEMO.open_at(moment)


@pytest.mark.usefixtures("home")
def test_a_person_stops_a_run_that_is_under_way_and_takes_it_back() -> None:
    stopped = threading.Event()
    with serving() as site:
        site.answers |= {f"/{n}": replace(posting_page(n), wait=0.5) for n in range(30)}
        site.sitemap(*(f"/{n}" for n in range(30)))

        def stop() -> None:
            while len(site.hits) < 4:
                stopped.wait(0.05)
            CliRunner().invoke(command, ["stop", "test", "--why", "对方来电", "--by", "王某"])
            stopped.set()

        thread = threading.Thread(target=stop)
        thread.start()
        first = crawl(site.board(), HOUSE)
        thread.join()
        asked = len(site.hits)
        assert asked < 30
        assert first.outcome.note.startswith("stopped early: not permitted")
        assert any("stopped by 王某: 对方来电" in reason for reason in rejections().values())
        assert not crawl(site.board(), HOUSE).complete
        assert len(site.hits) == asked  # not even robots.txt
        assert CliRunner().invoke(command, ["allow", "test"]).exit_code == 0
        assert CliRunner().invoke(command, ["allow", "test"]).exit_code == 2
        # A slow board would be asked slowly.
        site.answers |= {f"/{n}": posting_page(n) for n in range(30)}
        assert crawl(site.board(recheck=0), HOUSE).complete
    assert [run.status for run in runs()] == ["incomplete", "incomplete", "complete"]


@pytest.mark.usefixtures("home")
def test_two_runs_never_speak_to_one_host_at_once() -> None:
    engine = open_database()
    with serving({"/1": posting_page(1)}) as site:
        site.sitemap("/1")
        board = site.board()
        with transaction(engine) as session:
            now = HOUSE.clock()
            lease_hosts(session, board.hosts, run_id="other", now=now, until=now + timedelta(minutes=15))
        assert not crawl(board, HOUSE).complete
        assert site.hits == []
        assert any(f"another run speaks to {board.hosts[0]}" in reason for reason in rejections().values())
        with transaction(engine) as session:
            lease_hosts(session, board.hosts, run_id="other", now=now, until=now)
        assert crawl(board, HOUSE).complete
        assert crawl(board, HOUSE).complete  # a run lets go of its hosts when it ends
    engine.dispose()


@pytest.mark.usefixtures("home")
def test_outside_its_hours_a_board_is_asked_nothing() -> None:
    with serving({"/1": posting_page(1)}) as site:
        site.sitemap("/1")
        hour = HOUSE.clock().hour
        closed = f"{(hour + 2) % 24:02d}:00-{(hour + 3) % 24:02d}:00"
        summary = crawl(site.board(hours=closed), HOUSE)
        assert not summary.complete
        assert site.hits == []
    assert any(f"may be crawled {closed} only" in reason for reason in rejections().values())


@pytest.mark.usefixtures("home")
def test_a_lease_is_renewed_now_and_then_and_not_at_every_request() -> None:
    engine = open_database()
    moments = [NIGHT + timedelta(seconds=seconds) for seconds in (0, 10, 59, 60, 70)]
    clock = iter(moments)
    with serving() as site:
        permit = StoredPermit(engine, site.board(), run_id="run", clock=lambda: next(clock))
        renewed = []
        for _ in moments:
            assert permit.refusal() == ""
            renewed.append(permit._leased)
    assert [earlier != later for earlier, later in pairwise(renewed)] == [False, False, True, False]
    engine.dispose()


@pytest.mark.usefixtures("home")
def test_a_request_that_would_go_out_after_hours_is_not_made_and_a_slow_board_stays_leased() -> None:
    engine = open_database()
    with serving() as site:
        board = site.board(hours="22:00-23:31")
        permit = StoredPermit(engine, board, run_id="run", clock=lambda: NIGHT)
        assert permit.refusal(59) == ""
        assert permit.refusal(61) == "the board may be crawled 22:00-23:31 only"
        slow = StoredPermit(engine, site.board(), run_id="run", clock=lambda: NIGHT)
        assert slow.refusal(3600) == ""
        hour_later = StoredPermit(
            engine, site.board(), run_id="other", clock=lambda: NIGHT + timedelta(hours=1)
        )
        assert hour_later.refusal() == f"another run speaks to {board.hosts[0]}"
    engine.dispose()


_calls: list[int] = []


def hasty_night() -> datetime:
    """A minute later whenever somebody looks."""
    _calls.append(1)
    return NIGHT + timedelta(minutes=len(_calls))


def next_night() -> datetime:
    return NIGHT + timedelta(days=1)


@pytest.mark.usefixtures("home")
def test_a_run_ends_with_the_hours_and_the_next_night_goes_on() -> None:
    paths = [f"/{number}" for number in range(40)]
    with serving({path: posting_page(number) for number, path in enumerate(paths)}) as site:
        site.sitemap(*paths)
        board = site.board(hours="23:00-00:00")
        first = crawl(board, replace(HOUSE, clock=hasty_night))
        assert first.outcome.note.startswith("stopped early: not permitted")
        asked = [path for path in site.paths if path in paths]
        assert 0 < len(asked) < len(paths)
        assert len(collected()) == len(asked)  # what it brought is published
        second = crawl(board, replace(HOUSE, clock=next_night))
        assert second.complete
        assert sorted(path for path in site.paths if path in paths) == sorted(paths)
    assert len(collected()) == len(paths)
