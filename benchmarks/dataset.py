"""How fast the open dataset is made: `python -m benchmarks.dataset [--ads 20000000] [--clues 1000000]`.

A generator of rows as the store gives them takes the place of the store; all else is what `qingdan dataset
build` does, step by step. Beside the time of each step it prints the peak of memory, the speed of Parquet
against DuckDB alone writing the same rows from its own table, and the time of a delta of 0, 0.1, 1, 10 %.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, Final

from config.catalogue.loader import shipped
from events.types import Pay, Terms
from reports.dataset import rows
from reports.dataset.blocks import write_blocks
from reports.dataset.codebook import codes_csv
from reports.dataset.delta import write_delta
from reports.dataset.describe import explain, finish
from reports.dataset.fields import DatasetRow, Table, check_row
from reports.dataset.formats import DERIVED, PARQUET, copying, engine, table_file
from reports.dataset.lines import WrittenFile, write_lines, written
from reports.dataset.metadata.about import About
from reports.dataset.quality import judge
from reports.dataset.schema import (
    ADS,
    CLUES,
    FINDINGS,
    QUALIFICATIONS,
    TABLES,
    WEEKLY,
    WEEKLY_OCCUPATIONS,
)
from reports.dataset.weekly import WeeklyCounts
from reports.dataset.workbook import write_workbook

KEY: Final = b"k" * 32
_START: Final = date(2026, 1, 5)
_DIVISIONS: Final = ("110105", "310104", "440305", "330106", "510107", "420106", "320106", None)
_SOURCES: Final = tuple(f"board-{letter}" for letter in "abcdefghijkl")
_OCCUPATIONS: Final = ("accounting", "programmer", "civil_service", "hr", "sales", "")
_PAPERS: Final = (
    ("old:会计从业资格", "会计从业资格", "delisted"),
    ("C21", "企业人力资源管理师", "skill_level"),
    ("C12", "中式烹调师", "skill_level"),
    ("普通话水平测试等级证书", "普通话水平测试等级证书", "other"),
)
_TERMS: Final = Terms(
    pay=Pay(low=800_000, high=1_200_000, currency="CNY", per="month"), headcount=3, schooling="bachelor"
).model_dump(mode="json")


def stored_ads(count: int) -> Iterator[Any]:
    """Rows like those of `store.release.ads`: every twentieth demands a paper that it may not."""
    for number in range(count):
        seen = _START + timedelta(days=number % 300)
        violation = number % 20 == 0
        yield SimpleNamespace(
            id=f"{number:032x}",
            posting=f"{number // 3:032x}",
            source=_SOURCES[number % len(_SOURCES)],
            division=_DIVISIONS[number % len(_DIVISIONS)],
            posted=seen,
            first_seen=_moment(seen),
            last_seen=_moment(seen + timedelta(days=number % 30)),
            valid_through=None if number % 3 else seen + timedelta(days=60),
            employer_id=f"{number % 1_000_003:032x}",
            poster="private",
            divisions=(),
            acting_for="",
            terms=_TERMS,
            occupation=_OCCUPATIONS[number % len(_OCCUPATIONS)],
            verdict="violation" if violation else "none",
            mentions=[{"verdict": "violation", "kind": "delisted"}] if violation else [],
            edition="2021",
            rules_version="3db95a8b5176",
        )


def stored_clues(count: int) -> Iterator[Any]:
    """Rows like those of `store.release.clues`, of the ads above."""
    for number in range(count):
        seen = _START + timedelta(days=number * 20 % 300)
        qualification, name, kind = _PAPERS[number % len(_PAPERS)]
        clause = f"{number % 9 + 1}、须持有{name}证，有{number % 11}年以上工作经验者优先"
        yield SimpleNamespace(
            id=f"{number:032x}",
            case_number=f"QD-110000-2026-{number:06d}",
            ad_id=f"{number * 20:032x}",
            posting=f"{number * 20 // 3:032x}",
            source=_SOURCES[number * 20 % len(_SOURCES)],
            division=_DIVISIONS[number * 20 % len(_DIVISIONS)],
            first_seen=_moment(seen),
            occupation=_OCCUPATIONS[number * 20 % len(_OCCUPATIONS)],
            qualification=qualification,
            name=name,
            kind=kind,
            strength="required",
            human_verdict=None,
            severity="orange",
            clause=clause,
            quote=name,
            cue="须",
            rule="required.must",
            basis=("P1",),
            ended_by="",
            edition="2021",
            rules_version="3db95a8b5176",
            employer_id=f"{number * 20 % 1_000_003:032x}",
            employer_name=f"上海第{number % 1_000_003}测试有限公司",
            poster="private",
            closed=False,
        )


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


@contextmanager
def step(name: str, rows_in_it: int) -> Iterator[None]:
    """Prints how long what is done within took, and how long processors were busy with it."""
    start, busy_before = time.perf_counter(), time.process_time()
    yield
    took, busy = time.perf_counter() - start, time.process_time() - busy_before
    speed = f", {rows_in_it / took:,.0f} rows/s, {rows_in_it / busy:,.0f} a busy second" if rows_in_it else ""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {took:,.2f} s, busy {busy:,.2f} s{speed}; peak so far {peak:,.0f} MB", flush=True)


def tables(ads: int, clues: int) -> Iterator[tuple[Table, Iterator[DatasetRow]]]:
    """Each table with its rows, in the order in which a build writes them."""
    weekly = WeeklyCounts()
    yield ADS, _counted((rows.ad_row(ad, KEY) for ad in stored_ads(ads)), weekly.add_ad)
    yield CLUES, _counted((rows.clue_row(clue, KEY) for clue in stored_clues(clues)), weekly.add_clue)
    yield FINDINGS, iter(())
    yield WEEKLY, weekly.by_place()
    yield WEEKLY_OCCUPATIONS, weekly.by_occupation({})
    yield QUALIFICATIONS, rows.qualification_rows(shipped())


def _counted(found: Iterator[DatasetRow], add: Callable[[DatasetRow], None]) -> Iterator[DatasetRow]:
    for row in found:
        add(row)
        yield row


def make(folder: Path, ads: int, clues: int) -> None:
    """A version in `folder`, step by step."""
    counts: dict[str, int] = {}
    sizes = {"ads": ads, "clues": clues}
    for table, found in tables(ads, clues):
        with step(f"JSON lines of {table.name}", sizes.get(table.name, 0)):
            counts[table.name] = write_lines(folder, table, found)
    for table in TABLES:
        for ending in DERIVED:
            with step(f"{ending} of {table.name}", counts[table.name]), engine() as asked:
                asked.execute(copying(folder, table, ending))
    newest = (_START + timedelta(days=299)).isoformat()
    with step("workbook", 0):
        write_workbook(folder, TABLES, counts, newest)
    with step("digests of blocks", sum(counts.values())):
        write_blocks(folder, TABLES)
    with step("hashes and descriptions", 0):
        files: list[WrittenFile] = [
            written(folder / f"{table.name}.{ending}", counts[table.name])
            for table in TABLES
            for ending in ("jsonl", *DERIVED)
        ]
        explained = map(written, explain(folder, codes_csv({}, {})))
        day = date.fromisoformat(newest)
        finish(
            folder, [*files, *explained], About(name=newest, files=(), as_of=day, published=day, landing="")
        )
    with step("quality gate", 0):
        judge(folder, None)


def against_duckdb(folder: Path, count: int) -> None:
    """DuckDB alone: the same rows, from a table of its own, to Parquet as we write it."""
    with engine() as asked:
        asked.execute(f"ATTACH '{folder}/own.duckdb' AS own")
        asked.execute(f"CREATE TABLE own.ads AS FROM {table_file(folder / 'ads.parquet')}")
        with step("DuckDB alone: parquet of ads from its own table", count):
            asked.execute(f"COPY own.ads TO '{folder}/own.parquet' ({PARQUET})")


def checks(count: int) -> None:
    """What rows cost before they are written: making them, and making and checking them."""
    with step("rows of ads made, not written", count):
        for ad in stored_ads(count):
            rows.ad_row(ad, KEY)
    with step("rows of ads made and checked, not written", count):
        for ad in stored_ads(count):
            check_row(ADS, rows.ad_row(ad, KEY))


def deltas(folder: Path, table: Table, count: int) -> None:
    """The delta of `table` when nothing, every thousandth, hundredth and tenth row has changed."""
    for name, every in (("none", count + 1), ("1 in 1,000", 1000), ("1 in 100", 100), ("1 in 10", 10)):
        changed = folder / f"changed-{table.name}-{every}"
        changed.mkdir()
        name_of_lines = f"{table.name}.jsonl"
        with (folder / name_of_lines).open() as old, (changed / name_of_lines).open("w") as new:
            for number, line in enumerate(old):
                another = (number + 1) % every == 0
                new.write(line.replace('"edition":"2021"', '"edition":"2026"') if another else line)
        write_blocks(changed, [table])
        with step(f"delta of {table.name}, {name} changed", count):
            write_delta(folder, changed, table, changed)
        (changed / name_of_lines).unlink()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--ads", type=int, default=20_000_000)
    asked.add_argument("--clues", type=int, default=1_000_000, help="at most a twentieth of the ads")
    asked.add_argument("--folder", type=Path, help="where there is room: about 2 GB for a million ads")
    given = asked.parse_args()
    with TemporaryDirectory(prefix="qingdan-benchmark-", dir=given.folder) as name:
        folder = Path(name)
        make(folder, given.ads, given.clues)
        against_duckdb(folder, given.ads)
        deltas(folder, CLUES, given.clues)
        deltas(folder, ADS, given.ads)
        checks(min(given.ads, 100_000))


if __name__ == "__main__":
    main()
