"""The main job, end to end, through the front door: the command itself, twice."""

import email
import email.policy
import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import exists, select

from config.packs import PACKS
from config.settings import ROOT
from crawlers.demo.ads import load_ads
from events.ids import ad_id
from store.database import connect, snapshot
from store.models import Ad, Finding
from tests.reports.dataset.making import readable


@dataclass(frozen=True)
class Demo:
    """What one run printed, and every file that people would open after it, by SHA-256."""

    output: str
    files: dict[str, str]


def run_demo(home: Path) -> Demo:
    done = subprocess.run(
        [ROOT / "qingdan", "demo"],
        env=os.environ | {"QINGDAN_HOME": str(home)}, cwd=home, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    state = home / "demo"
    files = {
        str(path.relative_to(state)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("reports", "outbox", "dataset")
        for path in sorted((state / folder).rglob("*"))
        if path.is_file()
    }
    return Demo(done.stdout, files)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def first(home: Path) -> Demo:
    return run_demo(home)


@pytest.fixture(scope="module")
def second(home: Path, first: Demo) -> Demo:
    assert first.files
    return run_demo(home)


def test_every_room_does_its_part(first: Demo) -> None:
    ads = len(load_ads())
    assert ads >= 120
    assert f"{ads} accepted" in first.output
    assert f"check {ads} done" in first.output
    assert f"record {ads} done" in first.output
    assert "疑似线索" in first.output
    names = [Path(name).name for name in first.files]
    assert {"weekly-internal.html", "weekly-public.html", "clues.jsonl", "clues.csv"} <= set(names)
    assert sum(name.endswith(".eml") for name in names) >= 10


def test_a_second_run_finds_nothing_new_and_adds_only_that_it_has_looked(
    home: Path, first: Demo, second: Demo
) -> None:
    assert "0 accepted" in second.output
    assert second.output.count("(unchanged)") == 1
    assert of_folders(second, "reports", "outbox") == of_folders(first, "reports", "outbox")
    assert of_folders(first, "dataset/versions/").items() <= of_folders(second, "dataset/versions/").items()
    deltas = (home / "demo" / "dataset" / "deltas").glob("*/*.jsonl")
    assert [delta.name for delta in deltas if delta.stat().st_size] == ["weekly_sources.delta.jsonl"]


def of_folders(demo: Demo, *folders: str) -> dict[str, str]:
    return {name: sha256 for name, sha256 in demo.files.items() if name.startswith(folders)}


def test_it_finds_what_the_authors_of_the_ads_meant(home: Path, first: Demo) -> None:
    assert first.files
    meant = {ad_id("demo", ad.id): ad for ad in load_ads()}
    hints = [exists().where(Finding.reading_id == Ad.reading_id, Finding.pack == pack) for pack in PACKS]
    with snapshot(connect(f"sqlite:///{home / 'demo' / 'qingdan.db'}")) as session:
        verdicts = session.execute(select(Ad.id, Ad.verdict, *hints)).all()
    said = {meant[key].id: (verdict == "violation", *hinted) for key, verdict, *hinted in verdicts}
    expected = {ad.id: (ad.expect.violation, ad.expect.leasing, ad.expect.training) for ad in meant.values()}
    assert said == expected
    assert all(any(column) for column in zip(*expected.values(), strict=True))


def test_alerts_are_real_messages_for_the_bureau_they_are_addressed_to(home: Path, first: Demo) -> None:
    assert first.files
    for path in (home / "demo" / "outbox").glob("*.eml"):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        assert message["Subject"].startswith(("【疑似线索待初核】", "【提示待核】"))
        bureau = path.name.split("-")[3]
        assert bureau in message["To"]
        body = message.get_body(("plain",))
        assert body is not None
        assert "疑似" in body.get_content()


def test_planted_contacts_are_in_no_file_that_leaves_the_house(home: Path, first: Demo) -> None:
    contact = re.compile(r"1[3-9]\d{9}|[\w.-]+@[\w.-]+\.example|微信号?[ ：]*([\w-]{6,})")
    planted = [found[0] for ad in load_ads() for found in contact.finditer(ad.text)]
    assert len(planted) >= 15
    for name in first.files:
        content = readable(home / "demo" / name)
        assert [contact for contact in planted if contact in content] == [], name
