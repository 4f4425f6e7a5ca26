"""How fast the open dataset is made: `python -m benchmarks.dataset [--ads 20000000] [--clues 1000000]`.

A generator of rows as the store gives them takes the place of the store; all else is what `qingdan dataset
build` does, step by step; then the version is released and checked. Beside the time of each step it prints
the peak of memory, the speed of Parquet against DuckDB alone writing the same rows from its own table (by our
settings and by its own), and the time of a delta of 0, 0.1, 1, 10 %.
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

from benchmarks.many_clues import fill
from config.catalogue.loader import shipped
from config.policy import shipped as policy
from config.reading import load as load_reading
from events.types import Pay, Terms
from reports.dataset import blocks, rows, workbook
from reports.dataset.build import Source, build
from reports.dataset.codebook import codes_csv
from reports.dataset.delta import write_delta
from reports.dataset.describe import explain, finish
from reports.dataset.fields import DatasetRow, Table, check_row
from reports.dataset.folders import Folders
from reports.dataset.formats import DERIVED, PARQUET, copying, engine, table_file
from reports.dataset.lines import WrittenFile, write_lines, written
from reports.dataset.manifest import version_name
from reports.dataset.metadata.about import About
from reports.dataset.quality import judge
from reports.dataset.schema import ADS, CLUES, FINDINGS, QUALIFICATIONS, TABLES
from reports.dataset.verify import problems
from reports.dataset.versions import release
from reports.dataset.weekly import WeeklyCounts
from reports.dataset.weekly_schema import WEEKLY, WEEKLY_OCCUPATIONS, WEEKLY_SOURCES
from store.bureaus import load_bureaus_into
from store.clusters import join_waiting
from store.database import connect, snapshot, upgrade

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


def stored_clues(count: int, ads: int) -> Iterator[Any]:
    """Rows like those of `store.release.clues`, of the ads above that are in violation."""
    for number in range(count):
        ad = number * 20 % ads
        seen = _START + timedelta(days=ad % 300)
        qualification, name, kind = _PAPERS[number % len(_PAPERS)]
        clause = f"{number % 9 + 1}、须持有{name}证，有{number % 11}年以上工作经验者优先"
        yield SimpleNamespace(
            id=f"{number:032x}",
            case_number=f"QD-110000-2026-{number:06d}",
            ad_id=f"{ad:032x}",
            posting=f"{ad // 3:032x}",
            source=_SOURCES[ad % len(_SOURCES)],
            division=_DIVISIONS[ad % len(_DIVISIONS)],
            first_seen=_moment(seen),
            occupation=_OCCUPATIONS[ad % len(_OCCUPATIONS)],
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
            employer_id=f"{ad % 1_000_003:032x}",
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
    yield CLUES, _counted((rows.clue_row(clue, KEY) for clue in stored_clues(clues, ads)), weekly.add_clue)
    yield FINDINGS, iter(())
    yield WEEKLY, weekly.by_place()
    yield WEEKLY_OCCUPATIONS, weekly.by_occupation({})
    yield WEEKLY_SOURCES, weekly.by_source()
    yield QUALIFICATIONS, rows.qualification_rows(shipped())


def _counted(found: Iterator[DatasetRow], add: Callable[[DatasetRow], None]) -> Iterator[DatasetRow]:
    for row in found:
        add(row)
        yield row


def make(folders: Folders, ads: int, clues: int) -> str:
    """A draft, step by step; its version."""
    folder = folders.drafts / "draft.tmp"
    folder.mkdir(parents=True)
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
        workbook.write_workbook(folder, TABLES, counts, newest)
    with step("digests of blocks", sum(counts.values())):
        blocks.write_blocks(folder, TABLES)
    with step("hashes and descriptions", 0):
        files: list[WrittenFile] = [
            written(folder / f"{table.name}.{ending}", counts[table.name])
            for table in TABLES
            for ending in ("jsonl", *DERIVED)
        ]
        files.append(written(folder / blocks.NAME))
        files.append(written(folder / workbook.NAME))
        files += map(written, explain(folder, codes_csv({}, {})))
        day, name = date.fromisoformat(newest), version_name(newest, files)
        finish(folder, files, About(name=name, files=(), as_of=day, published=day, landing=""))
    with step("quality gate", 0):
        judge(folder, None)
    folder.rename(folders.drafts / name)
    return name


def publish(folders: Folders, version: str, count: int) -> Path:
    """Release a draft, which checks it, and check once more what is public; its folder."""
    with step("release", count):
        folder = release(folders, version, date.max).folder
    with step("verify", count):
        found = list(problems(folder))
    if found:
        raise SystemExit(f"the version is not as it was built: {found}")
    return folder


def against_duckdb(version: Path, aside: Path, count: int) -> None:
    """DuckDB alone: the same rows, from a table of its own, to Parquet as we write it and as it would."""
    with engine() as asked:
        asked.execute(f"ATTACH '{aside}/own.duckdb' AS own")
        asked.execute(f"CREATE TABLE own.ads AS FROM {table_file(version / 'ads.parquet')}")
        for settings in (PARQUET, "FORMAT parquet, COMPRESSION zstd"):
            with step(f"DuckDB alone: parquet of ads from its own table ({settings})", count):
                asked.execute(f"COPY own.ads TO '{aside}/own.parquet' ({settings})")


def checks(count: int) -> None:
    """What rows cost before they are written: making them, and making and checking them."""
    with step("rows of ads made, not written", count):
        for ad in stored_ads(count):
            rows.ad_row(ad, KEY)
    with step("rows of ads made and checked, not written", count):
        for ad in stored_ads(count):
            check_row(ADS, rows.ad_row(ad, KEY))


def deltas(version: Path, aside: Path, table: Table, count: int) -> None:
    """The delta of `table` when nothing, every thousandth, hundredth and tenth row has changed."""
    for name, every in (("none", count + 1), ("1 in 1,000", 1000), ("1 in 100", 100), ("1 in 10", 10)):
        changed = aside / f"changed-{table.name}-{every}"
        changed.mkdir()
        name_of_lines = f"{table.name}.jsonl"
        with (version / name_of_lines).open() as old, (changed / name_of_lines).open("w") as new:
            for number, line in enumerate(old):
                another = (number + 1) % every == 0
                new.write(line.replace('"edition":"2021"', '"edition":"2026"') if another else line)
        blocks.write_blocks(changed, [table])
        with step(f"delta of {table.name}, {name} changed", count):
            write_delta(version, changed, table, changed)
        (changed / name_of_lines).unlink()


def from_store(folder: Path, clues: int) -> None:
    """A version of a SQLite store with so many clues, each in an ad of its own: made, then released."""
    engine = connect(f"sqlite:///{folder / 'qingdan.db'}")
    upgrade(engine)
    load_bureaus_into(engine)
    fill(engine, clues)
    join_waiting(engine)
    folders = Folders(folder / "of-store")
    with step("build from a SQLite store", clues), snapshot(engine) as session:
        law, texts = shipped(), policy().bases
        names = load_reading().occupations.names
        source = Source(session=session, catalogue=law, occupations=names, texts=texts, key=KEY)
        version = build(source, folders).version
    with step("its release", clues):
        release(folders, version, date.max)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--ads", type=int, default=20_000_000)
    asked.add_argument("--clues", type=int, default=1_000_000)
    asked.add_argument("--folder", type=Path, help="where there is room: about 2 GB for a million ads")
    asked.add_argument(
        "--store", type=int, default=0, help="clues of a SQLite store, exported in place of these"
    )
    given = asked.parse_args()
    with TemporaryDirectory(prefix="qingdan-benchmark-", dir=given.folder) as name:
        aside, folders = Path(name), Folders(Path(name) / "dataset")
        if given.store:
            from_store(aside, given.store)
            return
        version = publish(folders, make(folders, given.ads, given.clues), given.ads + given.clues)
        against_duckdb(version, aside, given.ads)
        deltas(version, aside, CLUES, given.clues)
        deltas(version, aside, ADS, given.ads)
        checks(min(given.ads, 100_000))


if __name__ == "__main__":
    main()
