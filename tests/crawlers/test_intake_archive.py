"""Zip archives of dropped files."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

import crawlers.intake.archive
from cli.ingest import command
from crawlers.intake.archive import MOST, unpacked
from crawlers.intake.rows import IntakeError
from tests.crawlers.serving import collected

CSV = "id,title,text\n{n},电工,须持电工证\n"


def packed(folder: Path, files: dict[str, str]) -> Path:
    archive = folder / "drop.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return archive


def test_files_are_unpacked_as_long_as_they_are_in_use(tmp_path: Path) -> None:
    names = (
        "a.csv",
        "2026/a.csv",
        "../../../outside.csv",
        "/etc/b.csv",
        ".hidden",
        "__MACOSX/a.csv",
        "folder/",
    )
    archive = packed(tmp_path, {name: name for name in names})
    with unpacked(archive) as files:
        assert [(file.name, file.read_text("utf-8")) for file in files] == [
            ("a.csv", "a.csv"),
            ("a.csv", "2026/a.csv"),
            ("outside.csv", "../../../outside.csv"),
            ("b.csv", "/etc/b.csv"),
        ]
        assert len({file.parent.parent for file in files}) == 1
    assert not any(file.exists() for file in files)
    assert [file.name for file in tmp_path.iterdir()] == ["drop.zip"]


def test_what_grows_beyond_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawlers.intake.archive, "MAX_BYTES", 5_000_000)
    archive = packed(tmp_path, {f"{n}.csv": "0" * 2_000_000 for n in range(4)})
    assert archive.stat().st_size < 100_000
    with pytest.raises(IntakeError, match="more than 5,000,000 bytes once unpacked"), unpacked(archive):
        pass


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_an_archive_holds_some_files_and_not_too_many(tmp_path: Path, count: int) -> None:
    archive = packed(tmp_path, {f"{n}.csv": "x" for n in range(count)})
    with pytest.raises(IntakeError, match=f"and there are {count}"), unpacked(archive):
        pass


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    archive = packed(tmp_path, {"a.csv": CSV * 100})
    content = bytearray(archive.read_bytes())
    content[40:60] = bytes(20)
    archive.write_bytes(content)
    with pytest.raises(IntakeError, match=r"drop\.zip: damaged or encrypted archive"), unpacked(archive):
        pass


@pytest.mark.usefixtures("home")
def test_the_files_of_an_archive_are_taken_in_one_by_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("drops")
    files = {"board-a.csv": CSV.format(n=1), "board-b.csv": CSV.format(n=2), "readme.doc": "x"}
    done = CliRunner().invoke(command, [str(packed(folder, files))])
    assert done.exit_code == 2
    assert "a .doc file cannot be read; save it as .docx" in done.output
    assert [(ad.source, ad.source_ad_id) for ad in collected()] == [("board-a", "1"), ("board-b", "2")]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("../../x.csv", "x.csv"),
        ("/etc/x.csv", "x.csv"),
        ("C:\\x\\y.csv", "y.csv"),
        ("a/./b.csv", "b.csv"),
        (f"{'岗' * 200}.csv", f"{'岗' * 65}.csv"),
        ("a\nb.csv", "a\nb.csv"),
    ],
)
def test_no_name_leads_outside(tmp_path: Path, written: str, name: str) -> None:
    file = tmp_path / "drop.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(written, "x")
    with unpacked(file) as (inside,):
        assert inside.name == name
        assert inside.parent.parent.name.startswith("qingdan-")


@pytest.mark.parametrize("written", ["..", "a/..", ".", "..\\..\\.x"])
def test_a_name_that_is_none_is_no_file(tmp_path: Path, written: str) -> None:
    file = tmp_path / "drop.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(written, "x")
    with pytest.raises(IntakeError, match="there are 0"), unpacked(file):
        pass
