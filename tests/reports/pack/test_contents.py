"""What an evidence pack holds, and that the same facts give the same bytes."""

import hashlib
import json
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from sqlalchemy import Engine, update

from config.catalogue.loader import shipped
from config.policy import shipped as shipped_policy
from reports.pack.build import note_handing_over
from store.database import transaction
from store.evidence_bytes import remove_bytes
from store.evidence_models import Capture
from tests.factory import WEDNESDAY
from tests.reports.pack.conftest import ITEM, NUMBER, PAGE, SHEET, Pack

SHA256 = {data: hashlib.sha256(data).hexdigest() for data in (PAGE, ITEM, SHEET)}


def read(file: Path, name: str) -> bytes:
    with ZipFile(file) as archive:
        return archive.read(f"{NUMBER}/{name}")


def told(file: Path, name: str) -> Any:
    return json.loads(read(file, name))


def test_the_bytes_are_there_as_they_came_with_all_that_is_known_of_them(file: Path) -> None:
    for data, sha256 in SHA256.items():
        assert read(file, f"originals/{sha256}.bin") == data
    page, item, sheet = sorted(told(file, "captures.json"), key=lambda each: (each["name"], each["sender"]))
    assert page["sha256"] == SHA256[PAGE]
    assert page["headers"] == {"ETag": '"a"'}
    assert page["request"]["headers"]["User-Agent"] == "Qingdan/0.1"
    assert (page["answered_url"], page["address"]) == ("https://a.example/1?x", "203.0.113.7")
    assert page["fetched_at"] == "2026-11-18T10:30:00.000000+08:00"
    assert (item["sender"], sheet["name"]) == ("k" * 32, "岗位表.xlsx")


def test_each_clue_has_its_words_their_places_and_the_way_to_the_verdict(file: Path) -> None:
    clues = told(file, "case.json")["clues"]
    assert len(clues) == 3
    shown = set()
    for folder in clues:
        clue = told(file, f"{folder}/clue.json")
        text = read(file, f"{folder}/{clue['quote']['file']}").decode()
        assert text[clue["quote"]["start"] : clue["quote"]["end"]] == "会计从业资格证"
        trace = clue["trace"]
        assert (trace["rule"], trace["edition"], trace["rules_version"]) == ("required.must", "2021", "r1")
        assert [each["quote"] for each in trace["mentions"]] == ["会计从业资格证"]
        shown |= {each["capture"] for each in clue["evidence"]}
    assert shown == {each["id"] for each in told(file, "captures.json")}


def test_the_law_is_there_as_rows_and_says_whether_it_is_that_of_the_judgement(file: Path) -> None:
    law = told(file, "law.json")
    assert law["catalogue"]["version"] == shipped().version
    assert law["policy"]["version"] == shipped_policy().version
    assert [each["edition"]["id"] for each in law["catalogue"]["editions"]] == ["2021"]
    judged = law["judged_by"][0]
    assert judged["rules_version"] == "r1"
    assert not judged["catalogue_at_hand"], "the made-up readings name no version of it"


def test_the_history_is_there_with_its_links_and_the_custody_of_the_bytes(file: Path) -> None:
    deeds = [each for each in told(file, "history.json") if each["actor"] != "machine"]
    assert [(each["actor"], each["action"]) for each in deeds] == [
        ("王初核", "confirm"),
        ("李复核", "approve"),
    ]
    for each in told(file, "history.json"):
        sealed = read(file, f"chain/{each['link']['number']:09}.json")
        assert hashlib.sha256(sealed).hexdigest() == each["link"]["hash"]
    custody = told(file, "custody.json")
    assert [each["what"] for each in custody].count("received") == 3
    handed = [each for each in custody if each["what"] == "bytes handed out"]
    assert [(each["to"], each["sha256"]) for each in handed] == [("赵取证", SHA256[PAGE])]


def test_words_are_masked_and_only_originals_are_not(file: Path) -> None:
    with ZipFile(file) as archive:
        bare = [name for name in archive.namelist() if b"3912345678" in archive.read(name)]
    assert bare == [f"{NUMBER}/originals/{SHA256[ITEM]}.bin"]


def test_the_same_state_gives_the_same_bytes_and_another_state_others(
    pack: Pack, engine: Engine, tmp_path: Path
) -> None:
    with pack() as one, pack() as other:
        assert one.file.read() == other.file.read()
    later = WEDNESDAY + timedelta(days=1)
    with transaction(engine) as session:
        note_handing_over(session, one.built, actor="钱", why="查", now=later)
    with pack() as changed:
        assert len({each.built.sha256 for each in (one, other, changed)}) == 2
        (tmp_path / "changed.zip").write_bytes(changed.file.read())
    assert told(tmp_path / "changed.zip", "custody.json")[-1] == {
        "at": "2026-11-19T10:30:00.000000+08:00",
        "what": "pack handed out",
        "of": NUMBER,
        "sha256": one.built.sha256,
        "to": "钱",
    }


def test_bytes_that_are_not_at_hand_are_told_and_not_handed_out(pack: Pack, engine: Engine) -> None:
    with transaction(engine) as session:
        remove_bytes(session, [SHA256[ITEM]])
        gone = update(Capture).where(Capture.sha256 == SHA256[PAGE])
        session.execute(gone.values(removed_at=WEDNESDAY + timedelta(days=800)))
    with pack(whole_files=False) as (built, file), ZipFile(file) as archive:
        assert {(each.sha256, presence) for each, presence in built.absent} == {
            (SHA256[PAGE], "removed"),
            (SHA256[ITEM], "missing"),
            (SHA256[SHEET], "withheld"),
        }
        assert not [name for name in archive.namelist() if "originals" in name]
        readme = archive.read(f"{NUMBER}/README.txt").decode()
    for words in ("已按保存期限删除", "数据库中缺失", "整份报送文件"):
        assert words in readme


def test_the_record_can_be_opened_names_the_facts_and_leaves_room_for_people(file: Path) -> None:
    draft = Document(BytesIO(read(file, "record.docx")))
    cells = [cell.text for table in draft.tables for row in table.rows for cell in row.cells]
    for words in (NUMBER, "上海测试有限公司", "“须持有会计从业资格证”", SHA256[PAGE], "https://a.example/1"):
        assert words in cells
    assert cells[cells.index("地点和网络环境") + 1] == ""
    assert "监察员（一）" in cells
    assert "监察员（二）" in cells
    fonts = draft.styles["Normal"].element.xml
    assert 'w:eastAsia="仿宋_GB2312"' in fonts


@pytest.mark.parametrize("hostile", ["\x0b\x1b[31m", "\ufffe\uffff", "<w:p/>&amp;", "\u202e"])
def test_hostile_words_are_shown_as_text_in_the_record(hostile: str, pack: Pack, engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(update(Capture).values(url=f"https://a.example/{hostile}"))
    with pack() as (_, file), ZipFile(file) as archive:
        draft = Document(BytesIO(archive.read(f"{NUMBER}/record.docx")))
    cells = [cell.text for table in draft.tables for row in table.rows for cell in row.cells]
    told = [cell for cell in cells if cell.startswith("https://a.example/")]
    shown = hostile if hostile.isascii() and hostile.isprintable() else "[U+"
    assert any(shown in cell for cell in told)


def test_an_expert_needs_no_program_of_ours(file: Path, tmp_path: Path) -> None:
    unzip, sha256sum = shutil.which("unzip"), shutil.which("sha256sum")
    if not unzip or not sha256sum:
        pytest.skip("no unzip or sha256sum on this machine")
    subprocess.run([unzip, "-q", file], cwd=tmp_path, check=True)
    check = [sha256sum, "--check", "--strict", "--quiet", "SHA256SUMS"]
    subprocess.run(check, cwd=tmp_path / NUMBER, check=True)


def test_a_record_that_would_be_too_long_says_what_it_leaves_out(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.pack.record.MOST", 1)
    with pack() as (_, file), ZipFile(file) as archive:
        draft = Document(BytesIO(archive.read(f"{NUMBER}/record.docx")))
    words = [paragraph.text for paragraph in draft.paragraphs]
    assert "另有2条线索，见证据包 clues 文件夹。" in words
    assert "另有2份，见证据包 captures.json。" in words
