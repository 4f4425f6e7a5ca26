"""Whole runs over boards seen before: what they ask for again, what has gone, and what survives SIGKILL."""

import json
import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from config.settings import CHINA, settings
from crawlers.board import Board
from crawlers.run import CrawlFailed, House, crawl
from events.log import Log, Message
from store.crawl_models import Target
from store.database import snapshot
from store.models import Sighting
from store.staging import BATCH
from tests.crawlers.serving import (
    HOUSE,
    Answer,
    Site,
    collected,
    open_database,
    open_log,
    posting_page,
    serving,
)

pytestmark = pytest.mark.usefixtures("home")


def in_eight_days() -> datetime:
    return datetime.now(CHINA) + timedelta(days=8)


def in_sixteen_days() -> datetime:
    return datetime.now(CHINA) + timedelta(days=16)


def page(number: int, *, title: str = "岗位", **headers: str) -> Answer:
    node = {"@type": "JobPosting", "identifier": f"{number}", "title": title, "description": "文字"}
    return Answer(f'<script type="application/ld+json">{json.dumps(node)}</script>'.encode(), headers=headers)


def sitemap(site: Site, pages: dict[str, str], *, end: str = "</urlset>") -> None:
    """Serve a sitemap of `pages`, each with the moment of its last change."""
    entries = (
        f"<url><loc>{site.base}{path}</loc><lastmod>{changed}</lastmod></url>"
        for path, changed in pages.items()
    )
    site.answers["/sitemap.xml"] = Answer(f"<urlset>{''.join(entries)}{end}".encode())


def asked(site: Site) -> list[str]:
    """The pages that were asked for since the last call, without robots.txt and sitemaps."""
    paths = sorted(path for path in site.paths if path not in ("/robots.txt", "/sitemap.xml"))
    site.hits.clear()
    return paths


def targets() -> dict[str, tuple[str, int]]:
    """State and misses of every target."""
    engine = open_database()
    with snapshot(engine) as session:
        rows = session.execute(select(Target.key, Target.state, Target.missing)).all()
    engine.dispose()
    return {key: (state, missing) for key, state, missing in rows}


def last_seen() -> list[datetime]:
    engine = open_database()
    with snapshot(engine) as session:
        found = sorted(session.scalars(select(Sighting.last_seen)))
    engine.dispose()
    return found


def test_a_board_seen_before() -> None:
    with serving() as site:
        board = site.board()
        site.answers |= {
            "/1": page(1, ETag='"a"'),
            "/2": page(2, ETag='"b"'),
            "/3": page(3, **{"Last-Modified": "Mon, 16 Nov 2026 08:00:00 GMT"}),
            "/4": page(4),
            "/5": page(5),
        }
        sitemap(site, dict.fromkeys(["/1", "/2", "/3", "/4", "/5"], "2026-11-16"))
        first = crawl(board, HOUSE)
        assert (first.complete, first.outcome.counts["accepted"]) == (True, 5)
        assert asked(site) == ["/1", "/2", "/3", "/4", "/5"]

        # The same day: only what the list says is new or changed.
        site.answers |= {"/4": page(4, title="新岗位"), "/6": page(6)}
        sitemap(site, dict.fromkeys(("/1", "/2", "/3", "/6"), "2026-11-16") | {"/4": "2026-11-17"})
        second = crawl(board, HOUSE)
        counts = second.outcome.counts
        assert second.complete
        assert asked(site) == ["/4", "/6"]
        assert (counts["listed"], counts["accepted"], counts["changed"], counts["unchanged"]) == (5, 2, 1, 3)
        assert targets() == dict.fromkeys(["/1", "/2", "/3", "/4", "/6"], ("live", 0)) | {"/5": ("live", 1)}

        # When everything is due: asked for on condition that it has changed, also what is missing.
        site.answers |= {"/2": page(2, title="新岗位", ETag='"c"'), "/4": Answer(b"", 404)}
        before = last_seen()
        third = crawl(board, House(open_database, open_log, in_eight_days))
        counts = third.outcome.counts
        assert third.complete
        assert asked(site) == ["/1", "/2", "/3", "/4", "/5", "/6"]
        assert (counts["accepted"], counts["duplicate"], counts["unchanged"], counts["gone"]) == (1, 2, 2, 1)
        assert targets()["/4"] == ("gone", 0)
        assert targets()["/5"] == ("live", 1)  # it answered, and was then missing once more
        # All ads were seen again, those with unchanged pages too, but for the one that has gone.
        assert [moment > before[-1] + timedelta(days=7) for moment in last_seen()] == [False] + [True] * 5

        # A list that breaks off concludes nothing from what it lacks; what answers again is back.
        site.answers["/4"] = page(4)
        sitemap(site, {"/4": "2026-11-18"}, end="<url>")
        fourth = crawl(board, House(open_database, open_log, in_sixteen_days))
        assert not fourth.complete
        assert fourth.outcome.counts["back"] == 1
        assert {state for state, _ in targets().values()} == {"live"}
        assert max(missing for _, missing in targets().values()) == 0


def jobs(*numbers: int) -> Answer:
    listed = [{"id": n, "name": f"岗位{n}"} for n in numbers]
    return Answer(json.dumps(listed).encode(), headers={"Content-Type": "application/json"})


def listing(site: Site, text: str) -> Board:
    """A list whose walk ends at the first page with nothing new; `text` finds the text of a posting."""
    rules = {
        "request": {"url": f"{site.base}/list?page={{page}}"},
        "container": "json",
        "fields": {"id": "id", "title": "name", "url": {"template": "/job/{id}"}},
        "pages": {"by": "page", "known": 1},
    }
    detail = {"container": "html", "fields": {"text": text}, "required": ["text", "title"]}
    return site.board(engine="listing", start=[], listing=rules, detail=detail)


def test_a_list_seen_before() -> None:
    with serving({"/robots.txt": Answer(b"", 404)}) as site:
        site.answers |= {f"/job/{n}": Answer(f"<p>全文{n}</p>".encode()) for n in range(4)}
        site.answers |= {"/list?page=1": jobs(2, 1), "/list?page=2": jobs(0), "/list?page=3": jobs()}
        assert crawl(listing(site, "p"), HOUSE).complete
        assert asked(site) == [*(f"/job/{n}" for n in range(3)), *(f"/list?page={n}" for n in (1, 2, 3))]

        # The walk ends at what is known, and nothing follows from what stands behind that.
        site.answers |= {"/list?page=1": jobs(3, 2), "/list?page=2": jobs(1), "/list?page=3": jobs(0)}
        second = crawl(listing(site, "p"), HOUSE)
        assert (second.complete, second.outcome.counts["accepted"]) == (True, 1)
        assert asked(site) == ["/job/3", "/list?page=1", "/list?page=2"]
        assert targets() == dict.fromkeys("0123", ("live", 0))

        # With another rule for pages, what was read by the old one is read again; this list is seen whole.
        site.answers |= {"/list?page=1": jobs(3, 2), "/list?page=2": jobs()}
        assert crawl(listing(site, "css:p"), HOUSE).complete
        assert asked(site) == ["/job/2", "/job/3", "/list?page=1", "/list?page=2"]
        assert targets() == dict.fromkeys("23", ("live", 0)) | dict.fromkeys("01", ("live", 1))
    assert [ad.text for ad in collected()] == [f"全文{n}" for n in range(4)]


PAGES = 60
KILLED_AT_PAGES = (7, 45)


def open_deadly_log() -> Log:
    """A log whose process is killed when it has taken a batch, and before anybody knows."""
    log = open_log()
    producer = log.producer()
    take = producer.publish

    def publish(messages: Iterable[Message]) -> None:
        take(messages)
        os.kill(os.getpid(), signal.SIGKILL)

    producer.publish = publish  # type: ignore[method-assign]
    log.producer = lambda: producer  # type: ignore[method-assign]
    return log


def killing(body: bytes, served: list[str]) -> Callable[[Callable[[bytes], object]], None]:
    """Serves a page, or kills the crawl at certain numbers of pages."""

    def stream(write: Callable[[bytes], object]) -> None:
        served.append("")
        if len(served) in KILLED_AT_PAGES:
            for process in multiprocessing.active_children():
                process.kill()
        write(body)

    return stream


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_runs_that_are_killed_lose_nothing_and_repeat_little() -> None:
    settings.cache_clear()
    paths = [f"/{number}" for number in range(PAGES)]
    served: list[str] = []
    with serving() as site:
        site.answers |= {
            path: Answer(stream=killing(posting_page(n).body, served)) for n, path in enumerate(paths)
        }
        site.sitemap(*paths)
        for house in (HOUSE, HOUSE, House(open_database, open_deadly_log)):
            with pytest.raises(CrawlFailed, match="exit code -9"):
                crawl(site.board(), house)
        in_log = Counter(ad.event_id for ad in collected())
        final = crawl(site.board(), HOUSE)
        asked_for = Counter(asked(site))
    assert final.complete
    assert asked_for.keys() == set(paths)
    # A death among the pages costs what was at hand, a batch of 20; one between log and memory costs none.
    assert asked_for.total() <= PAGES + 2 * 20
    assert targets() == dict.fromkeys(paths, ("live", 0))
    assert final.outcome.counts["gone"] == 0
    ads = collected()
    assert {ad.source_ad_id for ad in ads} == {str(number) for number in range(PAGES)}
    # Only the batch between log and memory is there twice, under the same ids, so that readers see it once.
    assert len({ad.event_id for ad in ads}) == PAGES
    assert in_log.total() == len(ads) - PAGES <= BATCH
    assert set(in_log.values()) == {1}
