"""How many requests a host gets: counted by a real server, over several runs."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import CHINA, settings
from crawlers.board import Board, BoardError, Budget, validated
from crawlers.health import health
from crawlers.permit import StoredPermit
from crawlers.run import RunSummary, crawl
from store.crawl_models import Target
from store.crawl_status import runs_of
from store.database import snapshot
from tests.crawlers.serving import (
    HOUSE,
    Answer,
    Site,
    collected,
    open_database,
    posting_page,
    rejections,
    serving,
)

NIGHT = datetime(2026, 11, 18, 23, 30, tzinfo=CHINA)
FIRST, LAST = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - hypothesis adds the zones
PAGES = [f"/{number}" for number in range(30)]


def tonight() -> datetime:
    return NIGHT


def a_minute_later() -> datetime:
    return NIGHT + timedelta(minutes=1)


def after_midnight() -> datetime:
    return NIGHT + timedelta(hours=1)


def next_night() -> datetime:
    return NIGHT + timedelta(days=1)


@pytest.fixture
def site(home: object) -> Iterator[Site]:  # noqa: ARG001 - where the runs keep what they found
    with serving({path: posting_page(number) for number, path in enumerate(PAGES)}) as site:
        site.sitemap(*PAGES)
        yield site


def crawled(site: Site, clock: Callable[[], datetime], **budget: object) -> RunSummary:
    return crawl(site.board(budget=budget), replace(HOUSE, clock=clock))


def test_a_run_ends_with_its_budget_and_the_next_night_goes_on(site: Site) -> None:
    first = crawled(site, tonight, requests=20)
    assert first.outcome.status == "incomplete"
    assert first.outcome.note.startswith("stopped early: budget")
    assert len(site.hits) == 20  # robots.txt and the sitemap among them
    assert len(collected()) == 18  # what it brought is published
    assert not crawled(site, after_midnight, requests=20).complete
    assert len(site.hits) == 20  # it is still the same night, so not even robots.txt
    assert crawled(site, next_night, requests=20).complete
    assert sorted(path for path in site.paths if path in PAGES) == sorted(PAGES)
    engine = open_database()
    with snapshot(engine) as session:
        assert {target.missing for target in session.query(Target)} == {0}
        ends = list(runs_of(session, "test"))
    engine.dispose()
    why = "127.0.0.1 was sent 20 requests, as many as it gets until 2026-11-19 12:00; the run stops"
    assert f"not fetched: budget: {why}" in rejections().values()
    assert [health(ends[later:]).state for later in range(3)] == ["live", "partial", "partial"]


def test_a_day_begins_at_midnight_and_a_larger_budget_goes_on_from_what_was_sent(site: Site) -> None:
    crawled(site, tonight, requests=10, per="day")
    assert len(site.hits) == 10
    crawled(site, a_minute_later, requests=15, per="day")
    assert len(site.hits) == 15
    crawled(site, after_midnight, requests=10, per="day")
    assert len(site.hits) == 25


def test_redirects_and_repetitions_are_counted(site: Site) -> None:
    site.answers["/0"] = Answer(b"", 302, {"Location": f"{site.base}/moved"})
    site.answers["/moved"] = [Answer(b"", 500), posting_page(0)]
    site.sitemap("/0")
    assert not crawled(site, tonight, requests=4).complete
    assert site.paths == ["/robots.txt", "/sitemap.xml", "/0", "/moved"]
    assert crawled(site, next_night, requests=5).complete


def test_a_page_whose_robots_txt_could_not_be_paid_for_stays_due(site: Site) -> None:
    with serving({"/1": posting_page(1)}) as other:
        site.sitemap(f"{other.base}/1", host="\n")
        hosts = [each.base.removeprefix("http://") for each in (site, other)]
        board = site.board(hosts=hosts, budget={"requests": 2})
        assert not crawl(board, replace(HOUSE, clock=tonight)).complete
        assert other.hits == []
        engine = open_database()
        with snapshot(engine) as session:
            assert session.query(Target).one().fetched_at is None
        engine.dispose()
        assert crawl(board.model_copy(update={"budget": None}), replace(HOUSE, clock=a_minute_later)).complete


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.timezones()))
def test_every_moment_is_in_one_night_and_one_day(moment: datetime) -> None:
    for per, hour in (("night", 12), ("day", 0)):
        began = Budget.model_validate({"requests": 1, "per": per}).began(moment)
        assert timedelta(0) <= moment - began < timedelta(days=1)
        assert (began.tzinfo, began.hour, began.minute) == (CHINA, hour, 0)


def test_a_host_on_the_network_has_the_usual_budget(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "https://jobs.example.cn/sitemap.xml"
    content = {"id": "net", "name": "网", "engine": "jsonld-sitemap", "start": [page]}
    network = Board.model_validate(content | {"hosts": ["jobs.example.cn"]})
    engine = open_database()

    def spent(board: Board, times: int) -> str:
        permit = StoredPermit(engine, board, run_id="run", clock=tonight)
        return [permit.spent("jobs.example.cn") for _ in range(times)][-1]

    monkeypatch.setenv("QINGDAN_CRAWL_REQUESTS", "2")
    settings.cache_clear()
    assert spent(network, 2) == ""
    why = "jobs.example.cn was sent 2 requests, as many as it gets until 2026-11-19 12:00"
    assert spent(network, 1) == why
    assert spent(site.board(), 3) == ""  # on this machine only what its file says
    assert spent(network.model_copy(update={"budget": Budget(requests=3)}), 1) == ""
    monkeypatch.setenv("QINGDAN_CRAWL_REQUESTS", "0")
    settings.cache_clear()
    assert spent(network, 10) == ""
    engine.dispose()


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ({"requests": 0}, "budget.requests: Input should be greater than 0"),
        ({"per": "night"}, "budget.requests: Field required"),
        ({"requests": 5, "per": "week"}, "budget.per: Input should be 'night' or 'day'"),
    ],
)
def test_a_budget_that_makes_no_sense_is_named(site: Site, budget: object, message: str) -> None:
    with pytest.raises(BoardError, match=message):
        validated(site.board().model_dump() | {"budget": budget}, place="x")
