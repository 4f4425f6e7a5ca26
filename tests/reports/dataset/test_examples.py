"""What documents, cards and pages tell researchers to run, run as it stands there."""

import html
import io
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import pytest

from config.weeks import Week
from reports.dataset.folders import Folders
from reports.dataset.versions import release
from store.database import transaction
from store.intake import remember
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.postings import LONG
from tests.processes import PATIENCE
from tests.recorded import add, fresh_store
from tests.reports.dataset.making import LATER, built, json_rows
from tests.services import missing

DOCUMENTS: Final = {
    "docs": Path("docs/dataset.md"),
    "card": Path("latest/README.md"),
    "card in Chinese": Path("latest/README.zh-CN.md"),
    "page": Path("index.en.html"),
    "page in Chinese": Path("index.html"),
}
ROOT: Final = Path(__file__).parents[3]
WEEKS: Final = ("2026-W47", "2026-W48")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public folder: one posting that came three times, on two boards, and others that came once."""
    folder = tmp_path_factory.mktemp("researched")
    later = WEDNESDAY + timedelta(days=7)
    one = [
        job_ad(number, text=LONG, source=source, observed_at=seen)
        for number, source, seen in ((1, "a", WEDNESDAY), (2, "a", later), (3, "b", WEDNESDAY))
    ]
    others = [
        job_ad(number, company=f"第{number}测试公司", source="a" if number < 110 else "b")
        for number in range(100, 115)
    ]
    with fresh_store(folder) as engine:
        add(engine, *(checked_ad(ad, mention()) for ad in one[:2]), checked_ad(one[2]))
        add(engine, *(checked_ad(ad, mention("护士证", text="须护士证", name="护士")) for ad in others[:4]))
        add(engine, *(checked_ad(ad) for ad in others[4:]))
        with transaction(engine) as session:
            remember(session, [others[0].model_copy(update={"observed_at": later})])
        folders = Folders(folder / "dataset")
        release(folders, built(engine, folders.public).version, LATER)
        return folders.public


def shown(public: Path, document: str, language: str) -> Iterator[str]:
    """The programs in `language` that a document shows."""
    path = DOCUMENTS[document]
    text = ((ROOT if document == "docs" else public) / path).read_text("utf-8")
    if path.suffix == ".html":
        title = {"sql": r"SQL \(DuckDB\)", "python": "Python", "r": "R"}[language]
        found = re.findall(rf"<summary>{title}</summary>.*?<code>(.*?)</code>", text, re.DOTALL)
        yield from map(html.unescape, found)
    else:
        yield from re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(params=DOCUMENTS)
def programs(
    request: pytest.FixtureRequest, public: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], str]:
    """The one program of a document in a language, to be run in the folder that it is made for."""
    monkeypatch.chdir(public if request.param == "docs" else public / "latest")

    def only(language: str) -> str:
        (program,) = shown(public, request.param, language)
        return program

    return only


def flow(public: Path, what: str) -> dict[str, Any]:
    """By week, counted without DuckDB, pandas or R: ads, distinct postings or ads in 10,000 with a clue."""
    rows = json_rows(public / "latest", "ads")
    weeks = {week: [row for row in rows if row["week"] == week] for week in WEEKS}
    hits = {week: sum(row["verdict"] == "violation" for row in of) for week, of in weeks.items()}
    counted: dict[str, dict[str, Any]] = {
        "ads": {week: len(of) for week, of in weeks.items()},
        "postings": {week: len({row["posting"] for row in of}) for week, of in weeks.items()},
        "rate": {week: pytest.approx(10_000 * hits[week] / len(of), rel=1e-3) for week, of in weeks.items()},
    }
    return counted[what]


def by_credential(public: Path) -> Counter[str]:
    pairs = {(row["qualification_name"], row["posting"]) for row in json_rows(public / "latest", "clues")}
    return Counter(name for name, _ in pairs)


def printed(lines: list[str]) -> list[tuple[str, float]]:
    """The lines of two columns, a name and a number, among what pandas or R prints."""
    pairs = (line.split() for line in lines)
    return [(pair[0], float(pair[1])) for pair in pairs if len(pair) == 2 and pair[1][0].isdigit()]


def test_the_version_is_one_in_which_stock_flow_and_copies_differ(public: Path) -> None:
    assert flow(public, "ads") == {"2026-W47": 17, "2026-W48": 1}
    assert flow(public, "postings") == {"2026-W47": 16, "2026-W48": 1}
    assert by_credential(public) == {"会计从业资格": 1, "护士": 4}
    assert str(Week.with_day(date(2026, 11, 25))) == WEEKS[1]


def test_the_queries_in_sql_answer(public: Path, programs: Callable[[str], str]) -> None:
    with duckdb.connect() as asked:
        answers = [asked.execute(query).fetchall() for query in asked.extract_statements(programs("sql"))]
    if len(answers) == 1:
        assert dict(answers[0]) == flow(public, "rate")
        return
    ads, postings, rate = (flow(public, what) for what in ("ads", "postings", "rate"))
    first, stock, copies, new, rates = answers
    assert first == [(week, ads[week], postings[week], rate[week]) for week in WEEKS]
    assert stock == [(2, 2)], "the ad of that day, and the one that was met again"
    assert copies == [(18, 16, 1, 1)]
    assert new == [("2026-W47", 16)]
    assert rates == [
        ("2026-W47", "上海市", "a", 11, pytest.approx(10_000 * 5 / 11)),
        ("2026-W47", "上海市", "b", 6, 0),
    ]


def run_python(program: str) -> list[str]:
    """What it prints; it is a program of our own documents."""
    with redirect_stdout(io.StringIO()) as said:
        exec(compile(program, "example", "exec"), {})
    return said.getvalue().splitlines()


def run_r(program: str) -> list[str]:
    binary = shutil.which("Rscript")
    if not binary:
        missing("no R on this machine")
    run = partial(subprocess.run, check=True, capture_output=True, text=True, timeout=PATIENCE)
    return str(run([binary, "--vanilla", "-e", program], env={"LC_ALL": "C.UTF-8"}).stdout).splitlines()


@pytest.mark.parametrize(("language", "run"), [("python", run_python), ("r", run_r)])
def test_programs_print_our_figures(
    public: Path, programs: Callable[[str], str], language: str, run: Callable[[str], list[str]]
) -> None:
    lines = run(programs(language))
    postings, credentials = flow(public, "postings"), by_credential(public)
    if len(lines) == 1 + len(credentials):  # the short example
        assert printed(lines) == sorted(credentials.items())
        return
    weekly = [*postings.items(), *flow(public, "rate").items()]
    assert printed(lines[:-1]) == [*weekly, *sorted(credentials.items())]
    # The last line is a count: the rows of the Parquet file, or the stock.
    assert lines[-1] == {"python": "18", "r": "[1] 2"}[language]
