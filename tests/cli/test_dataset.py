from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from cli.dataset import build_dataset, command, release_dataset
from cli.wiring import open_database
from config.clock import now_in_china
from reports.dataset import quality
from reports.dataset.lines import sha256
from reports.dataset.versions import Waiver, due
from store.database import transaction
from store.models import Ad
from tests.recorded import add, violation


def run(*arguments: str) -> Result:
    return CliRunner(env={"USER": "孙主任"}).invoke(command, arguments)


def test_build_release_verify(home: Path) -> None:
    add(open_database(), violation(1), violation(2))
    first = run("build")
    assert first.exit_code == 0
    assert first.output.startswith("built version 2026-11-18-")
    assert "(2 ads, 2 clues, 0 findings, " in first.output
    version = first.output.split()[2]
    assert run("build").output == first.output.replace("built version", "unchanged: version")
    assert f"{version}  draft, due 2026-11-30  (2 ads, 2 clues, " in run("list").output
    assert not (home / "dataset").exists()
    early = run("release", version, "--early", "asked for")
    assert early.output.startswith(f"released version {version}\n")
    assert (home / "dataset" / "latest" / "clues.csv").is_file()
    assert run("release", version).output == early.output.replace("released version", "unchanged: version")
    assert f"{version}  released 20" in run("list").output
    assert run("verify").output.endswith("every hash and every row is as it was built\n")
    assert run("verify", version).exit_code == 0
    card, manifest = (home / "dataset" / "latest" / name for name in ("README.md", "manifest.json"))
    for file in (card, manifest):
        file.chmod(0o644)
    old = sha256(card)
    card.write_text("other words", "utf-8")
    manifest.write_text(manifest.read_text("utf-8").replace(old, sha256(card)), "utf-8")
    assert "manifest.json: SHA-256 differs from versions.json" in run("verify").output


def test_what_is_not_due_is_not_released(home: Path) -> None:
    observed = now_in_china()
    add(open_database(), violation(1, observed_at=observed))
    version = build_dataset(open_database()).version
    result = run("release", version)
    assert result.exit_code == 1
    assert f"nothing released: {version} is due on {due(observed.date())}" in result.output
    assert not (home / "dataset").exists()
    assert run("release", "2020-01-01-000000000000").exit_code == 1


def test_a_changed_file_is_trouble(home: Path) -> None:
    add(open_database(), violation(1))
    file = build_dataset(open_database()).folder / "clues.csv"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes() + b"x")
    version = file.parent.name
    result = run("verify", version)
    assert result.exit_code == 1
    assert "clues.csv: SHA-256 differs from the manifest" in result.output
    assert run("build").output.startswith("built version 2026-11-18-")
    assert run("verify", version).exit_code == 0
    assert [path.name for path in (home / "dataset-drafts").iterdir() if path.is_dir()] == [version]
    assert (home / "pseudonym.key").stat().st_mode & 0o777 == 0o600


def test_a_break_in_continuity_takes_a_reason(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quality, "ENOUGH", 1)
    add(open_database(), violation(1, division="110105"))
    release_dataset(open_database(), build_dataset(open_database()).version, Waiver(early="a test"), by="甲")
    with transaction(open_database()) as session:
        session.execute(update(Ad).values(division=None))
    result = run("build")
    assert result.exit_code == 1
    assert "nothing built: ads.division: empty in 100% of the rows, 0% in 2026-11-18-" in result.output
    version = run("build", "--accept", "the place was a mistake").output.split()[2]
    assert run("release", version, "--early", "a test").exit_code == 1
    assert run("release", version, "--early", "a test", "--accept", "the same").exit_code == 0
    assert home.is_dir()


def test_nothing_to_publish_is_trouble(home: Path) -> None:
    result = run("build")
    assert result.exit_code == 1
    assert "nothing built: no ad has been read yet" in result.output
    assert not (home / "dataset").exists()


def test_a_contact_in_a_clause_publishes_nothing(home: Path) -> None:
    add(open_database(), violation(1, said={"quote": "证", "text": "须有证，电话13812345678"}))
    result = run("build")
    assert result.exit_code == 1
    assert "field clause: looks like it holds a mobile number" in result.output
    assert "13812345678" not in result.output
    assert not (home / "dataset").exists()


def test_a_version_that_is_not_there_is_wrong_use(home: Path) -> None:
    assert home.is_dir()
    assert run("verify").exit_code == 2
    add(open_database(), violation(1))
    build_dataset(open_database())
    for name in ("2020-01-01-000000000000", "..", "../../etc"):
        result = run("verify", name)
        assert result.exit_code == 2
        assert "there are: 2026-11-18-" in result.output


def test_what_is_erased_is_in_no_version_to_come(home: Path) -> None:
    add(open_database(), violation(1, company="甲公司"), violation(2, company="乙公司"))
    assert "(2 ads, " in run("build").output
    done = run("erase", "employer", "甲公司", "--why", "异议成立")
    assert done.output == "甲公司: kept out of every version to come\n"
    ad = violation(2, company="乙公司").ad.ad_id
    assert run("erase", "ad", ad, "--why", "本人申请").exit_code == 0
    assert run("erase", "ad", ad, "--why", "本人申请").output.endswith("was kept out before\n")
    assert run("build").exit_code == 1, "nothing is left"
    assert home.is_dir()
