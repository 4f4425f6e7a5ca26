"""Evidence packs that go with an issued report: whole, without originals, for its own area."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, update

from config.catalogue.loader import shipped
from config.policy import shipped as shipped_policy
from reports.pack.build import Wanted
from reports.pack.many import ForeignCaseError, pack_many
from reports.pack.verify import problems
from reports.weekly.issue import IssueError, Signing, faults, issue, write_out
from store.database import snapshot, transaction
from store.issued import file_bytes, file_lines
from store.issued_news import ReportNews
from store.models import Case
from store.news import news_of
from store.planning import plan
from tests.factory import checked_ad, job_ad, mention
from tests.recorded import add, violation
from tests.reports.pack.conftest import ITEM, NUMBER, PAGE, SHEET, filled
from tests.store.test_issued import MONDAY, ORDER
from tests.store.test_issued import NUMBER as REPORT

WANTED: Final = Wanted(catalogue=shipped(), policy=shipped_policy(), whole_files=False, originals=False)
SIGNING: Final = Signing(by="张处长", at=MONDAY, packs=WANTED)
OTHER: Final = "QD-310000-2026-000002"


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """A case of Shanghai with originals, and one of which nothing was kept."""
    ad = job_ad(7, company="第二公司", text="须持有会计从业资格证")
    add(filled(engine), checked_ad(ad, mention()))
    return engine


def issued(engine: Engine, number: str = REPORT) -> dict[str, bytes]:
    with snapshot(engine) as session:
        return {line.name: file_bytes(session, line) for line in file_lines(session, number)}


def packs(archive: bytes) -> Iterator[tuple[str, bytes]]:
    with ZipFile(BytesIO(archive)) as opened:
        for name in opened.namelist():
            yield name, opened.read(name)


def test_each_case_of_the_bureau_has_its_pack_without_originals(engine: Engine, tmp_path: Path) -> None:
    issue(engine, ORDER, SIGNING)
    found = dict(packs(issued(engine)["evidence-001.zip"]))
    assert sorted(found) == [f"{NUMBER}.zip", f"{OTHER}.zip"]
    for name, pack in found.items():
        (tmp_path / name).write_bytes(pack)
        assert list(problems(tmp_path / name)) == []
        assert not any(secret in pack for secret in (PAGE, ITEM, SHEET, b"13812345678"))
    with ZipFile(BytesIO(found[f"{NUMBER}.zip"])) as pack_:
        names = {name.partition("/")[2] for name in pack_.namelist()}
        readme = pack_.read(f"{NUMBER}/README.txt").decode()
    assert {"record.docx", "case.json", "history.json", "law.json", "captures.json"} < names
    assert not any(name.startswith(("originals/", "screenshots/")) for name in names)
    assert readme.count("不随报告附送") == 3
    assert "本包随报告附送，不含原始数据" in readme


def test_the_report_names_its_archives_with_their_hashes(engine: Engine) -> None:
    issue(engine, ORDER, SIGNING)
    with snapshot(engine) as session:
        lines = {line.name: line for line in file_lines(session, REPORT)}
    archive = lines["evidence-001.zip"]
    page = issued(engine)["weekly-internal.html"].decode()
    assert f'evidence-001.zip</th><td class="n">2</td><td class="n">{archive.length:,}</td>' in page
    assert archive.sha256 in page
    assert archive.full_name == f"{REPORT}-evidence-001.zip"


def test_what_goes_with_a_report_stays_as_it_was(engine: Engine, tmp_path: Path) -> None:
    first = issue(engine, ORDER, SIGNING)
    place = write_out(engine, first, tmp_path)
    before = {file.name: file.read_bytes() for file in place.iterdir()}
    assert set(before) == {"evidence-001.zip", "manifest.json", "weekly-internal.html"}
    assert before["evidence-001.zip"] == issued(engine)["evidence-001.zip"]
    add(engine, violation(8, company="第三公司"))
    assert issue(engine, ORDER, replace(SIGNING, at=MONDAY + timedelta(days=1))) == first
    (place / "evidence-001.zip").write_bytes(b"changed")
    assert list(faults(engine, tmp_path)) == [
        f"{REPORT}: {place / 'evidence-001.zip'} is not what was issued"
    ]
    write_out(engine, first, tmp_path)
    assert {file.name: file.read_bytes() for file in place.iterdir()} == before


def test_the_same_state_gives_the_same_archives(engine: Engine, tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        with snapshot(engine) as session:
            annexes = pack_many(session, [OTHER, NUMBER], WANTED, area="310000", folder=tmp_path / name)
        found.append((annexes, (tmp_path / name / "evidence-001.zip").read_bytes()))
    assert found[0] == found[1]


def test_a_full_archive_is_followed_by_another(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.pack.many.FULL", 1)
    issue(engine, ORDER, SIGNING)
    kept = issued(engine)
    found = [[name for name, _ in packs(kept[f"evidence-{place:03}.zip"])] for place in (1, 2)]
    assert sorted(found) == [[f"{NUMBER}.zip"], [f"{OTHER}.zip"]]
    assert len(kept) == 3


def test_a_pack_that_is_too_large_is_named_and_left_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.pack.many.LARGEST", 1)
    issue(engine, ORDER, SIGNING)
    kept = issued(engine)
    assert list(kept) == ["weekly-internal.html"]
    page = kept["weekly-internal.html"].decode()
    assert "本期没有可以附送的证据包" in page
    assert "过大而未附送的，凭案号领取：" in page
    assert page.count(NUMBER) == page.count(OTHER) == 2


def test_a_case_of_another_bureau_is_told_and_not_packed(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as session:
        session.execute(update(Case).where(Case.number == OTHER).values(bureau="330100"))
    issue(engine, ORDER, SIGNING)
    kept = issued(engine)
    assert "第二公司" in kept["weekly-internal.html"].decode()
    assert [name for name, _ in packs(kept["evidence-001.zip"])] == [f"{NUMBER}.zip"]
    foreign = pytest.raises(ForeignCaseError, match=f"case {OTHER} is not one of 310000")
    with snapshot(engine) as session, foreign:
        pack_many(session, [OTHER], WANTED, area="310000", folder=tmp_path)


def test_public_editions_and_reports_without_an_order_carry_none(engine: Engine) -> None:
    with pytest.raises(IssueError, match="internal editions only"):
        issue(engine, replace(ORDER, edition="public"), SIGNING)
    issue(engine, ORDER, replace(SIGNING, packs=None))
    kept = issued(engine)
    assert list(kept) == ["weekly-internal.html"]
    assert "本报告没有附送证据包" in kept["weekly-internal.html"].decode()
    issue(engine, replace(ORDER, edition="public"), replace(SIGNING, packs=None))
    page = issued(engine, "310000-2026-W47-G-1")["weekly-public.html"].decode()
    assert "证据包" not in page
    assert "（四）文件校验" in page


def test_the_letter_names_archives_and_carries_none(engine: Engine) -> None:
    issue(engine, ORDER, SIGNING)
    with transaction(engine) as session:
        found = [news_of(session, each.id) for each in plan(session, MONDAY)]
    (news,) = [each for each in found if isinstance(each, ReportNews)]
    assert {each.line.name: each.content is not None for each in news.files} == {
        "evidence-001.zip": False,
        "weekly-internal.html": True,
    }
