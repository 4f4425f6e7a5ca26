"""`qingdan crawl try`, against real servers."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from cli.crawl import command
from tests.crawlers.serving import Answer, serving

pytestmark = pytest.mark.usefixtures("home")

JOBS = [
    {"id": n, "name": f"电工{n}", "city": "山东省济南市", "day": "2026-11-20", "text": "电话13812345678"}
    for n in range(1, 4)
]


def written(folder: Path, base: str) -> Path:
    """A board file for a list of jobs at `base`."""
    file = folder / "factory.yaml"
    names = {"id": "id", "title": "name", "city": "city", "posted": "day", "text": "text"}
    listing = {"request": {"url": f"{base}/jobs"}, "container": "json", "fields": names}
    board = {
        "id": "factory",
        "name": "某厂",
        "engine": "listing",
        "hosts": [base.removeprefix("http://")],
        "delay": 0,
        "local": True,
        "listing": listing,
    }
    file.write_text(yaml.safe_dump(board, allow_unicode=True), "utf-8")
    return file


def test_a_sound_board_shows_what_it_fills_and_lets_nothing_in(tmp_path: Path, home: Path) -> None:
    answers = {"/jobs": Answer(json.dumps(JOBS).encode(), headers={"Content-Type": "application/json"})}
    with serving(answers) as site:
        done = CliRunner().invoke(command, ["try", str(written(tmp_path, site.base)), "--limit", "2"])
    assert done.exit_code == 0, done.output
    rows = {line.split("│")[1].strip(): line for line in done.output.splitlines() if "│" in line}
    assert "2 of 2" in rows["title"]
    assert "电工1" in rows["title"]
    assert "0 of 2" in rows["company"]
    assert "13812345678" not in done.output
    assert [file.name for file in home.iterdir() if file.suffix == ".db"] == []


def test_a_long_list_is_not_walked_for_a_few_postings(tmp_path: Path) -> None:
    json_type = {"Content-Type": "application/json"}
    pages = {
        f"/jobs?page={n}": Answer(json.dumps([JOBS[0] | {"id": n}]).encode(), headers=json_type)
        for n in range(1, 30)
    }
    with serving(pages | {"/robots.txt": Answer(b"", 404)}) as site:
        site.answers |= {f"/job/{n}": Answer("<p>须持证</p>".encode()) for n in range(1, 30)}
        file = written(tmp_path, site.base)
        board = yaml.safe_load(file.read_text("utf-8"))
        board["listing"] |= {"request": {"url": f"{site.base}/jobs?page={{page}}"}, "pages": {"by": "page"}}
        board["listing"]["fields"] |= {"url": {"template": "/job/{id}"}}
        board["detail"] = {"container": "html", "fields": {"text": "p"}}
        file.write_text(yaml.safe_dump(board, allow_unicode=True), "utf-8")
        done = CliRunner().invoke(command, ["try", str(file), "--limit", "2"])
        assert done.exit_code == 0, done.output
        assert "须持证" in done.output
        assert len(site.paths) <= 7


def test_what_could_not_be_used_is_named(tmp_path: Path) -> None:
    broken = [JOBS[0] | {"day": "gestern", "city": "Springfield"}, {"id": 2}]
    answers = {"/jobs": Answer(json.dumps(broken).encode(), headers={"Content-Type": "application/json"})}
    with serving(answers) as site:
        done = CliRunner().invoke(command, ["try", str(written(tmp_path, site.base))])
    assert done.exit_code == 1
    assert f"{site.base}/jobs#2: title: nothing found where the board's file says it is" in done.output
    assert "posted: unreadable date 'gestern'" in done.output
    assert "city: no division known for 'Springfield'" in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "no board nowhere; there are: "),
        (["nowhere.yaml"], "nowhere.yaml: no such file"),
        (["demo"], "board demo has no address of its own; give it --base-url"),
        (["demo", "--limit", "0"], "0 is not in the range"),
    ],
)
def test_wrong_use(arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(command, ["try", *arguments])
    assert done.exit_code == 2
    assert message in done.output


def test_a_board_that_nobody_approved_of_is_not_crawled() -> None:
    done = CliRunner().invoke(command, ["mohrss"])
    assert done.exit_code == 2
    assert "nobody approved of crawling mohrss yet" in done.output
