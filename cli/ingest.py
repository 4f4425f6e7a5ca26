"""`qingdan ingest`: take ads from files into the log."""

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cli.wiring import open_database, open_keeper, open_log_to_fill
from config.clock import now_in_china
from config.settings import settings
from crawlers.door import Door
from crawlers.held import Dropped, ended
from crawlers.intake.archive import unpacked
from crawlers.intake.ingest import FileProgress, RejectionFile, difference, ingest_file
from crawlers.intake.mappings import ColumnMapping, mapping_named
from crawlers.intake.rows import IntakeError
from crawlers.intake.source import stem
from crawlers.issues import Issue, Issues, issues_file
from crawlers.outlet import Outlet, Published, Staged
from crawlers.spool import SpoolingProducer
from events.log import LogError
from store.database import transaction
from store.intake import Outcome, Refusal, finish_run, start_run
from store.staging import drop
from store.targets import RunMark

LINE_SECONDS: Final = 5.0
"""How often progress is told where there is no terminal."""
SHOWN: Final = 10
"""Rejections printed at the end; all of them are kept."""


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", default="", metavar="NAME", help="Name of the source; wins over the rows' own.")
@click.option(
    "--mapping",
    default="",
    metavar="NAME",
    help="A ready mapping such as zhaopin, or a YAML file: field to column.",
)
def command(files: Sequence[Path], source: str, mapping: str) -> None:
    """Take ads from JSON, CSV, XML, workbooks, notices in PDF or Word, or a zip of these (docs/intake.md).

    Columns are found by their headers, Chinese or English. Status 1 when anything was rejected, 2 when a
    file could not be read as a whole; the other files are taken in all the same.
    """
    try:
        columns = mapping_named(mapping) if mapping else None
    except IntakeError as error:
        raise click.UsageError(str(error)) from error
    present = [path for path in files if path.is_file()]
    for path in sorted(set(files) - set(present)):
        told = "a folder; name the files in it" if path.is_dir() else "no such file"
        click.echo(f"qingdan: {path}: {told}", err=True)
    if not present:  # a slip of the pen is no run: the weekly report would call it an incomplete source
        sys.exit(2)
    counts, unread = ingest(present, source=source.strip(), mapping=columns)
    if unread or len(present) < len(files):
        sys.exit(2)
    sys.exit(1 if counts["rejected"] or counts["undated"] else 0)


def ingest(
    files: Sequence[Path], *, source: str, mapping: ColumnMapping | None, watched: bool = True
) -> tuple[Counter[str], list[str]]:
    """Take `files` in as one run; its counts, and why files could not be read as a whole.

    Unless a person watches, the ads are judged as a whole before any is published (crawlers/held.py).

    Raises:
        ClickException: the log was away for so long that the run had to be given up.
    """
    engine, log = open_database(), open_log_to_fill()
    # The name that the ads of these files bear, so that the weekly report finds the run of its source.
    name = source or ", ".join(dict.fromkeys(stem(path) for path in files))
    with transaction(engine) as session:
        run_id = start_run(session, kind="file", source=name[:200], now=now_in_china())
    producer = SpoolingProducer(log.producer(), engine, now=now_in_china)
    outlet: Outlet = Published(engine, producer) if watched else Staged(engine, run_id)
    door = Door(engine, outlet, run_id=run_id, clock=now_in_china, keeper=open_keeper(engine))
    kept = RejectionFile(settings().home / "runs" / run_id / "rejections.jsonl", show=SHOWN)
    issues = Issues()
    outcome = Outcome("incomplete", door.counts, "interrupted")
    try:
        with kept, _Told(files) as told:
            taking = _Taking(door, kept, told, (source, mapping), issues)
            failures = [failure for path in files for failure in taking.file_or_archive(path)]
        failed = [failure for failure in failures if failure]
        outcome = ended(door.counts, "", note="; ".join(failed))
        if not watched:
            mark = RunMark(name[:200], run_id, now_in_china())
            outcome = Dropped(mark, door.counts, "; ".join(failed)).close(engine, producer)
    except LogError as error:
        outcome = Outcome("incomplete", door.counts, str(error))
        raise click.ClickException(f"the event log takes no more: {error}") from error
    finally:
        with transaction(engine) as session:
            if outcome.status != "held":
                drop(session, run_id)
            finish_run(session, run_id, outcome, now=now_in_china())
        log.close()
    _sum_up(door.counts, kept, run_id)
    if found := sum(1 for _ in issues.lines()):
        issues.write(issues_file(run_id))
        click.echo(f"{found} columns that nobody reads: {issues_file(run_id)}")
    if outcome.status == "held":
        click.echo(f"{outcome.note}; see: qingdan crawl held {run_id[:8]}")
    return door.counts, failed


@dataclass(frozen=True, slots=True)
class _Taking:
    """Takes one file after another in, and tells their counts."""

    door: Door
    kept: RejectionFile
    told: "_Told"
    naming: tuple[str, ColumnMapping | None]
    issues: Issues

    def file_or_archive(self, path: Path) -> list[str]:
        """Take a file in, or all files of a zip archive; why each could not be read as a whole, if so."""
        self.door.hand_in(path)
        if path.suffix.lower() != ".zip":
            return [self.file(path)]
        try:
            with unpacked(path) as files:
                return [self.file(each) for each in files]
        except IntakeError as error:
            return [self._unread(path, error)]

    def file(self, path: Path) -> str:
        """Take one file in; the reason if it cannot be read as a whole."""
        before = self.door.counts.copy()
        source, mapping = self.naming
        try:
            for progress in ingest_file(
                path, self.door, source=source, mapping=mapping, kept=self.kept.write
            ):
                self.told.progress(path, progress)
                self._note_unread(path.name, progress.unread)
        except IntakeError as error:
            return self._unread(path, error)
        finally:
            self.told.finished(path)
        self.told.line(f"{path.name}: {_counted(difference(self.door.counts, before))}")
        return ""

    def _note_unread(self, name: str, columns: Mapping[str, str]) -> None:
        for header, example in columns.items():
            found = Issue(level="signal", kind="unknown-field", message="no field reads this column")
            self.issues.note(replace(found, field=header, place=name, example=example))

    def _unread(self, path: Path, error: IntakeError) -> str:
        self.told.line(f"qingdan: {error}")
        self.door.refuse_all([Refusal(path.name, str(error))], counted="unread")
        self.kept.write(self.door.refusals)
        return str(error)


def _counted(counts: Counter[str]) -> str:
    rows = counts["accepted"] + counts["duplicate"] + counts["rejected"]
    told = f"{rows:,} rows: " + ", ".join(
        f"{counts[name]:,} {name}" for name in ("accepted", "duplicate", "rejected")
    )
    details = [f"{counts[name]:,} {what}" for name, what in _DETAILS.items() if counts[name]]
    return f"{told} ({', '.join(details)})" if details else told


_DETAILS: Final = {
    "changed": "of the accepted are new versions",
    "undated": "accepted without an unreadable date",
    "unread": "file(s) not read at all",
}


def _sum_up(counts: Counter[str], kept: RejectionFile, run_id: str) -> None:
    click.echo(f"total: {_counted(counts)}; run {run_id}")
    for refusal in kept.first:
        field = f"{refusal.field}: " if refusal.field else ""
        click.echo(f"  {refusal.place}: {field}{refusal.reason}")
    if kept.count:
        click.echo(f"{kept.count:,} kept for inspection in {kept.path} and in the table rejections")


class _Told:
    """Progress by bytes read: a bar on a terminal, a line now and then elsewhere; all on standard error."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._sizes = {path: path.stat().st_size for path in files if path.is_file()}
        self._done = 0
        self._shown = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task("", total=sum(self._sizes.values()))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def progress(self, path: Path, progress: FileProgress) -> None:
        told = f"{path.name}: {progress.rows:,} rows"
        self._bar.update(self._task, description=told, completed=self._done + progress.position)
        if self._bar.disable and time.monotonic() - self._shown >= LINE_SECONDS:
            self._shown = time.monotonic()
            self.line(told)

    def finished(self, path: Path) -> None:
        self._done += self._sizes.get(path, 0)

    def line(self, text: str) -> None:
        self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
