"""`qingdan evidence`: what ads were read from; show it, prove it, give it up in time (docs/evidence.md)."""

import sys
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from sqlalchemy.orm import Session

from cli.pack import own_file, verify_pack
from cli.wiring import open_database
from config.clock import now_in_china
from config.divisions import NATION
from config.settings import settings
from reports.alerts.parts import one_line
from store.database import snapshot, transaction
from store.evidence import note_access
from store.evidence_bytes import kept_bytes, state_of
from store.evidence_file import SHORTEST, EvidenceFile, Exhibit, SeveralMeant, open_evidence
from store.evidence_folder import take_in
from store.evidence_retention import Retention, faults, trim
from store.jurisdiction import bureaus_within
from store.reads import reads_within

_NONE: Final = "－"


@click.group()
def command() -> None:
    """Evidence: the bytes that ads were read from, and how they came (docs/evidence.md)."""


command.add_command(verify_pack)


@command.command()
@click.argument("name", metavar="CLUE|AD")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this new file.")
@click.option("--raw", is_flag=True, help="The bytes themselves: an audited access, with --by and --why.")
@click.option("--capture", default="", metavar="ID", help="Which bytes, where there are several.")
@click.option("--by", default="", metavar="NAME", help="Who is handed the bytes.")
@click.option("--why", default="", metavar="TEXT", help="What for.")
def show(name: str, out: Path | None, *, raw: bool, **access: str) -> None:
    """Show what an ad was read from; CLUE and AD are ids, or their first characters.

    Without --raw: when, from where and how it came, its hash, and whether the bytes are there and sound. With
    it: the bytes as they were received, contacts and all; who was handed them, when and why is kept for ever.
    """
    with snapshot(open_database()) as session:
        found = _found(session, name)
        if not raw:
            _write_text(out, described(session, found))
            return
        if not access["by"].strip() or not access["why"].strip():
            raise click.UsageError("--raw hands out personal data: say --by whom and --why")
        if out is None and sys.stdout.isatty():
            raise click.UsageError("bytes from the web may command a terminal: give --out FILE")
        exhibit = _chosen(found, access["capture"])
        _hand_out(session, exhibit, out, actor=access["by"].strip(), why=access["why"].strip())


def _found(session: Session, name: str) -> EvidenceFile:
    try:
        found = open_evidence(session, name)
    except SeveralMeant as error:
        raise click.UsageError(str(error)) from error
    if found is None:
        click.echo(f"qingdan: no ad or clue {name}; give at least {SHORTEST} characters of its id", err=True)
        sys.exit(1)
    return found


def _chosen(found: EvidenceFile, capture: str) -> Exhibit:
    """The exhibit whose capture is named; without a name that of the newest version that says most."""
    meant = [each for each in found.exhibits if each.capture.id.startswith(capture)]
    if not capture:
        meant = [each for each in meant if each.version_id == meant[-1].version_id]
    if not meant:
        click.echo(f"qingdan: nothing was kept of ad {found.ad_id}", err=True)
        sys.exit(1)
    return meant[0]


def _hand_out(session: Session, exhibit: Exhibit, out: Path | None, *, actor: str, why: str) -> None:
    """Note the access, and then write the bytes."""
    capture = exhibit.capture
    wrong = _gone(exhibit) or state_of(session, capture.sha256)
    if wrong != "sound":
        click.echo(f"qingdan: the bytes {capture.sha256} are {wrong}", err=True)
        sys.exit(1)
    with transaction(open_database(), durable=True) as noting:
        note_access(noting, capture, actor=actor, why=why, now=now_in_china())
    if out is None:
        sys.stdout.buffer.writelines(kept_bytes(session, capture.sha256))
        sys.stdout.buffer.flush()
    else:
        with own_file(out) as target:
            target.writelines(kept_bytes(session, capture.sha256))


def _gone(exhibit: Exhibit) -> str:
    removed = exhibit.capture.removed_at
    return f"no longer kept since {removed:%Y-%m-%d %H:%M}" if removed else ""


def _write_text(out: Path | None, lines: Iterable[str]) -> None:
    if out is None:
        for line in lines:
            click.echo(line)
    else:
        with own_file(out) as file:
            file.write("".join(f"{line}\n" for line in lines).encode())


def described(session: Session, found: EvidenceFile) -> list[str]:
    """An evidence file in lines, for an officer."""
    lines = [f"广告 {found.ad_id}  来源 {one_line(found.source)}  岗位 {one_line(found.title)}"]
    lines += [f"  网址 {one_line(found.url) or _NONE}；线索 {found.clues} 条"]
    for exhibit in found.exhibits:
        lines += _described(session, exhibit)
    if found.unshown:
        lines += [f"  另有 {found.unshown} 个版本未留存原始数据"]
    return lines


def _described(session: Session, exhibit: Exhibit) -> list[str]:
    capture = exhibit.capture
    lines = [
        f"  版本 {exhibit.version_id[:12]}  采集 {exhibit.observed_at:%Y-%m-%d %H:%M:%S %z}",
        f"    原始数据 {capture.id}  SHA-256 {capture.sha256}  {capture.length:,} 字节",
        f"    类型 {one_line(capture.media_type) or _NONE}；编码 {one_line(capture.charset) or _NONE}",
        f"    取得 {capture.fetched_at:%Y-%m-%d %H:%M:%S %z}；最近一次确认未变 {_confirmed(exhibit)}",
        f"    运行 {capture.run_id}（{one_line(exhibit.source)}）",
        *_origin(exhibit),
        f"    保存 {_kept(session, exhibit)}",
    ]
    if exhibit.locator:
        lines.insert(3, f"    位置 {one_line(exhibit.locator)}")
    return lines


def _confirmed(exhibit: Exhibit) -> str:
    capture = exhibit.capture
    return f"{capture.seen_at:%Y-%m-%d %H:%M:%S %z}" if capture.seen_at > capture.fetched_at else _NONE


def _origin(exhibit: Exhibit) -> list[str]:
    """Where the bytes came from."""
    capture = exhibit.capture
    if not capture.url:
        sender = f"；推送密钥 {capture.sender}" if capture.sender else ""
        return [f"    文件 {one_line(capture.name) or _NONE}{sender}"]
    asked, headers = capture.request.get("method", ""), capture.request.get("headers", {})
    lines = [f"    请求 {asked} {one_line(capture.url)}", *_headers(headers)]
    if body := capture.request.get("body"):
        lines += [f"      {one_line(body)}"]
    answered = f"  {one_line(capture.answered_url)}" if capture.answered_url != capture.url else ""
    tls = "已加密并验证证书" if capture.tls else "未加密"
    answer = f"    应答 HTTP {capture.status}{answered}；地址 {capture.address or _NONE}；传输 {tls}"
    return [*lines, answer, *_headers(capture.headers)]


def _headers(headers: dict[str, str]) -> list[str]:
    return [f"      {one_line(name)}: {one_line(value)}" for name, value in sorted(headers.items())]


_STATES: Final = {
    "sound": "完好，哈希一致",
    "missing": "缺失",
    "changed": "已改变，哈希不符",
}


def _kept(session: Session, exhibit: Exhibit) -> str:
    removed = exhibit.capture.removed_at
    if removed is not None:
        return f"已于 {removed:%Y-%m-%d} 按保存期限删除"
    return _STATES[state_of(session, exhibit.capture.sha256)]


@command.command()
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1))
def log(limit: int) -> None:
    """Who read what is personal, bytes and contacts, when and why; the newest first."""
    with snapshot(open_database()) as session:
        for each in reads_within(session, bureaus_within(NATION), limit=limit):
            click.echo(f"{each.at:%Y-%m-%d %H:%M:%S}  {one_line(each.actor)}  {one_line(each.why)}")
            click.echo(f"  {each.what} {each.subject}{f'  SHA-256 {each.sha256}' if each.sha256 else ''}")


@command.command()
def verify() -> None:
    """Read everything that is to be kept and hash it again; status 1 if any of it is missing or changed."""
    read = wrong = 0
    for fault in faults(open_database()):
        read += 1
        if fault is not None:
            wrong += 1
            click.echo(f"{fault.state}  {fault.sha256}  {one_line(fault.place)}")
    click.echo(f"{read:,} read, {wrong:,} missing or changed", err=bool(wrong))
    sys.exit(1 if wrong else 0)


def retention(now: datetime) -> Retention:
    """Which bytes are given up at this moment."""
    return Retention(now=now, days=settings().evidence_days, case_days=settings().evidence_case_days)


@command.command("trim")
def trim_() -> None:
    """Delete the bytes that have served their time (QINGDAN_EVIDENCE_DAYS, QINGDAN_EVIDENCE_CASE_DAYS)."""
    done = trim(open_database(), retention(now_in_china()))
    click.echo(f"{done.captures:,} originals given up; {done.contents:,} deleted, {done.bytes >> 20:,} MiB")


@command.command("take-in")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def take_in_(folder: Path) -> None:
    """Move evidence that lies in a folder into the database; status 1 if a file was not what its name says.

    A file that no original keeps stays where it is, as does one that has changed.
    """
    fates = Counter[str]()
    for path, fate in take_in(open_database(), folder):
        fates[fate] += 1
        if fate == "changed":
            click.echo(f"changed  {path}")
    click.echo(", ".join(f"{times:,} {fate}" for fate, times in fates.items()) or "nothing there")
    sys.exit(1 if fates["changed"] else 0)
