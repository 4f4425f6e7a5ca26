"""Boards that a person has stopped, and hosts that a run speaks to, on SQLite and on PostgreSQL."""

from datetime import timedelta

from sqlalchemy import Engine

from store.database import snapshot, transaction
from store.permits import (
    Stop,
    allow_board,
    count_request,
    lease_hosts,
    release_hosts,
    requests_sent,
    stop_board,
    stop_of,
    stops,
)
from tests.factory import WEDNESDAY

MINUTE = timedelta(minutes=1)


def leased(engine: Engine, run_id: str, *hosts: str, minute: int = 0) -> str:
    now = WEDNESDAY + minute * MINUTE
    with transaction(engine) as session:
        return lease_hosts(session, hosts, run_id=run_id, now=now, until=now + 15 * MINUTE)


def test_a_stop_stands_until_it_is_taken_back(engine: Engine) -> None:
    first = Stop("board-a", "王某", "对方来电", WEDNESDAY)
    later = Stop("board-a", "李某", "网站改版", WEDNESDAY + MINUTE)
    with transaction(engine) as session:
        stop_board(session, first)
        stop_board(session, later)
        stop_board(session, first)
    with snapshot(engine) as session:
        assert stop_of(session, "board-a") == later
        assert stop_of(session, "board-b") is None
        assert list(stops(session)) == ["board-a"]
    with transaction(engine) as session:
        assert allow_board(session, "board-a")
        assert not allow_board(session, "board-a")
        assert stop_of(session, "board-a") is None


def test_one_run_at_a_time_speaks_to_a_host(engine: Engine) -> None:
    assert leased(engine, "run-1", "a.example", "b.example") == ""
    assert leased(engine, "run-2", "b.example", "c.example") == "b.example"
    assert leased(engine, "run-3", "c.example") == ""  # what run-2 did not get, it left
    assert leased(engine, "run-1", "a.example", "b.example", minute=10) == ""  # renewed
    assert leased(engine, "run-2", "b.example", minute=24) == "b.example"
    assert leased(engine, "run-2", "b.example", minute=25) == ""  # the lease has run out


def test_a_run_lets_go_of_its_hosts_only(engine: Engine) -> None:
    leased(engine, "run-1", "a.example")
    leased(engine, "run-2", "b.example")
    with transaction(engine) as session:
        release_hosts(session, "run-1")
    assert leased(engine, "run-3", "a.example") == ""
    assert leased(engine, "run-3", "b.example") == "b.example"


def test_requests_to_a_host_are_counted_by_the_hour(engine: Engine) -> None:
    noon = WEDNESDAY.replace(hour=12, minute=0, second=0, microsecond=0)
    for host, minutes in (("a.example", (0, 59, 60, 25 * 60)), ("b.example", (1,))):
        for minute in minutes:
            with transaction(engine) as session:
                count_request(session, host, now=noon + minute * MINUTE)
    with snapshot(engine) as session:
        counts = [
            requests_sent(session, "a.example", since=noon + hours * 60 * MINUTE) for hours in (0, 1, 2)
        ]
        assert counts == [4, 2, 1]
        assert requests_sent(session, "b.example", since=noon) == 1
        assert requests_sent(session, "c.example", since=noon) == 0
