"""Files that publishers drop into a folder."""

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.intake import command
from crawlers.intake.drops import Drop, DropFolder
from store.database import snapshot
from store.staging import held_runs
from tests.crawlers.serving import collected, open_database

CSV = "id,title,text\n1,电工,须持电工证\n"


def names(drops: list[Drop]) -> list[str]:
    return [drop.path.name for drop in drops]


def test_a_file_is_ready_when_it_has_not_changed_between_two_looks(tmp_path: Path) -> None:
    drops, file = DropFolder(tmp_path), tmp_path / "a.csv"
    file.write_text("id,te", "utf-8")
    assert drops.ready() == []
    file.write_text(CSV, "utf-8")
    assert drops.ready() == []
    assert names(drops.ready()) == ["a.csv"]


def test_unfinished_and_hidden_files_and_what_was_settled_are_left_alone(
    tmp_path: Path, now: datetime
) -> None:
    for name in ("a.csv.part", ".hidden.csv", "b.csv.tmp"):
        (tmp_path / name).write_text(CSV, "utf-8")
    (tmp_path / "board-a").mkdir()
    (tmp_path / "board-a" / "c.csv").write_text(CSV, "utf-8")
    (tmp_path / "board-a" / "mapping.yaml").write_text("text: text\n", "utf-8")
    drops = DropFolder(tmp_path)
    drops.ready()
    (drop,) = drops.ready()
    assert (drop.path.name, drop.source) == ("c.csv", "board-a")
    assert drop.mapping == tmp_path / "board-a" / "mapping.yaml"
    place = drops.settle(drop, taken=True, now=now)
    assert place == tmp_path / "taken" / "board-a" / "20261118T103000000000-c.csv"
    assert (place.read_text("utf-8"), drops.ready(), drops.ready()) == (CSV, [], [])


def test_a_file_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    drops, file = DropFolder(tmp_path), tmp_path / "a.csv"
    file.write_text(CSV, "utf-8")
    drops.ready()
    file.unlink()
    assert drops.ready() == []


@pytest.mark.usefixtures("home")
def test_the_watched_folder_lets_files_in_and_tells_where_they_went(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("drops")
    (folder / "board-a").mkdir()
    (folder / "board-a" / "a.csv").write_text(CSV, "utf-8")
    (folder / "b.csv").write_text("编号,名称\n1,无正文\n", "utf-8")
    done = CliRunner().invoke(command, ["watch", str(folder), "--every", "0.1", "--once"])
    assert done.exit_code == 1, done.output
    assert [ad.source for ad in collected()] == ["board-a"]
    assert [path.name[21:] for path in (folder / "taken" / "board-a").iterdir()] == ["-a.csv"]
    assert [path.name[21:] for path in (folder / "refused").iterdir() if path.is_file()] == ["-b.csv"]
    assert "no column for the ad's text" in done.output


@pytest.mark.usefixtures("home")
def test_a_mapping_that_cannot_be_read_refuses_the_file_and_takes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("drops")
    (folder / "board-a").mkdir()
    (folder / "board-a" / "a.csv").write_text(CSV, "utf-8")
    (folder / "board-a" / "mapping.yaml").write_text("body: text\n", "utf-8")
    done = CliRunner().invoke(command, ["watch", str(folder), "--every", "0.1", "--once"])
    assert done.exit_code == 1
    assert "unknown field 'body'" in done.output
    assert collected() == []


def dropped(folder: Path, name: str, rows: range, *, text: str = "须持电工证") -> str:
    """What the watch says when it takes a file of so many rows."""
    source = folder / "board-a"
    source.mkdir(exist_ok=True)
    lines = (f"{number},电工,{text}" for number in rows)
    (source / name).write_text("id,title,text\n" + "\n".join(lines) + "\n", "utf-8")
    return CliRunner().invoke(command, ["watch", str(folder), "--every", "0.1", "--once"]).output


@pytest.mark.usefixtures("home")
def test_a_file_with_many_times_more_ads_than_ever_is_held(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("drops")
    assert "held" not in dropped(folder, "a.csv", range(10))
    told = dropped(folder, "b.csv", range(10, 300))
    assert "held: 290 new or changed ads, more than 10 times those of the fullest" in told
    assert "qingdan crawl held" in told
    assert len(collected()) == 10
    engine = open_database()
    with snapshot(engine) as session:
        (run,) = held_runs(session)
        assert (run.kind, run.source, run.counts["held"]) == ("file", "board-a", 290)
    engine.dispose()


@pytest.mark.usefixtures("home")
def test_a_file_most_of_whose_rows_are_no_ads_is_held(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("drops")
    (folder / "board-a").mkdir()
    rows = "".join(f"{n},,\n" for n in range(30)) + "".join(f"A{n},电工,须持电工证\n" for n in range(10))
    (folder / "board-a" / "a.csv").write_text(f"id,title,text\n{rows}", "utf-8")
    done = CliRunner().invoke(command, ["watch", str(folder), "--every", "0.1", "--once"])
    assert "held: 75% of what was read was rejected" in done.output
    assert collected() == []
