"""`qingdan catalogue impact` over a store that the real stages filled, and what its order brings about."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from cli.catalogue import command as catalogue
from cli.doctor import command as doctor
from cli.run import command as run
from cli.wiring import open_database, open_log
from config.casework import Given
from config.settings import ROOT, settings
from events.log import Message
from events.topics import COLLECTED
from store.casework import act
from store.data_releases import in_use, refused
from store.database import snapshot, transaction
from store.models import Ad, Case, CaseEvent, Clue, Sighting
from tests.data_folder import INVENTED, aliases, copy_rules, with_alias
from tests.factory import WEDNESDAY, job_ad
from tests.processes import PATIENCE

DEMAND, HARMLESS = f"任职要求：须持有{INVENTED}。", "任职要求：工作细致。"


@pytest.fixture
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rules in use: a folder of the test's own."""
    assert home.is_dir()
    rules = copy_rules(tmp_path / "rules")
    monkeypatch.setenv("QINGDAN_RULES", str(rules))
    settings.cache_clear()
    return rules


@pytest.fixture
def edited(folder: Path, tmp_path: Path) -> Path:
    """Rules that are not in use, by which the invented paper may be required."""
    rules = copy_rules(tmp_path / "edited")
    aliases(rules).write_bytes(with_alias(folder))
    return rules


def publish(first: int, last: int) -> None:
    log = open_log()
    texts = (DEMAND, HARMLESS)
    ads = [job_ad(n, text=texts[n % 2], company=f"公司{n}", title="文员") for n in range(first, last)]
    log.producer().publish([Message(COLLECTED, ad.key, ad.encode()) for ad in ads])
    log.close()


def until_idle() -> None:
    done = CliRunner().invoke(run, ["--until-idle"])
    assert done.exit_code == 0, done.output


def impact(*arguments: str) -> Result:
    return CliRunner().invoke(catalogue, ["impact", *arguments])


def figures(*arguments: str) -> dict[str, Any]:
    result = impact("--json", *arguments)
    assert result.exit_code == 0, result.output
    found = dict(json.loads(result.stdout))
    assert found["schema_version"] == 1
    return found


def standing() -> int:
    with snapshot(open_database()) as session:
        return session.scalar(select(func.count(Clue.id)).where(Clue.withdrawn_at.is_(None))) or 0


def actions() -> list[str]:
    with snapshot(open_database()) as session:
        return sorted(set(session.scalars(select(CaseEvent.action))))


def test_impact_shows_before_and_after_and_writes_nothing(folder: Path, edited: Path) -> None:
    publish(0, 6)
    until_idle()
    before = (settings().home / "qingdan.db").read_bytes()
    found = figures("--rules", str(edited))
    assert found["ads"] == 6
    assert found["verdicts"] == {"none>none": 3, "violation>none": 3}
    assert found["kinds"] == {"other": [3, 0]}
    assert found["clues"] == {"disappears:words": 3}
    assert found["other_rules"] == {"law": 6}
    assert {(clue["change"], clue["quote"]) for clue in found["changed"]} == {("disappears", INVENTED)}
    text = impact("--rules", str(edited), "--examples", "1").stdout
    assert "含疑似线索　3 → 0" in text
    assert "线索撤回　3 条" in text
    assert text.count(f"“{INVENTED}”") == 1
    assert (settings().home / "qingdan.db").read_bytes() == before
    assert figures("--since", "2027-01-01")["ads"] == 0
    assert figures()["clues"] == {}, "the rules in use change nothing"
    assert folder.is_dir()


def test_what_was_shown_comes_true_when_it_is_queued(folder: Path, edited: Path) -> None:
    publish(0, 6)
    until_idle()
    shown = figures("--rules", str(edited))["clues"]["disappears:words"]
    original = aliases(folder).read_bytes()
    aliases(folder).write_bytes(with_alias(folder))
    assert impact("--queue").stderr == "queued 6 versions; see: qingdan run\n"
    until_idle()
    assert standing() == 3 - shown == 0
    with snapshot(open_database()) as session:
        assert session.scalar(select(func.count(Ad.id))) == 6
        assert session.scalar(select(func.count(Sighting.ad_id))) == 0
    assert impact("--queue").stderr == "queued 0 versions; see: qingdan run\n"
    aliases(folder).write_bytes(original)
    assert figures()["clues"] == {"reinstated:words": 3}
    impact("--queue")
    impact("--queue")
    until_idle()
    assert standing() == 3
    assert actions() == ["clue_added", "clue_reinstated", "clue_withdrawn", "opened"]


def test_impact_counts_the_hints_that_come_and_go(folder: Path, edited: Path) -> None:
    leasing = edited / "leasing.yaml"
    leasing.write_text(leasing.read_text("utf-8").replace("exempt: [", "exempt: [文员, "), "utf-8")
    log = open_log()
    texts = ("诚接证书挂靠", "承诺先就业后付款", HARMLESS)
    ads = [job_ad(number, text=text, title="文员") for number, text in enumerate(texts)]
    log.producer().publish([Message(COLLECTED, ad.key, ad.encode()) for ad in ads])
    log.close()
    until_idle()
    assert figures("--rules", str(folder))["hints"] == {"stays:leasing": 1, "stays:training": 1}
    assert figures("--rules", str(edited))["hints"] == {"disappears:leasing": 1, "stays:training": 1}
    text = impact("--rules", str(edited)).stdout
    assert "疑似证书挂靠　1 → 0（新增 0，不再提示 1）" in text


def test_what_a_person_decided_is_protected(folder: Path) -> None:
    publish(0, 6)
    until_idle()
    with transaction(open_database()) as session:
        number = session.scalars(select(Case.number).order_by(Case.number)).all()[0]
        act(session, number, "dismiss", Given(by="王初核", why="并非要求", days=None, asked={}), WEDNESDAY)
    aliases(folder).write_bytes(with_alias(folder))
    found = figures()
    assert (found["clues"], found["protected"]) == ({"disappears:words": 2}, 1)
    impact("--queue")
    until_idle()
    assert standing() == 1
    assert figures()["protected"] == 1


def test_only_the_rules_in_use_can_be_queued(folder: Path, edited: Path) -> None:
    result = impact("--queue", "--rules", str(edited))
    assert result.exit_code == 2
    assert "QINGDAN_RULES" in result.output
    assert impact("--queue", "--rules", str(folder)).exit_code == 0


def test_broken_rules_have_no_impact(folder: Path, edited: Path) -> None:
    assert folder.is_dir()
    (edited / "policy.yaml").write_bytes(b"verdicts: [")
    result = impact("--rules", str(edited))
    assert result.exit_code == 1
    assert "policy.yaml" in result.output


def test_there_is_no_start_with_broken_rules(folder: Path) -> None:
    content = aliases(folder).read_bytes()
    aliases(folder).write_bytes(content + b"alone\n")
    line = content.count(b"\n") + 1
    result = CliRunner().invoke(run, ["--until-idle"])
    assert result.exit_code == 1
    assert f"aliases.tsv, line {line}: " in result.output
    told = CliRunner().invoke(doctor)
    assert told.exit_code == 1
    assert "BAD  release refused: " in told.output
    assert f"BAD    aliases.tsv, line {line}: " in told.output
    assert CliRunner().invoke(run, ["record", "--until-idle"]).exit_code == 0, "recording needs no rules"


@contextmanager
def running() -> Iterator[subprocess.Popen[str]]:
    """`qingdan run` as a process of its own; it must end well."""
    environment = os.environ | {name: os.environ[name] for name in ("QINGDAN_HOME", "QINGDAN_RULES")}
    process = subprocess.Popen(
        [ROOT / "qingdan", "run"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors


def wait_for(process: subprocess.Popen[str], reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)


def releases() -> tuple[str, str]:
    """The versions in use and refused, as the store has them."""
    with snapshot(open_database()) as session:
        good, bad = in_use(session), refused(session)
        return good.rules_version if good else "", bad.rules_version if bad else ""


@pytest.mark.slow
def test_a_running_process_takes_edits_up_refuses_broken_ones_and_goes_on(folder: Path) -> None:
    publish(0, 4)
    file = aliases(folder)
    with running() as process:
        wait_for(process, lambda: standing() == 2)
        first, _ = releases()
        file.write_bytes(b"alias\tqualification\nhalf a ro")
        wait_for(process, lambda: bool(releases()[1]))
        told = CliRunner().invoke(doctor)
        assert told.exit_code == 1
        assert f"ok   release in use: {first}, since " in told.output
        assert f"BAD  release refused: {releases()[1]}, " in told.output
        publish(4, 8)
        wait_for(process, lambda: standing() == 4)
        file.write_bytes(with_alias(copy_rules(folder.parent / "shipped")))
        wait_for(process, lambda: releases()[0] != first)
        assert not releases()[1]
        publish(8, 12)
        assert impact("--queue").exit_code == 0
        wait_for(process, lambda: standing() == 0)
    assert CliRunner().invoke(doctor).exit_code == 0
