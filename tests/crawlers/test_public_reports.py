"""Public reports: over a real HTTP server into a real log."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config import serving
from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.outlet import Published
from crawlers.posting import Posting
from crawlers.public.desk import Receipts, ReportDesk, posting_of
from crawlers.public.report import MAX_BYTES, ReportError, read_report, report_of, same_page
from crawlers.push.api import push_api
from crawlers.push.desk import Desk
from crawlers.push.reports_api import ReportLimits
from events.types import PUBLIC_REPORTS
from store.database import snapshot, transaction
from store.evidence_models import Capture
from store.intake import start_run
from store.public_report_models import PublicReport, ReportContact, ReportedMatter
from store.report_standings import list_reports, standing_of
from store.seal import opened
from tests.crawlers.pushing import NOW, Service, listening, ticking
from tests.crawlers.reporting import Office, numbered
from tests.crawlers.serving import (
    collected,
    open_database,
    open_log,
    runs,
)
from tests.recorded import add, violation

pytestmark = pytest.mark.usefixtures("home")

TEXT = "招聘会计一名，须持有会计从业资格证，电话13812345678"
FREE = ReportLimits(per_minute=1000, per_day=1000, altogether=1000, questions=1000)


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


def test_what_was_pasted_is_kept_as_evidence(office: Office) -> None:
    log = open_log()
    keeper = Keeper(office.engine)
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
    monkeypatch.setattr(serving, "SECONDS", 0.2)
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
        (stored,) = session.scalars(select(ReportContact.contact))
        assert opened(stored) == "王某 13712345678"
        kept = [*session.scalars(select(PublicReport.note)), *session.scalars(select(ReportedMatter.excerpt))]
    assert not any("13712345678" in words for words in kept)
    kept_files = [file for file in home.rglob("*") if file.is_file()]
    assert home / "qingdan.db" in kept_files
    assert not any(b"13712345678" in file.read_bytes() for file in kept_files)
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
