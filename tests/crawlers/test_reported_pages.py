"""Pages that the public reported: fetched from real servers, once, with the manners of every crawl."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from config.settings import settings
from crawlers.board import BoardError, load_boards
from crawlers.by_host import HostRun, board_of
from crawlers.public.fetch import REPORTED
from crawlers.public.ledger import ReportedLedger
from events.types import PUBLIC_REPORTS
from store.database import snapshot, transaction
from store.models import Rejection
from store.permits import Stop, count_request, stop_board
from store.public_report_models import ReportedMatter
from store.public_reports import due_pages
from tests.crawlers.pushing import NOW
from tests.crawlers.reporting import Office
from tests.crawlers.serving import (
    Answer,
    Site,
    collected,
    posting_page,
    runs,
    serving,
)
from tests.factory import job_ad
from tests.recorded import add, violation

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def local(site: Site) -> str:
    return site.base.removeprefix("http://")


def test_a_page_with_a_posting_becomes_an_ad(office: Office, site: Site) -> None:
    site.answers |= {"/7": posting_page(7), "/8": posting_page(8), "/9": posting_page(7)}
    for number in (7, 8, 9):
        office.report(url=f"{site.base}/{number}")
    (known, run) = office.fetch(local=local(site))
    assert known == 0
    assert isinstance(run, HostRun)
    assert (run.outcome.status, run.outcome.counts["accepted"]) == ("complete", 3)
    ads = {ad.url: ad for ad in collected()}
    # Two pages that bear the same identifier are two ads: they need not be of one board.
    assert set(ads) == {f"{site.base}/{number}" for number in (7, 8, 9)}
    assert {(ad.source, ad.source_kind) for ad in ads.values()} == {(PUBLIC_REPORTS, "report")}
    assert site.paths == ["/robots.txt", "/7", "/8", "/9"]
    found = office.standing()
    assert (found.state, found.ads) == ("collected", (ads[f"{site.base}/7"].ad_id,))
    assert office.fetch(local=local(site)) == [0]  # asked for once


def test_what_cannot_be_had_says_why(office: Office, site: Site) -> None:
    site.answers |= {
        "/robots.txt": Answer(b"User-agent: *\nDisallow: /private"),
        "/private": posting_page(1),
        "/prose": Answer("<h1>招聘电工</h1><p>联系13812345678</p><script>x</script>".encode()),
        "/ended": Answer("<p>该职位已下线</p>".encode()),
        "/picture": Answer(b"\x89PNG\r\n\x1a\n" + bytes(99), headers={"Content-Type": "image/png"}),
        "/away": Answer(status=302, headers={"Location": "http://169.254.169.254/latest"}),
    }
    names = ("private", "prose", "ended", "picture", "away", "missing")
    for name in names:
        office.report(url=f"{site.base}/{name}")
    office.fetch(local=local(site))
    found = {name: office.standing(f"JB-{number}") for number, name in enumerate(names, start=1)}
    assert {name: each.state for name, each in found.items()} == {
        "private": "failed", "prose": "manual", "ended": "failed", "picture": "failed", "away": "failed",
        "missing": "failed",
    }  # fmt: skip
    assert found["private"].why == "not fetched: robots.txt forbids this page"
    assert found["missing"].why == "the board answered HTTP 404"
    assert "该职位已下线" in found["ended"].why
    assert "169.254.169.254" in found["away"].why
    assert found["prose"].excerpt == "招聘电工\n联系***********"
    assert "/private" not in site.paths
    assert collected() == []
    with snapshot(office.engine) as session:
        assert len(list(session.scalars(select(Rejection)))) == len(names)


def test_a_page_that_may_come_back_is_tried_three_times_a_day_apart(office: Office) -> None:
    office.report(url="https://a.example/7")
    matter = office.standing().matter_id
    seen = []
    for day in range(5):
        office.clock.day = day
        board = board_of(REPORTED, {matter: "https://a.example/7"}, None)
        pages = {matter: "https://a.example/7"}
        ledger = ReportedLedger(office.engine, board, pages, run_id=f"run{day}", clock=office.clock)
        taken = [due.key for due in ledger.take(10)]
        if taken:
            ledger.failed(matter, f"busy on day {day}", for_good=False)
        with snapshot(office.engine) as session:
            again = due_pages(session, office.clock(), most=5)
        seen.append((bool(taken), bool(again), office.standing().state))
    waits, gives_up, never = (True, False, "waiting"), (True, False, "failed"), (False, False, "failed")
    assert seen == [waits, waits, gives_up, never, never]
    assert office.standing().why == "busy on day 2"


def test_a_page_that_is_known_from_a_board_is_linked_and_not_asked_for(office: Office, site: Site) -> None:
    ad = job_ad(url=f"{site.base}/7")
    add(office.engine, violation(1, url=ad.url))
    office.report(url=ad.url)
    assert office.fetch(local=local(site)) == [1]
    found = office.standing()
    assert (found.state, found.ads, found.read) == ("known", (ad.ad_id,), True)
    assert site.paths == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]/", "http://a.example:8080/"]
)
def test_what_is_not_on_the_public_web_is_never_asked_for(office: Office, url: str) -> None:
    office.report(url=url)
    (_, run) = office.fetch()
    assert isinstance(run, HostRun)
    assert run.put_off
    assert office.standing().state == "failed"


def test_a_board_keeps_its_manners_also_for_pages_that_people_report(office: Office) -> None:
    own = load_boards()["mohrss"].model_copy(update={"hours": "01:00-02:00"})
    page = {"m": f"https://{own.hosts[0]}/job/7"}
    board = board_of(REPORTED, page, own)
    assert (board.delay, board.hours, board.hosts, board.id) == (
        own.delay, "01:00-02:00", own.hosts, PUBLIC_REPORTS,
    )  # fmt: skip
    with transaction(office.engine) as session:
        stop_board(session, Stop(own.id, "王某", "对方来电", NOW))
    office.report(url=page["m"])
    (_, run) = office.fetch()
    assert isinstance(run, HostRun)
    assert run.put_off == f"{own.id} is stopped by 王某: 对方来电"
    assert (office.standing().state, runs()) == ("waiting", [])


def test_without_a_file_a_host_gets_the_usual_manners() -> None:
    board = board_of(REPORTED, {"m": "https://www.a.example/7"}, None)
    assert (board.delay, board.hosts, board.local) == (5, ("www.a.example", "a.example"), False)
    with pytest.raises(BoardError, match="not on the public web"):
        board_of(REPORTED, {"m": "http://127.0.0.1/7"}, None)


def test_an_ipv6_address_has_no_www_beside_it() -> None:
    assert board_of(REPORTED, {"m": "http://[2400:3200::1]/7"}, None).hosts == ("[2400:3200::1]",)
    with pytest.raises(BoardError, match="not on the public web"):
        board_of(REPORTED, {"m": "http://[::1]/7"}, None)


def test_a_spent_budget_puts_pages_off_without_counting_a_try(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGDAN_CRAWL_REQUESTS", "1")
    settings.cache_clear()
    office.report(url="https://a.example/7")
    with transaction(office.engine) as session:
        count_request(session, "a.example", now=office.clock())
    (_, run) = office.fetch()
    assert isinstance(run, HostRun)
    assert run.put_off.startswith("a.example was sent 1 requests, as many as it gets until ")
    assert office.standing().state == "waiting"


def test_hours_and_leases_put_pages_off_without_counting_a_try(office: Office, site: Site) -> None:
    office.report(url=f"{site.base}/7")
    with transaction(office.engine) as session:
        stop_board(session, Stop(PUBLIC_REPORTS, "王某", "暂停", NOW))
    for _ in range(5):
        (_, run) = office.fetch(local=local(site))
        assert isinstance(run, HostRun)
        assert run.put_off == "stopped by 王某: 暂停"
    with snapshot(office.engine) as session:
        assert session.scalars(select(ReportedMatter.tries)).all() == [0]
    assert site.paths == []
