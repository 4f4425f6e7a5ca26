"""The report as a Word document, read as the XML that it is, and by LibreOffice."""

import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
from lxml import etree, html

from reports.weekly import docx
from reports.weekly.docx import TEMPLATE, document
from reports.weekly.html import render as page
from reports.weekly.model import Edition
from reports.weekly.wording import EDITIONS
from tests.processes import PATIENCE
from tests.reports.made_reports import report
from tests.reports.test_weekly_html import PAYLOADS

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES: Final = {
    "w": W[1:-1],
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "asvg": "http://schemas.microsoft.com/office/drawing/2016/SVG/main",
}


@cache
def content(edition: Edition, *, attacked: bool = False) -> bytes:
    return docx.render(report(edition, attacked=attacked))


def part(file: bytes, name: str) -> Any:
    with ZipFile(BytesIO(file)) as archive:
        return etree.fromstring(archive.read(name))


def body(file: bytes) -> Any:
    return part(file, "word/document.xml")


def words(element: Any) -> str:
    """All text, without blanks."""
    return re.sub(r"\s", "", "".join(element.itertext(f"{W}t")))


def paragraphs(file: bytes, style: str) -> list[str]:
    """Those of a style, by its id."""
    found = body(file).xpath("//w:p[w:pPr/w:pStyle/@w:val=$style]", style=style, namespaces=NAMES)
    return ["".join(each.itertext(f"{W}t")) for each in found]


@pytest.mark.parametrize("edition", EDITIONS)
def test_it_says_what_the_page_says_in_its_order(edition: Edition) -> None:
    tree: Any = html.fromstring(page(report(edition)).decode())
    shown = tree.find("body")
    for left_out in shown.xpath(".//nav | .//svg | .//footer | ./a"):
        left_out.getparent().remove(left_out) if not left_out.tail else left_out.drop_tree()
    said = re.sub(r"\s", "", shown.text_content())
    said = re.sub("[一二三四五六七八九十]+、|（[一二三四五]）", "", said)
    written = words(body(content(edition))).replace("■", "")
    assert re.sub("[一二三四五六七八九十]+、", "", written) == said


def test_headings_are_numbered_by_the_template() -> None:
    file = content("internal")
    assert paragraphs(file, "Heading1")[:3] == ["本期要点", "口径与覆盖", "总量"]
    assert "方法说明" in paragraphs(file, "Heading2")
    assert "QD-" in paragraphs(file, "Heading3")[0]
    levels = part(file, "word/numbering.xml").xpath("//w:abstractNum[1]/w:lvl", namespaces=NAMES)
    assert [
        (each.find(f"{W}pStyle").get(f"{W}val"), each.find(f"{W}lvlText").get(f"{W}val")) for each in levels
    ] == [("Heading1", "%1、"), ("Heading2", "（%2）"), ("Heading3", "%3. ")]


@pytest.mark.parametrize(
    ("style", "font"),
    [
        ("Title", "方正小标宋简体"),
        ("BodyText", "仿宋_GB2312"),
        ("Heading1", "黑体"),
        ("Heading2", "楷体_GB2312"),
    ],
)
def test_styles_name_their_east_asian_fonts(style: str, font: str) -> None:
    styles = part(content("public"), "word/styles.xml")
    (fonts,) = styles.xpath("//w:style[@w:styleId=$style]//w:rFonts", style=style, namespaces=NAMES)
    assert fonts.get(f"{W}eastAsia") == font
    assert not styles.xpath("//@w:eastAsiaTheme", namespaces=NAMES)


def test_heads_of_tables_repeat_and_no_row_is_parted() -> None:
    tables = body(content("internal")).findall(f".//{W}tbl")
    assert len(tables) > 8
    rows = [row for table in tables for row in table.findall(f"{W}tr")]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    heads = [table for table in tables if table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None]
    # The table of figures and that of the method have no head.
    assert len(heads) == len(tables) - 2


def test_no_number_is_parted_between_two_lines() -> None:
    numbers = ["448", "33", "1,067.6", "0 / 25", "2,189"]
    texts = ["hebei-public-employment-service", "本期无运行记录", "一个很长的名称一个很长的名称"]
    heads = "".join(f"<th>{each}</th>" for each in texts) + '<th class="n">五日内撤除条数</th>' * len(numbers)
    cells = "".join(f"<td>{each}</td>" for each in texts) + "".join(
        f'<td class="n">{each}</td>' for each in numbers
    )
    rows = f"<thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody>"
    file = docx.document(f"<html><body><table><caption>宽</caption>{rows}</table></body></html>".encode())
    widths = [int(each.get(f"{W}w")) for each in body(file).iter(f"{W}gridCol")]
    # Twentieths of a point: a digit takes half of 10.5, and a cell has margins of 8.5.
    assert all(width > 105 * len(text) + 170 for text, width in zip(numbers, widths[3:], strict=True))
    assert min(widths[:3]) > max(widths[3:5])


def test_the_name_of_a_week_stays_on_one_line() -> None:
    heads = "".join(f'<th class="n">{each}</th>' for each in ["广告", "疑似线索", "涉线索广告", "每万条广告"])
    cells = "".join(f'<td class="n">{each}</td>' for each in ["12,183", "1,039", "1,039", "2,131.1"])
    rows = (
        f'<thead><tr><th>周期</th>{heads}<th class="n">95% 区间</th></tr></thead>'
        f'<tbody><tr><td>2026-W45</td>{cells}<td class="n">1,600.0—2,780.3</td></tr></tbody>'
    )
    file = docx.document(f"<html><body><table><caption>宽</caption>{rows}</table></body></html>".encode())
    width = int(next(body(file).iter(f"{W}gridCol")).get(f"{W}w"))
    # Nine digits' room, for the W is as wide as two, in a font that stands in.
    assert width > 105 * 9 * 1.2 + 170


def test_a_table_without_a_head_is_not_ruled_like_one_with_a_head() -> None:
    tables = body(content("internal")).findall(f".//{W}tbl")
    bits = [int(table.find(f"{W}tblPr/{W}tblLook").get(f"{W}val"), 16) & 0x20 for table in tables]
    heads = [table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for table in tables]
    assert [bool(each) for each in bits] == heads


def test_charts_are_vectors_with_points_and_words_beside_them() -> None:
    file = content("internal")
    drawings = body(file).findall(".//wp:inline", NAMES)
    assert len(drawings) == 5
    links = {each.get("Id"): each.get("Target") for each in part(file, "word/_rels/document.xml.rels")}
    for drawing in drawings:
        assert drawing.find("wp:docPr", NAMES).get("descr")
        (points,) = drawing.xpath(".//a:blip/@r:embed", namespaces=NAMES)
        (vectors,) = drawing.xpath(".//asvg:svgBlip/@r:embed", namespaces=NAMES)
        assert links[points].endswith(".png")
        assert part(file, f"word/{links[vectors]}").get("viewBox")


def test_hostile_text_is_text() -> None:
    file = content("internal", attacked=True)
    said = words(body(file))
    for payload in PAYLOADS[:-2]:
        assert re.sub(r"\s", "", payload) in said
    assert "甲[U+202E]乙[U+200B]丙[U+2066]丁" in said
    links = part(file, "word/_rels/document.xml.rels")
    outside = [each.get("Target") for each in links if each.get("TargetMode") == "External"]
    assert not [each for each in outside if not each.startswith(("http://", "https://"))]
    fields = body(file).xpath("//w:instrText | //w:fldSimple | //w:object", namespaces=NAMES)
    assert fields == []


def test_ads_are_linked() -> None:
    file = content("internal")
    links = part(file, "word/_rels/document.xml.rels")
    assert any(each.get("Target").startswith("https://jobs.example/") for each in links)
    assert body(file).find(f".//{W}hyperlink") is not None


def test_the_public_edition_has_no_case() -> None:
    file = content("public")
    assert paragraphs(file, "Heading3") == []
    assert "有限公司" not in words(body(file))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert docx.render(report("public")) == content("public")


def test_an_element_without_a_style_is_refused() -> None:
    with pytest.raises(ValueError, match="no style for <video"):
        document(b"<html><head><title>x</title></head><body><video></video></body></html>")


def test_the_template_is_ours_alone() -> None:
    """A style that the library's own template has would be made for English."""
    with ZipFile(TEMPLATE) as archive:
        assert not [name for name in archive.namelist() if "theme" in name]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice Writer is not installed")
def test_libreoffice_opens_it_and_numbers_its_headings(tmp_path: Path) -> None:
    (tmp_path / "weekly.docx").write_bytes(content("public"))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "txt:Text", "weekly.docx"],
        cwd=tmp_path, check=True, capture_output=True, timeout=PATIENCE,
    )  # fmt: skip
    said = (tmp_path / "weekly.txt").read_text(encoding="utf-8").replace(" ", "")
    for heading in ("一、本期要点", "二、口径与覆盖", "（一）方法说明", "招聘广告证书要求监测周报"):
        assert heading in said
