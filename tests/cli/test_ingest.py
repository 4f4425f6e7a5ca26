"""`qingdan ingest` as people use it: real files, a real process, a real log."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from cli.ingest import command
from cli.wiring import open_database, open_log
from config.divisions import NATION
from config.settings import CHINA, ROOT, settings
from config.weeks import Week
from events.topics import COLLECTED
from events.types import JobAd
from store.database import transaction
from store.models import Rejection, Run
from store.weekly import runs
from store.weekly_rows import Scope
from tests.processes import PATIENCE


def ingest(home: Path, *arguments: object) -> Result:
    assert settings().home == home
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def collected() -> list[JobAd]:
    log = open_log()
    consumer = log.consumer("reader", [COLLECTED])
    ads: list[JobAd] = []
    while records := consumer.poll(max_records=10_000, timeout=0):
        ads += [JobAd.decode(record.value) for record in records]
    consumer.close()
    log.close()
    return ads


def jsonl(file: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_every_row_is_accounted_for(home: Path, tmp_path: Path) -> None:
    good = {"id": "1", "title": "会计", "text": "持证", "city": "上海", "posted": "2026-01-02"}
    file = jsonl(
        tmp_path / "ads.jsonl",
        good,
        good,
        good | {"text": "other"},
        "{broken",
        good | {"id": "2", "posted": "someday"},
        {"id": "3", "text": "", "title": ""},
    )
    done = ingest(home, file)
    assert done.exit_code == 1, done.stderr
    counted = "6 rows: 2 accepted, 1 duplicate, 3 rejected (1 accepted without an unreadable date)"
    assert f"ads.jsonl: {counted}" in done.stderr
    assert f"total: {counted}; run " in done.stdout
    for told in (
        "ads.jsonl:3: id: id '1' stands at ads.jsonl:1 with other content",
        "ads.jsonl:4: broken JSON",
        "ads.jsonl:5: posted: unreadable date 'someday'; the ad was accepted without this date",
        "ads.jsonl:6: neither title nor text",
        "4 kept for inspection",
    ):
        assert told in done.stdout
    kept = Path(re.search(r"inspection in (\S+)", done.stdout)[1])  # type: ignore[index]
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 4
    with transaction(open_database()) as session:
        assert len(session.scalars(select(Rejection)).all()) == 4
        run = session.scalars(select(Run)).one()
        assert (run.status, run.source, run.counts["accepted"]) == ("complete", "ads", 2)
    assert {(ad.source, ad.source_ad_id, ad.division) for ad in collected()} == {
        ("ads", "1", "310000"),
        ("ads", "2", "310000"),
    }


def test_a_second_time_everything_is_a_duplicate(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "岗位.csv"
    file.write_bytes("职位名称,任职要求\n会计,持证\n焊工,持证 13812345678\n会计,持证\n".encode("gb18030"))
    first, second = ingest(home, file, "--source", "某市"), ingest(home, file, "--source", "某市")
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr
    assert "3 rows: 2 accepted, 1 duplicate, 0 rejected" in first.stdout
    assert "3 rows: 0 accepted, 3 duplicate, 0 rejected" in second.stdout
    ads = collected()
    assert {(ad.source, ad.text) for ad in ads} == {("某市", "持证"), ("某市", "持证 ***********")}


def test_a_file_without_the_column_takes_nothing_in_and_the_others_go_on(home: Path, tmp_path: Path) -> None:
    bad = jsonl(tmp_path / "bad.jsonl", {"id": "1", "words": "持证"})
    good = jsonl(tmp_path / "good.jsonl", {"id": "1", "text": "持证"})
    done = ingest(home, bad, tmp_path / "absent.csv", good)
    assert done.exit_code == 2
    assert "bad.jsonl: no column for the ad's text" in done.stderr
    assert "columns are id, words" in done.stderr
    assert "absent.csv: no such file" in done.stderr
    assert [ad.source for ad in collected()] == ["good"]
    with transaction(open_database()) as session:
        run = session.scalars(select(Run)).one()
        assert (run.status, run.source, run.counts["unread"]) == ("incomplete", "bad, good", 1)
        assert "no column for the ad's text" in session.scalars(select(Rejection)).one().reason
    assert "1 rows: 1 accepted, 0 duplicate, 0 rejected (1 file(s) not read at all)" in done.stdout
    assert "1 kept for inspection" in done.stdout


def test_a_mistyped_name_is_wrong_use_and_no_run(home: Path, tmp_path: Path) -> None:
    done = ingest(home, tmp_path / "absent.csv", tmp_path)
    assert done.exit_code == 2
    assert "absent.csv: no such file" in done.stderr
    assert f"{tmp_path}: a folder" in done.stderr
    with transaction(open_database()) as session:
        assert not session.scalars(select(Run)).all()


def test_a_mapping_names_the_columns(home: Path, tmp_path: Path) -> None:
    file = jsonl(tmp_path / "ads.jsonl", {"nr": "1", "words": "持证"})
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("text: words\nid: nr\n", encoding="utf-8")
    assert ingest(home, file, "--mapping", mapping).exit_code == 0
    assert [(ad.source_ad_id, ad.text) for ad in collected()] == [("1", "持证")]
    mapping.write_text("text: wrods\n", encoding="utf-8")
    wrong = ingest(home, file, "--mapping", mapping)
    assert wrong.exit_code == 2
    assert "wants the column 'wrods'; columns are nr, words" in wrong.stderr
    mapping.write_text("text: words\nspeed: fast\n", encoding="utf-8")
    assert "unknown field 'speed'" in ingest(home, file, "--mapping", mapping).stderr


def test_a_ready_mapping_is_asked_for_by_name(home: Path, tmp_path: Path) -> None:
    cells = {"jobid": "1", "jobname": "会计", "coname": "青禾集团", "jobinfo": "<p>持证</p>"}
    file = jsonl(tmp_path / "ads.jsonl", cells)
    assert ingest(home, file, "--mapping", "51job-campus").exit_code == 0
    assert [(ad.source_ad_id, ad.company, ad.text) for ad in collected()] == [("1", "青禾集团", "持证")]
    wrong = ingest(home, file, "--mapping", "zhaopin")
    assert (wrong.exit_code, "wants the column 'salary60'" in wrong.stderr) == (2, True)
    assert "no such mapping file" in ingest(home, file, "--mapping", "zhilian").stderr


def test_the_run_bears_the_name_of_its_ads_source(home: Path, tmp_path: Path) -> None:
    ingest(home, jsonl(tmp_path / "ads.jsonl", {"id": "1", "text": "持证"}))
    with transaction(open_database()) as session:
        (run,) = runs(session, Scope(Week.of(datetime.now(CHINA)), NATION))
    assert run.source == collected()[0].source == "ads"


def test_a_file_without_rows_is_named(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "ads.csv"
    file.write_text("id,text\n", encoding="utf-8")
    done = ingest(home, file)
    assert done.exit_code == 2
    assert "no rows in the file" in done.stderr


@pytest.mark.shared
def test_real_ads_are_all_accounted_for_by_a_process(home: Path, shared: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "ingest", shared / "ads" / "ads-07.jsonl.gz"],
        cwd=ROOT,
        env=os.environ | {"QINGDAN_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert "8,360 rows: 8,360 accepted, 0 duplicate, 0 rejected" in done.stdout
