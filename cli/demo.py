"""`qingdan demo`: the whole job on this machine, with a small local board of made-up ads."""

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Engine

from cli.dataset import build_dataset, release_dataset
from cli.report import summary
from cli.run import STAGES, run_stages
from cli.wiring import keeps_evidence, open_database, open_log
from config.divisions import NATION
from config.settings import ROOT, settings
from crawlers.board import load_boards
from crawlers.demo.ads import load_ads
from crawlers.demo.board import serve
from crawlers.run import House, RunSummary, crawl
from reports.dataset.versions import Waiver
from reports.weekly.publish import Order, Published, publish
from reports.wording import SEVERITIES
from store.database import snapshot
from store.overview import Overview, overview
from store.weekly import latest_week

STEPS: Final = 5
FOREIGN: Final = ("QINGDAN_DATABASE_URL", "QINGDAN_EVENTS_URL")
"""Settings that would lead the demo out of its own folder."""


@click.command()
def command() -> None:
    """The whole job on this machine: serve, crawl, read, record, alert, report, dataset.

    State lives in the folder `demo` under QINGDAN_HOME, apart from real ads. A second run finds nothing new
    and changes nothing; remove the folder to begin anew.
    """
    with _own_state() as home:
        crawled = _crawl()
        _step(3, "stages", _told(run_stages(STAGES, until_idle=True)))
        engine = open_database()
        report = _report(engine)
        _step(4, "report", summary(report))
        dataset = build_dataset(engine)
        released = release_dataset(engine, dataset.version, Waiver(early="a demonstration"), by="demo")
        _step(5, "dataset", f"version {released.version} ({'released' if released.new else 'unchanged'})")
        with snapshot(engine) as session:
            found = overview(session)
        engine.dispose()
    _findings(found, crawled)
    _next_steps(home, report.path, released.folder)


@contextmanager
def _own_state() -> Iterator[Path]:
    """Give the demo, and the processes it starts, a state folder of its own."""
    before = dict(os.environ)
    home = settings().home / "demo"
    os.environ["QINGDAN_HOME"] = str(home)
    for name in FOREIGN:
        os.environ.pop(name, None)
    settings.cache_clear()
    try:
        yield home
    finally:
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


def _crawl() -> RunSummary:
    with serve() as base_url:
        _step(1, "board", f"{len(load_ads())} made-up ads at {base_url}")
        board = load_boards()["demo"].at(base_url)
        house = House(open_database, open_log, evidence=keeps_evidence())
        done = crawl(board, house, progress=_pages)
    _step(2, "crawl", ", ".join(f"{number} {what}" for what, number in done.outcome.counts.items()))
    return done


def _pages(fetched: int, listed: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r      {fetched} of {listed} pages", nl=fetched >= listed, err=True)


def _told(counts: Mapping[str, Counter[str]]) -> str:
    done = [f"{name} {number} {what}" for name, count in counts.items() for what, number in count.items()]
    return ", ".join(done) or "nothing new"


def _report(engine: Engine) -> Published:
    """The internal and the public edition for the whole nation; returns the internal one."""
    with snapshot(engine) as session:
        week = latest_week(session)
        if week is None:
            raise click.ClickException("no ad was recorded; see: qingdan doctor, qingdan dead list")
        orders = [Order(period=week, bureau=NATION, edition=edition) for edition in ("public", "internal")]
        return [publish(session, order, settings().reports) for order in orders][-1]


def _step(number: int, name: str, done: str) -> None:
    click.echo(f"[{number}/{STEPS}] {name:8} {done}")


def _findings(found: Overview, crawled: RunSummary) -> None:
    grave = "、".join(
        f"{SEVERITIES[level]} {found.severities[level]}" for level in SEVERITIES if level in found.severities
    )
    click.echo(
        f"\n疑似线索 {found.clues} 条（{grave}），分属 {found.cases} 个案件；共核对广告 {found.ads} 条"
    )
    for name, clues in found.qualifications:
        click.echo(f"  {clues:3} 条  {name}")
    if found.hints:
        click.echo(f"另有证书挂靠、招转培提示 {found.hints} 条")
    if found.unknown:
        click.echo(f"目录未收录、待人工归类的证书名称 {found.unknown} 个")
    if crawled.outcome.note:
        click.echo(
            f"采集说明：{crawled.outcome.note}；退回 {found.rejections} 项，原因见数据库 rejections 表"
        )


def _next_steps(home: Path, report: Path, dataset: Path) -> None:
    command = f"QINGDAN_HOME={home} {ROOT / 'qingdan'}"
    click.echo("\nwritten")
    for name, path in (("weekly report", report), ("alerts", home / "outbox"), ("dataset", dataset)):
        click.echo(f"  {name:14} {path}")
    click.echo("\nto look further")
    for what in ("cases list", "cases hints", "alerts list", "dead list", "catalogue lookup 人力资源管理师"):
        click.echo(f"  {command} {what}")
