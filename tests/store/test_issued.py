"""Reports that were issued, on SQLite and on PostgreSQL: one of a number, for good, and only for its area."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from config.divisions import NATION
from config.weeks import Week
from reports.weekly.issue import IssueError, Signing, faults, issue, write_out
from reports.weekly.model import Report
from reports.weekly.publish import WRITERS, Order, files_of
from store.database import snapshot, transaction
from store.issued import file_bytes, file_lines, issued_report, issued_reports
from tests.factory import WEDNESDAY
from tests.processes import PATIENCE
from tests.recorded import add, violation

WEEK = Week.of(WEDNESDAY)
MONDAY = WEEK.end + timedelta(hours=8)
ORDER: Final = Order(period=WEEK, bureau="310000")
SIGNING: Final = Signing(by="张处长", at=MONDAY)
NUMBER = "310000-2026-W47-N-1"
SECOND = "310000-2026-W47-N-2"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """One case of Shanghai."""
    add(engine, violation(1))
    return engine


def bytes_of(engine: Engine, number: str) -> dict[str, bytes]:
    with snapshot(engine) as session:
        return {line.name: file_bytes(session, line) for line in file_lines(session, number)}


def test_what_was_issued_stays_whatever_comes_later(engine: Engine, tmp_path: Path) -> None:
    first = issue(engine, ORDER, SIGNING)
    place = write_out(engine, first, tmp_path)
    before = {file.name: file.read_bytes() for file in place.iterdir()}
    assert place == tmp_path / "2026-W47" / "310000" / NUMBER
    assert set(before) == {"weekly-internal.html", "manifest.json"}
    assert f"编号 {NUMBER}" in before["weekly-internal.html"].decode()
    add(engine, violation(2, company="第二公司"))
    again = issue(engine, ORDER, replace(SIGNING, at=MONDAY + timedelta(days=1)))
    assert again == first
    (place / "weekly-internal.html").write_text("changed")
    assert list(faults(engine, tmp_path)) == [
        f"{NUMBER}: {place / 'weekly-internal.html'} is not what was issued"
    ]
    assert write_out(engine, again, tmp_path) == place
    assert {file.name: file.read_bytes() for file in place.iterdir()} == before
    assert list(faults(engine, tmp_path)) == []


def test_a_correction_is_a_report_of_its_own_that_cites_the_one_before(engine: Engine) -> None:
    issue(engine, ORDER, SIGNING)
    add(engine, violation(2, company="第二公司"))
    second = issue(engine, ORDER, replace(SIGNING, reason="漏计一家单位"))
    assert (second.number, second.version, second.corrects) == (SECOND, 2, NUMBER)
    page = bytes_of(engine, SECOND)["weekly-internal.html"].decode()
    assert f"本报告更正 {NUMBER}。更正原因：漏计一家单位" in page
    assert "第二公司" in page
    assert "第二公司" not in bytes_of(engine, NUMBER)["weekly-internal.html"].decode()
    assert issue(engine, ORDER, SIGNING) == second


def test_only_what_is_over_is_issued_and_only_what_was_issued_is_corrected(engine: Engine) -> None:
    with pytest.raises(IssueError, match="2026-W47 is not over before 2026-11-23 00:00"):
        issue(engine, ORDER, replace(SIGNING, at=WEEK.end - timedelta(seconds=1)))
    with pytest.raises(IssueError, match="nothing was issued"):
        issue(engine, ORDER, replace(SIGNING, reason="更正"))


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two who issue a report come to the end of building it at the same moment."""
    barrier = Barrier(2, timeout=PATIENCE)

    def met(report: Report, formats: tuple[str, ...]) -> dict[str, bytes]:
        barrier.wait()
        return files_of(report, formats)

    monkeypatch.setattr("reports.weekly.issue.files_of", met)


@pytest.mark.usefixtures("together")
def test_two_schedulers_at_once_yield_one_report(engine: Engine) -> None:
    signings = [replace(SIGNING, by=name) for name in ("甲", "乙")]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda signing: issue(engine, ORDER, signing), signings))
    assert found[0] == found[1]
    with snapshot(engine) as session:
        assert issued_reports(session, NATION) == [found[0]]


def test_two_corrections_at_once_do_not_hide_each_other(
    engine: Engine, request: pytest.FixtureRequest
) -> None:
    issue(engine, ORDER, SIGNING)
    request.getfixturevalue("together")

    def correct(reason: str) -> str:
        try:
            return issue(engine, ORDER, replace(SIGNING, reason=reason)).reason
        except IssueError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = set(pool.map(correct, ["甲", "乙"]))
    assert f"{SECOND} was issued by somebody else in the meantime; read it first" in told
    assert len(told & {"甲", "乙"}) == 1


def test_a_build_that_fails_leaves_what_was_issued(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first = issue(engine, ORDER, SIGNING)
    monkeypatch.setitem(WRITERS, "html", lambda _report: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        issue(engine, ORDER, replace(SIGNING, reason="更正"))
    assert issue(engine, ORDER, SIGNING) == first
    assert list(bytes_of(engine, NUMBER)) == ["weekly-internal.html"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE issued_reports SET reason = 'x'",
        "DELETE FROM issued_reports",
        "UPDATE issued_files SET sha256 = 'x'",
        "DELETE FROM issued_files",
    ],
)
def test_the_store_refuses_to_change_what_was_issued(engine: Engine, statement: str) -> None:
    issue(engine, ORDER, SIGNING)
    with pytest.raises(DatabaseError, match=r"stays as it is|append-only"), transaction(engine) as session:
        session.execute(text(statement))


def test_a_bureau_sees_what_was_issued_within_its_area(engine: Engine) -> None:
    for bureau in ("310000", "000000", "330100"):
        issue(engine, replace(ORDER, bureau=bureau), SIGNING)
    with snapshot(engine) as session:
        seen = {
            area: [each.bureau for each in issued_reports(session, area)]
            for area in (NATION, "310000", "330000", "330100", "340000")
        }
        assert issued_report(session, NUMBER, "330000") is None
        assert issued_report(session, NUMBER, "310000") is not None
    assert seen == {
        NATION: ["000000", "310000", "330100"],
        "310000": ["310000"],
        "330000": ["330100"],
        "330100": ["330100"],
        "340000": [],
    }
