"""The report as a PDF, read by two programs that had no part in making it."""

import os
import re
import subprocess
import sys
import unicodedata
from contextlib import closing
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.abc import MetaPathFinder
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any, Final

import pdfplumber
import pypdfium2  # type: ignore[import-untyped]
import pytest
import reportlab

from reports.weekly import pdf
from reports.weekly.model import Edition
from reports.weekly.pdf import MissingFontError, printed
from tests.processes import PATIENCE
from tests.reports.made_reports import report
from tests.reports.test_weekly_html import PAYLOADS

ROOT: Final = Path(__file__).parents[2]


@cache
def content(edition: Edition, *, attacked: bool = False) -> bytes:
    return pdf.render(report(edition, attacked=attacked))


def words(file: bytes) -> str:
    """All text, without blanks; some fonts have one glyph for two characters."""
    with closing(pypdfium2.PdfDocument(file)) as opened:
        said = "".join(page.get_textpage().get_text_range() for page in opened)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", said))


def test_it_says_what_the_report_says() -> None:
    said = words(content("internal"))
    found = report("internal")
    for point in found.key_points:
        assert re.sub(r"\s", "", unicodedata.normalize("NFKC", point)) in said
    for case in found.cases:
        assert case.number in said
        assert case.employer in said
    assert "—1—" in said


def test_each_page_after_the_first_says_whose_it_is_and_totals_stand_once() -> None:
    with closing(pypdfium2.PdfDocument(content("internal"))) as opened:
        pages = [page.get_textpage().get_text_range() for page in opened]
        assert opened.get_metadata_value("Author") == "某局"
    assert all("内部资料 注意保管" in page for page in pages)
    assert all(report("internal").number in page for page in pages)
    assert sum(page.count("合计") for page in pages) == 1


def test_the_public_edition_has_no_case() -> None:
    said = words(content("public"))
    assert "公开版" in said
    assert "有限公司" not in said


def test_headings_are_bookmarks_and_the_file_has_tags_a_title_and_a_language() -> None:
    with closing(pypdfium2.PdfDocument(content("public"))) as opened:
        titles = [each.get_title() for each in opened.get_toc()]
    assert "一、本期要点" in titles
    assert "（一）方法说明" in titles
    with pdfplumber.open(BytesIO(content("public"))) as file:
        assert file.doc.catalog["MarkInfo"] == {"Marked": True}
        assert file.doc.catalog["Lang"] == b"zh-CN"
        assert b"pdfuaid" in file.doc.catalog["Metadata"].resolve().get_data()


def test_all_fonts_are_inside() -> None:
    with pdfplumber.open(BytesIO(content("public"))) as file:
        fonts = {char["fontname"] for page in file.pages for char in page.chars}
    # A font that is a part of the file has a name of six letters before its own.
    assert fonts
    assert all(re.match(r"[A-Z]{6}\+", font) for font in fonts)


def test_hostile_text_is_text() -> None:
    said = words(content("internal", attacked=True))
    for payload in PAYLOADS[:-2]:
        assert re.sub(r"\s", "", payload) in said
    assert "甲[U+202E]乙[U+200B]丙[U+2066]丁" in said
    with pdfplumber.open(BytesIO(content("internal", attacked=True))) as file:
        links = {link["uri"] for link in file.hyperlinks}
        assert not {"JavaScript", "OpenAction", "AA"} & set(file.doc.catalog)
    assert not [each for each in links if each and not each.startswith(("http://", "https://"))]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">secret</text></svg>')
    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        near = f"http://127.0.0.1:{server.server_port}"
        file = printed(
            f"""<title>x</title><p style="background: url({near}/a)">周</p><img src="{near}/b" alt="b">
            <link rel="stylesheet" href="{near}/c"><img src="{secret.as_uri()}" alt="d">""".encode()
        )
        server.shutdown()
    assert asked == []
    assert "secret" not in words(file)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf.render(report("public")) == content("public")


@pytest.mark.parametrize("folder", [None, Path(reportlab.__file__).parent / "fonts"])
def test_a_machine_without_a_chinese_font_is_told_so(tmp_path: Path, folder: Path | None) -> None:
    fonts = tmp_path / "fonts.conf"
    listed = f"<dir>{folder}</dir>" if folder else ""
    fonts.write_text(f"<fontconfig>{listed}<cachedir>{tmp_path}</cachedir></fontconfig>")
    run = subprocess.run(
        [sys.executable, "-c", "from reports.weekly.pdf import printed; printed('周'.encode())"],
        cwd=ROOT, env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert "MissingFontError: a PDF needs a font with Chinese characters" in run.stderr


def test_a_machine_without_pango_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoLibrary(MetaPathFinder):
        def find_spec(self, fullname: str, *_more: Any) -> None:
            if fullname.startswith("weasyprint"):
                raise OSError("cannot load library 'libpango-1.0-0'")

    for name in [name for name in sys.modules if name.startswith("weasyprint")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [NoLibrary(), *sys.meta_path])
    with pytest.raises(MissingFontError, match="install libpango"):
        printed("周".encode())
