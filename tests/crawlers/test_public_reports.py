"""Public reports: over a real HTTP server into a real log, and pages fetched from real servers."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from crawlers.board import BoardError, load_boards
from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.outlet import Published
from crawlers.posting import Posting
from crawlers.public.desk import Given, Receipts, ReportDesk, posting_of
from crawlers.public.fetch import HostRun, board_of, fetch_reported
from crawlers.public.ledger import ReportedLedger
from crawlers.public.report import MAX_BYTES, ReportError, read_report, report_of, same_page
from crawlers.push import body
from crawlers.push.api import push_api
from crawlers.push.desk import Desk
from crawlers.push.reports_api import ReportLimits
from crawlers.run import House
from events.types import PUBLIC_REPORTS
from store.database import snapshot, transaction
from store.evidence_models import Capture
from store.intake import start_run
from store.models import Rejection
from store.permits import Stop, stop_board
from store.public_report_models import PublicReport, ReportContact, ReportedMatter
from store.public_reports import due_pages
from store.report_standings import Standing, list_reports, standing_of
from tests.crawlers.pushing import NOW, Service, listening, ticking
from tests.crawlers.serving import (
    Answer,
    Site,
    collected,
    open_database,
    open_log,
    posting_page,
    runs,
    serving,
)
from tests.factory import job_ad
from tests.recorded import add, migrated, violation

pytestmark = pytest.mark.usefixtures("home")

TEXT = "招聘会计一名，须持有会计从业资格证，电话13812345678"
FREE = ReportLimits(per_minute=1000, per_day=1000, altogether=1000, questions=1000)


def numbered() -> Any:
    numbers = count(1)
    return lambda: f"JB-{next(numbers)}"


@dataclass
class Days:
    """A clock that a test moves by days, and that never shows the same moment twice."""

    day: int = 0
    _ticks: Iterator[int] = field(default_factory=count)

    def __call__(self) -> datetime:
        return NOW + timedelta(days=self.day, seconds=next(self._ticks))


@dataclass
class Office:
    """A desk for reports, and what becomes of them."""

    engine: Engine
    desk: ReportDesk
    clock: Days

    def report(self, **fields: str) -> Given:
        return self.desk.take(report_of(fields), channel="staff")

    def fetch(self, *, local: str = "", most: int = 100) -> list[HostRun | int]:
        house = House(open_database, open_log, self.clock)
        return list(fetch_reported(house, load_boards(), most=most, local=local))

    def standing(self, receipt: str = "JB-1") -> Standing:
        with snapshot(self.engine) as session:
            return standing_of(session, receipt)


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    (home / "qingdan.db").write_bytes(migrated())
    engine, log, clock = open_database(), open_log(), Days()
    desk = ReportDesk(engine, log.producer(), clock=clock, receipts=Receipts(numbered(), 90))
    yield Office(engine, desk, clock)
    log.close()
    engine.dispose()


@pytest.fixture
def service(office: Office) -> Iterator[Service]:
    log = open_log()
    desk = Desk(office.engine, log.producer(), clock=ticking())
    with listening(push_api(desk, reports=office.desk, limits=FREE)) as base:
        yield Service(base, office.engine)
    log.close()


def test_a_text_becomes_an_ad_of_its_own_source_and_answers_by_its_receipt(service: Service) -> None:
    words = {"text": TEXT, "employer": "某公司", "place": "山东省济南市", "note": "电话13912345678"}
    status, answer = service.ask("/v1/reports", words)
    assert (status, answer["receipt"], answer["status"]) == (202, "JB-1", "received")
    (ad,) = collected()
    assert (ad.source, ad.source_kind, ad.company, ad.division) == (
        PUBLIC_REPORTS, "report", "某公司", "370100",
    )  # fmt: skip
    assert "13812345678" not in ad.text
    assert service.ask("/v1/reports/JB-1")[1]["status"] == "fetched"
    add(service.engine, violation(1, source=PUBLIC_REPORTS, source_ad_id=ad.source_ad_id))
    told = service.ask("/v1/reports/JB-1")[1]
    assert told == {
        "receipt": "JB-1", "status": "read", "words": "已判读", "of": "read", "of_words": "已判读",
    }  # fmt: skip
    with snapshot(service.engine) as session:
        found = standing_of(session, "JB-1")
    assert found.note == "电话***********"
    assert found.cases == ("QD-310000-2026-000001",)
    assert [(run.kind, run.source, run.status) for run in runs()] == [("report", PUBLIC_REPORTS, "complete")]


def test_a_form_of_a_page_without_scripts_is_a_report_too(service: Service) -> None:
    form = urlencode({"text": TEXT, "note": "", "homepage": ""}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    assert service.ask("/v1/reports", form, **headers)[0] == 202
    assert len(collected()) == 1


def test_one_ad_reported_many_times_is_one_ad_with_a_count(office: Office) -> None:
    given = [office.report(text=TEXT if number % 2 else f" {TEXT}。\n") for number in range(100)]
    assert len({each.receipt for each in given}) == 100
    assert [each.repeated for each in given] == [False] + [True] * 99
    assert len(collected()) == 1
    assert office.standing("JB-100").times == 100
    assert len(runs()) == 1


def test_what_was_pasted_is_kept_as_evidence(office: Office, home: Path) -> None:
    log = open_log()
    keeper = Keeper(office.engine, home / "evidence")
    receipts = Receipts(numbered(), 90)
    desk = ReportDesk(office.engine, log.producer(), clock=office.clock, receipts=receipts, keeper=keeper)
    desk.take(report_of({"text": TEXT, "contact": "王某"}), channel="web")
    (ad,) = collected()
    with snapshot(office.engine) as session:
        (capture,) = session.scalars(select(Capture))
    assert [shown.capture for shown in ad.evidence] == [capture.id]
    assert (capture.media_type, capture.length) == ("text/plain", len(TEXT.encode()))
    log.close()


def test_nobody_else_uses_the_name_of_the_source(office: Office) -> None:
    log = open_log()
    with transaction(office.engine) as session:
        run_id = start_run(session, kind="file", source="board", now=NOW)
    door = Door(office.engine, Published(office.engine, log.producer()), run_id=run_id, clock=office.clock)
    forged = Posting(source=PUBLIC_REPORTS, source_kind="file", source_ad_id="1", place="a.csv:2", text=TEXT)
    door.admit([forged, replace(forged, source="board", source_kind="report", place="a.csv:3")])
    assert door.counts["rejected"] == 2
    assert collected() == []
    log.close()


def test_the_same_words_at_another_employer_are_another_ad(office: Office) -> None:
    office.report(text=TEXT, employer="甲公司")
    assert not office.report(text=TEXT, employer="乙公司").repeated
    assert {ad.company for ad in collected()} == {"甲公司", "乙公司"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "the body cannot be read"),
        (b"[" * 60_000, "the body cannot be read"),
        (b"\xff\xfe", "the body cannot be read"),
        (b"[]", "one JSON object"),
        (b"{}", "either url or text is expected"),
        (json.dumps({"url": "https://a.example", "text": TEXT}).encode(), "either url or text"),
        (json.dumps({"text": "？！" * 50}).encode(), "too short for an ad"),
        (json.dumps({"text": "字" * 20_001}).encode(), "text: "),
        (json.dumps({"text": TEXT, "rank": "1"}).encode(), "rank: "),
        (json.dumps({"url": "javascript:alert(1)"}).encode(), "url: "),
        (json.dumps({"url": "https://me@a.example/"}).encode(), "url: "),
        (json.dumps({"url": "https://a.example/\u202e7"}).encode(), "url: "),
    ],
)
def test_what_is_no_report_is_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(ReportError) as raised:
        read_report(content, form=False)
    assert reason in str(raised.value)


@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode()), st.booleans())
def test_any_body_is_a_report_or_refused(content: bytes, form: bool) -> None:  # noqa: FBT001 - hypothesis
    with suppress(ReportError):
        read_report(content, form=form)


@given(st.text(st.characters(), max_size=60), st.text(st.characters(), max_size=20))
def test_any_text_is_a_posting_or_refused(text: str, employer: str) -> None:
    content = json.dumps({"text": text, "employer": employer}).encode()
    with suppress(ReportError):
        report = read_report(content, form=False)
        assert posting_of(report).source_ad_id == report.matter_id
        assert (
            report_of({"text": f"\n{report.text}。 ", "employer": report.employer}).matter_id
            == report.matter_id
        )


def test_a_refusal_is_answered_and_leaves_nothing(service: Service) -> None:
    status, answer = service.ask("/v1/reports", {"note": "有个广告"})
    assert (status, answer["detail"]) == (400, "either url or text is expected")
    assert collected() == []


def test_a_program_learns_nothing_and_leaves_nothing(service: Service) -> None:
    status, answer = service.ask("/v1/reports", {"text": TEXT, "homepage": "https://spam.example"})
    assert (status, answer["status"]) == (202, "received")
    assert collected() == []
    assert service.ask(f"/v1/reports/{answer['receipt']}")[0] == 404


def test_large_bodies_and_unknown_receipts(service: Service) -> None:
    assert service.ask("/v1/reports", b" " * (MAX_BYTES + 1))[0] == 413
    assert service.ask("/v1/reports/JB-0000")[0] == 404


def test_one_address_is_slowed_down_and_others_are_not(office: Office) -> None:
    log = open_log()
    limits = ReportLimits(per_minute=2, per_day=3, altogether=5, questions=2)
    desk = Desk(office.engine, log.producer(), clock=ticking())
    with listening(push_api(desk, reports=office.desk, limits=limits)) as base:
        service = Service(base, office.engine)

        def post(address: str) -> int:
            forwarded = {"X-Forwarded-For": address}
            return service.ask("/v1/reports", {"text": f"{TEXT}{address}"}, **forwarded)[0]

        assert [post("203.0.113.7") for _ in range(3)] == [202, 202, 429]
        # Whoever has an IPv6 network has all its addresses.
        assert [post(f"2001:db8::{n}") for n in range(1, 4)] == [202, 202, 429]
        assert [post(f"198.51.100.{n}") for n in range(1, 3)] == [202, 429]  # altogether
        assert [service.ask("/v1/reports/JB-1")[0] for _ in range(3)] == [200, 200, 429]
    log.close()


def test_who_is_refused_is_told_when_to_come_again(office: Office) -> None:
    log = open_log()
    desk = Desk(office.engine, log.producer(), clock=ticking())
    with listening(push_api(desk, reports=office.desk, limits=ReportLimits(per_minute=1))) as base:
        service = Service(base, office.engine)
        service.ask("/v1/reports", {"text": TEXT})
        status, headers = service.headers("/v1/reports", {"text": TEXT})
    assert status == 429
    assert 1 <= int(headers["retry-after"]) <= 61
    log.close()


def test_a_body_that_never_ends_is_given_up(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "SECONDS", 0.2)
    host, port = service.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as slow:
        slow.sendall(b"POST /v1/reports HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{")
        assert slow.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_without_a_desk_there_is_no_such_address() -> None:
    engine, log = open_database(), open_log()
    with listening(push_api(Desk(engine, log.producer(), clock=ticking()))) as base:
        assert Service(base, engine).ask("/v1/reports", {"text": TEXT})[0] == 404
    log.close()
    engine.dispose()


def test_a_contact_is_apart_and_deleted_in_time(office: Office, home: Path) -> None:
    office.report(text=TEXT, contact="王某 13712345678", note="我的电话13712345678")
    with snapshot(office.engine) as session:
        assert session.scalars(select(ReportContact.contact)).all() == ["王某 13712345678"]
        kept = [*session.scalars(select(PublicReport.note)), *session.scalars(select(ReportedMatter.excerpt))]
    assert not any("13712345678" in words for words in kept)
    assert b"13712345678" not in (home / "events.db").read_bytes()
    office.clock.day = 91
    office.report(text="另一则招聘广告的全文")
    with snapshot(office.engine) as session:
        assert session.scalars(select(ReportContact)).all() == []
        assert len(list_reports(session, limit=10)) == 2


@given(st.text(max_size=60))
def test_an_address_has_one_spelling_or_is_refused(text: str) -> None:
    for url in (text, f"https://a.example/{text}"):
        try:
            once = same_page(url)
        except ValueError:
            continue
        assert same_page(once) == once


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://A.example:443/job/7#top", "https://a.example/job/7", True),
        ("http://a.example", "http://a.example:80/", True),
        ("https://a.example/#/job/7", "https://a.example/#/job/8", False),
        ("https://a.example/?id=7", "https://a.example/?id=8", False),
    ],
)
def test_spellings_of_one_page(one: str, other: str, *, same: bool) -> None:
    assert (report_of({"url": one}).matter_id == report_of({"url": other}).matter_id) is same


# Pages


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
        board = board_of({matter: "https://a.example/7"}, None)
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
    board = board_of(page, own)
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
    board = board_of({"m": "https://www.a.example/7"}, None)
    assert (board.delay, board.hosts, board.local) == (5, ("www.a.example", "a.example"), False)
    with pytest.raises(BoardError, match="not on the public web"):
        board_of({"m": "http://127.0.0.1/7"}, None)


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
