"""Whole runs: a process of their own, the door, the log and the run's row, also when things go wrong."""

import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.settings import CHINA
from crawlers.board import BoardError, load_boards
from crawlers.demo.ads import load_ads
from crawlers.demo.board import serve
from crawlers.issues import issues_file
from crawlers.run import CrawlFailed, House, crawl
from events.log import Log, LogError, Message, NotDelivered
from store.database import snapshot, transaction
from store.models import Sighting
from store.outbox import waiting
from tests.crawlers.serving import (
    HOUSE,
    collected,
    open_database,
    open_log,
    posting_page,
    rejections,
    runs,
    serving,
)


@pytest.mark.usefixtures("home")
def test_the_demo_board_comes_in_whole_and_a_second_run_finds_nothing_new() -> None:
    ads = {ad.id: ad for ad in load_ads()}
    seen: list[tuple[int, int]] = []
    with serve() as base:
        board = load_boards()["demo"].at(base)
        first = crawl(board, HOUSE, progress=lambda pages, listed: seen.append((pages, listed)))
    with serve() as base:  # another port, the same board
        second = crawl(load_boards()["demo"].at(base), HOUSE)

    pages = len(ads) + 4
    assert first.complete
    expected = {
        "listed": pages,
        "pages": pages,
        "accepted": len(ads),
        "duplicate": 1,
        "rejected": 3,
        "lost": 0,
    }
    assert first.outcome.counts == expected | dict.fromkeys(("changed", "unchanged", "gone", "back"), 0)
    assert (second.outcome.counts["accepted"], second.outcome.counts["duplicate"]) == (0, len(ads) + 1)
    assert seen[-1] == (pages, pages)
    assert [(run.status, run.kind, run.source) for run in runs()] == [("complete", "crawl", "demo")] * 2

    by_page = {place.rpartition("/")[2]: reason for place, reason in rejections().items()}
    assert by_page["gone.html"] == "the board answered HTTP 404"
    assert by_page["fair.html"] == "the page holds no posting"
    assert by_page["cut-off.html"].startswith("script 1: no JSON: Unterminated string")

    log = collected()
    assert [ad.source_ad_id for ad in log] == sorted(ads)
    for ad in log:
        meant = ads[ad.source_ad_id]
        assert (ad.title, ad.company, ad.posted) == (meant.title, meant.employer, meant.posted)
        assert ad.division is not None, ad.city
        assert len(ad.raw_sha256) == 64
        assert "\ufffd" not in ad.text
        # Each line of the ad is a line of the text, apart from its markup.
        assert len(ad.text.splitlines()) == len(meant.text.strip().splitlines())


def refuse(_: Iterable[Message]) -> None:
    raise LogError("no topic of that name")


def lose(_: Iterable[Message]) -> None:
    raise NotDelivered("no broker")


def _open_log_with(publish: Callable[[Iterable[Message]], None]) -> Log:
    log = open_log()
    producer = log.producer()
    producer.publish = publish  # type: ignore[method-assign, assignment]
    log.producer = lambda: producer  # type: ignore[method-assign]
    return log


def open_refusing_log() -> Log:
    return _open_log_with(refuse)


def open_absent_log() -> Log:
    return _open_log_with(lose)


@pytest.mark.usefixtures("home")
def test_a_log_that_refuses_ends_the_run_loudly_and_nothing_is_remembered(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with serving() as site:
        paths = [f"/{number}" for number in range(60)]
        site.answers |= {path: posting_page(n) for n, path in enumerate(paths)}
        site.sitemap(*paths)
        with pytest.raises(CrawlFailed, match="exit code 1"):
            crawl(site.board(), House(open_database, open_refusing_log))
        assert "no topic of that name" in capfd.readouterr().err
        (run,) = runs()
        assert (run.status, run.finished_at is not None) == ("incomplete", True)
        assert collected() == []
        engine = open_database()
        with transaction(engine) as session:
            assert session.scalar(select(func.count()).select_from(Sighting)) == 0
        engine.dispose()
        # What was fetched waits for the next run, which need not ask for it again.
        site.hits.clear()
        assert crawl(site.board(), HOUSE).outcome.counts["accepted"] == len(paths)
        assert sorted(set(site.paths)) == ["/robots.txt", "/sitemap.xml"]
    assert len(collected()) == len(paths)


@pytest.mark.usefixtures("home")
def test_while_the_log_is_away_what_is_fetched_waits_and_goes_out_later() -> None:
    with serving() as site:
        paths = [f"/{number}" for number in range(8)]
        site.answers |= {path: posting_page(n) for n, path in enumerate(paths)}
        site.sitemap(*paths)
        assert crawl(site.board(), House(open_database, open_absent_log)).complete
        assert collected() == []
        engine = open_database()
        with snapshot(engine) as session:
            assert waiting(session) == 8
        engine.dispose()
        # The next run brings nothing new, and takes along what waits.
        site.answers["/8"] = posting_page(8)
        site.sitemap(*paths, "/8")
        assert crawl(site.board(), House(open_database, open_log)).complete
    assert sorted(int(ad.source_ad_id) for ad in collected()) == list(range(9))


def deadly_clock() -> datetime:
    """Kills the run's process when the door looks at the clock; the caller's clock goes on."""
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return datetime.now(CHINA)


@pytest.mark.usefixtures("home")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_killed_process_leaves_a_closed_run() -> None:
    with serving({"/1": posting_page(1)}) as site:
        site.sitemap("/1")
        with pytest.raises(CrawlFailed, match="exit code -9"):
            crawl(site.board(), House(open_database, open_log, deadly_clock))
    (run,) = runs()
    assert run.status == "incomplete"
    assert "exit code -9" in run.note


def test_a_board_without_an_address_is_not_crawled(home: Path) -> None:
    with pytest.raises(BoardError, match="--base-url"):
        crawl(load_boards()["demo"], HOUSE)
    assert not list(home.iterdir())


@pytest.mark.usefixtures("home")
def test_a_run_outside_of_what_is_expected_is_held_and_its_issues_are_written() -> None:
    with serving({f"/{n}": posting_page(n) for n in range(3)}) as site:
        site.sitemap("/0", "/1", "/2", "/gone")
        held = crawl(site.board(expect={"max_ads": 2}), HOUSE)
        assert (held.complete, held.outcome.status, held.outcome.counts["held"]) == (False, "held", 3)
        assert collected() == []
        lines = issues_file(held.run_id).read_text("utf-8").splitlines()
        issues = [json.loads(line) for line in lines]
        assert [(each["kind"], each["message"]) for each in issues] == [
            ("expectation", "3 ads, and at most 2 are expected (max_ads)"),
            ("rejected", "the board answered HTTP 404"),
        ]
        assert crawl(site.board(), HOUSE).complete
    assert [run.status for run in runs()] == ["discarded", "complete"]
    assert len(collected()) == 3
