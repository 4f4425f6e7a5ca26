"""`qingdan evidence` as officers use it."""

import stat
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from cli.doctor import command as doctor
from cli.evidence import command
from cli.wiring import keeps_evidence, open_database
from config.settings import CHINA, settings
from events.types import Shown
from store.database import snapshot, transaction
from store.evidence import Original, note_captures
from store.evidence_bytes import Content, keep_bytes, remove_bytes
from store.evidence_models import EvidencePiece
from store.models import Clue
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add

PAGE = "<p>联系人 13812345678".encode()
AD = job_ad(1).ad_id


def evidence(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def keep(data: bytes = PAGE, *, number: int = 1, accused: bool = True, **given: Any) -> Original:
    """An original that shows ad `number`."""
    fields: dict[str, Any] = {
        "fetched_at": WEDNESDAY, "url": "https://a.example/1", "answered_url": "https://a.example/1",
        "status": 200, "tls": True, "address": "203.0.113.7", "media_type": "text/html", "charset": "gb18030",
        "request": {"method": "GET", "headers": {"User-Agent": "Qingdan/0.1"}}, "headers": {"ETag": '"a"'},
    } | given  # fmt: skip
    original = Original(content=Content(data), **fields)
    engine = open_database()
    with transaction(engine) as session:
        keep_bytes(session, [original.content])
        note_captures(session, "run", [original])
    shown = Shown(capture=original.id, locator=given.get("name", ""))
    ad = job_ad(number).model_copy(update={"evidence": (shown,)})
    add(engine, checked_ad(ad, *([mention()] if accused else [])))
    engine.dispose()
    return original


def spoil(original: Original) -> None:
    with transaction(open_database()) as session:
        mine = EvidencePiece.sha256 == original.content.sha256
        session.execute(update(EvidencePiece).where(mine).values(packed=zstd.compress(b"other")))


@pytest.mark.usefixtures("home")
def test_metadata_is_shown_and_no_byte_of_the_page() -> None:
    page = keep()
    with snapshot(open_database()) as session:
        clue = session.scalars(select(Clue.id)).one()
    for name in (AD, AD[:8], clue):
        told = evidence("show", name)
        assert told.exit_code == 0
        for words in (
            page.content.sha256, f"{len(PAGE)} 字节", "text/html；编码 gb18030", "GET https://a.example/1",
            "User-Agent: Qingdan/0.1", 'ETag: "a"', "HTTP 200", "203.0.113.7", "已加密并验证证书",
            "2026-11-18 10:30:00 +0800", "保存 完好，哈希一致", "线索 1 条",
        ):  # fmt: skip
            assert words in told.output
        assert "13812345678" not in told.output
    assert evidence("log").output == "", "nobody was handed anything"


@pytest.mark.usefixtures("home")
def test_a_file_and_a_pushed_ad_say_where_they_came_from() -> None:
    keep(name="岗位表.xlsx", url="", answered_url="", status=None, tls=None, request={}, headers={})
    keep(b"{}", number=2, sender="k" * 32, url="", answered_url="", tls=None, request={}, headers={})
    told = evidence("show", AD).output
    assert "文件 岗位表.xlsx" in told
    assert "位置 岗位表.xlsx" in told
    assert f"推送密钥 {'k' * 32}" in evidence("show", job_ad(2).ad_id).output


@pytest.mark.usefixtures("home")
def test_bytes_are_handed_out_only_against_a_name_and_a_reason(tmp_path: Path) -> None:
    page = keep()
    for missing in ((), ("--by", "张三"), ("--why", "立案取证"), ("--by", " ", "--why", "立案取证")):
        refused = evidence("show", AD, "--raw", *missing)
        assert refused.exit_code == 2
        assert b"13812345678" not in refused.stdout_bytes
    out = tmp_path / "page.bin"
    assert evidence("show", AD, "--raw", "--by", "张三", "--why", "立案取证", "--out", out).exit_code == 0
    assert out.read_bytes() == PAGE
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    told = evidence("log").output
    assert told.count("张三") == 1
    assert "立案取证" in told
    assert page.content.sha256 in told
    again = evidence("show", AD, "--raw", "--by", "张三", "--why", "立案取证")
    assert again.stdout_bytes == PAGE
    assert evidence("log").output.count("张三") == 2


@pytest.mark.usefixtures("home")
def test_no_file_is_written_over(tmp_path: Path) -> None:
    keep()
    out = tmp_path / "page.txt"
    out.write_text("mine")
    told = evidence("show", AD, "--out", out)
    assert (told.exit_code, out.read_text()) == (2, "mine")
    assert "File exists" in told.output
    out.unlink()
    assert evidence("show", AD, "--out", out).exit_code == 0
    assert "SHA-256" in out.read_text("utf-8")


@pytest.mark.usefixtures("home")
def test_one_of_several_originals_is_chosen() -> None:
    keep(b"first")
    newer = keep(b"second", fetched_at=WEDNESDAY + timedelta(days=1))
    access = ("--raw", "--by", "张三", "--why", "核对", "--capture", newer.id[:10])
    assert evidence("show", AD, *access).stdout_bytes == b"second"


@pytest.mark.parametrize("raw", [[], ["--raw", "--by", "张三", "--why", "核对"]])
def test_what_nobody_knows(home: Path, raw: list[str]) -> None:
    assert settings().home == home
    told = evidence("show", "0" * 32, *raw)
    assert told.exit_code == 1
    assert "no ad or clue" in told.output


@pytest.mark.usefixtures("home")
def test_bytes_that_are_not_sound_are_not_handed_out() -> None:
    page = keep()
    spoil(page)
    assert "已改变，哈希不符" in evidence("show", AD).output
    told = evidence("show", AD, "--raw", "--by", "张三", "--why", "核对")
    assert told.exit_code == 1
    assert "changed" in told.output
    assert evidence("log").output == ""


@pytest.mark.usefixtures("home")
def test_words_of_a_page_command_no_terminal() -> None:
    keep(headers={"Server": "\x1b[31m\u202eevil\n"}, url="https://a.example/\x1b[2J")
    told = evidence("show", AD).output
    assert "\x1b" not in told
    assert "\u202e" not in told


@pytest.mark.usefixtures("home")
def test_verifying_reads_everything_again() -> None:
    sound, wrong = keep(), keep(b"wrong", number=2, url="https://b.example/2")
    assert evidence("verify").exit_code == 0
    with transaction(open_database()) as session:
        remove_bytes(session, {wrong.content.sha256})
    told = evidence("verify")
    assert told.exit_code == 1
    assert f"missing  {wrong.content.sha256}  https://b.example/2" in told.output
    assert sound.content.sha256 not in told.output
    assert "2 read, 1 missing" in told.output


@pytest.mark.usefixtures("home")
def test_trimming_keeps_what_shows_a_clue(monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = datetime.now(CHINA) - timedelta(days=settings().evidence_days + 1)
    accused = keep(b"accused", fetched_at=long_ago)
    plain = keep(b"plain", number=2, accused=False, fetched_at=long_ago)
    told = CliRunner().invoke(doctor)
    assert "evidence: " in told.output
    assert "originals are kept too long" not in told.output
    monkeypatch.setattr("cli.doctor.TRIM_LATE", timedelta(0))
    assert "BAD  evidence: " in CliRunner().invoke(doctor).output
    told = evidence("trim")
    assert told.exit_code == 0
    assert "1 originals given up" in told.output
    assert "按保存期限删除" in evidence("show", job_ad(2).ad_id).output
    refused = evidence("show", job_ad(2).ad_id, "--raw", "--by", "张三", "--why", "核对")
    assert refused.exit_code == 1
    assert "no longer kept" in refused.output
    assert plain.content.sha256 != accused.content.sha256
    assert evidence("show", AD, "--raw", "--by", "张三", "--why", "核对").stdout_bytes == b"accused"
    assert evidence("verify").exit_code == 0


@pytest.mark.usefixtures("home")
def test_with_no_days_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keeps_evidence()
    monkeypatch.setenv("QINGDAN_EVIDENCE_DAYS", "0")
    settings.cache_clear()
    assert not keeps_evidence()


def test_doctor_says_when_others_may_read_the_database(home: Path) -> None:
    keep()
    assert "others may read" not in CliRunner().invoke(doctor).output
    (home / "qingdan.db").chmod(0o640)
    assert f"others may read {home / 'qingdan.db'}, see: chmod 600" in CliRunner().invoke(doctor).output


def test_a_folder_is_taken_in(home: Path) -> None:
    page = keep()
    with transaction(open_database()) as session:
        remove_bytes(session, {page.content.sha256})
    place = home / "evidence" / page.content.sha256[:2]
    place.mkdir(parents=True)
    (place / f"{page.content.sha256}.zst").write_bytes(zstd.compress(PAGE))
    assert "files lie in" in CliRunner().invoke(doctor).output
    told = evidence("take-in", home / "evidence")
    assert (told.exit_code, told.output) == (0, "1 taken in\n")
    assert evidence("verify").exit_code == 0
    (place / f"{page.content.sha256}.zst").write_bytes(zstd.compress(b"other"))
    told = evidence("take-in", home / "evidence")
    assert (told.exit_code, "changed  " in told.output) == (1, True)
