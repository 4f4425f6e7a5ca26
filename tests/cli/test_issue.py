"""`qingdan report issue | verify | schedule | timer`."""

import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from cli.report import command
from config.settings import CHINA
from tests.recorded import fresh_store
from tests.reports.week_factory import MIDWEEK, WEEK, store, suspicious

MONDAY = datetime(2026, 11, 23, 8, tzinfo=CHINA)


def qingdan(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where reports go of a store with one case of Hangzhou, on the Monday after its week."""
    with fresh_store(home) as engine:
        store(engine, [suspicious(1)])
    monkeypatch.setattr("cli.issue.now_in_china", lambda: MONDAY)
    monkeypatch.setattr("cli.issue.all_codes", lambda: ["330100"])
    return home / "reports"


def test_a_report_is_issued_once_and_corrected_with_a_reason(folder: Path) -> None:
    wanted = "issue", "2026-W47", "--bureau", "330100", "--by", "张处长"
    first = "330100-2026-W47-N-1"
    place = folder / "2026-W47" / "330100" / first
    assert qingdan(*wanted).output == f"{first} issued: {place}\n"
    shutil.rmtree(folder)
    assert qingdan(*wanted, "--format", "xlsx").output.startswith(f"{first} issued")
    assert [file.name for file in sorted(place.iterdir())] == ["manifest.json", "weekly-internal.html"]
    assert "330100-2026-W47-N-2 issued" in qingdan(*wanted, "--correct", "漏计").output
    assert [line.split()[0] for line in qingdan("list").output.splitlines()] == [first, f"{first[:-1]}2"]
    public = qingdan(*wanted, "--edition", "public")
    assert "330100-2026-W47-G-1 issued" in public.output


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_issued_is_told_with_status_one() -> None:
    running = qingdan("issue", "2026-W48", "--by", "张处长")
    assert (running.exit_code, running.output) == (
        1,
        "not issued: 000000 2026-W48 internal: 2026-W48 is not over before 2026-11-30 00:00\n",
    )
    assert qingdan("issue", "2026-W47", "--by", "张处长", "--correct", "更正").exit_code == 1
    assert qingdan("issue", "2026", "--by", "张处长").exit_code == 2
    assert qingdan("issue", "2026-W47").exit_code == 2


def test_what_was_changed_in_the_folder_is_found(folder: Path) -> None:
    qingdan("issue", "2026-W47", "--bureau", "330100", "--by", "张处长")
    assert qingdan("verify").output == "all that was issued is as it was\n"
    (file,) = folder.glob("*/*/*/*.html")
    file.write_text("changed", encoding="utf-8")
    found = qingdan("verify")
    assert (found.exit_code, found.output) == (1, f"330100-2026-W47-N-1: {file} is not what was issued\n")


def test_a_report_that_was_changed_in_the_database_is_not_written_out(folder: Path) -> None:
    wanted = "issue", "2026-W47", "--bureau", "330100", "--by", "张处长"
    qingdan(*wanted)
    shutil.rmtree(folder)
    with sqlite3.connect(folder.parent / "qingdan.db") as database:
        database.execute("DROP TRIGGER issued_files_no_UPDATE")
        database.execute("UPDATE issued_files SET content = X'00'")
    damaged = "330100-2026-W47-N-1: weekly-internal.html in the database is not what was issued\n"
    assert qingdan("verify").output == damaged
    refused = qingdan(*wanted)
    assert (refused.exit_code, refused.output) == (1, f"not issued: 330100 2026-W47 internal: {damaged}")
    assert not list(folder.glob("**/*.html"))


@pytest.mark.parametrize(
    "command",
    [("issue", "2026-W47", "--bureau", "330100", "--by", "张"), ("schedule",)],
    ids=["issue", "schedule"],
)
def test_evidence_packs_go_with_a_report_where_they_are_ordered(
    folder: Path, command: tuple[str, ...]
) -> None:
    assert "330100-2026-W47-N-1 issued" in qingdan(*command, "--evidence-packs").output
    (archive,) = (folder / "2026-W47").glob("*/*/evidence-*.zip")
    with ZipFile(archive) as packs:
        assert packs.namelist() == ["QD-330100-2026-000001.zip"]


@pytest.mark.usefixtures("folder")
def test_the_schedule_issues_what_is_due_and_makes_up_what_was_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [line.split()[0] for line in qingdan("schedule").output.splitlines()] == [
        "330100-2026-W47-N-1", "330100-2026-10-N-1",
    ]  # fmt: skip
    assert qingdan("schedule").output == ""
    later = MONDAY.replace(month=12, day=14)
    monkeypatch.setattr("cli.issue.now_in_china", lambda: later)
    assert [line.split()[0] for line in qingdan("schedule").output.splitlines()] == [
        "330100-2026-W48-N-1", "330100-2026-W49-N-1", "330100-2026-W50-N-1", "330100-2026-11-N-1",
    ]  # fmt: skip


def test_a_month_is_drafted_like_a_week(folder: Path) -> None:
    month = f"{MIDWEEK:%Y-%m}"
    assert qingdan("monthly", "--month", month, "--bureau", "330100").exit_code == 0
    page = (folder / month / "330100" / "monthly-internal.html").read_text(encoding="utf-8")
    assert "招聘广告证书要求监测通报" in page
    assert "编号 330100-2026-11-N-草稿" in page
    assert qingdan("monthly", "--month", "2026-13").exit_code == 2


def test_many_bureaus_are_shared_among_processes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = ["000000", "330000", "330100"]
    monkeypatch.setattr("cli.report_options.all_codes", lambda: codes)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert qingdan("weekly", "--all-bureaus").output.count("(written)") == len(codes)
    assert sorted(each.name for each in (folder / str(WEEK)).iterdir()) == codes
    alone = folder.parent / "alone"
    for code in codes:
        assert qingdan("weekly", "--bureau", code, "--out", str(alone)).exit_code == 0
        same = f"{WEEK}/{code}/weekly-internal.html"
        assert (folder / same).read_bytes() == (alone / same).read_bytes()


def test_the_timer_is_one_that_systemd_takes(tmp_path: Path) -> None:
    units = qingdan("timer").output
    assert "OnCalendar=Mon *-*-* 08:00:00 Asia/Shanghai\n" in units
    assert "Persistent=true\n" in units
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there to check it")
    timer = tmp_path / "qingdan-report.timer"
    timer.write_text(units.partition("qingdan-report.timer\n")[2], encoding="utf-8")
    (tmp_path / "qingdan-report.service").write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    subprocess.run(["systemd-analyze", "verify", timer], check=True, capture_output=True)
