"""The pages of the dataset, as they lie beside the versions."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reports.dataset import site
from reports.dataset.folders import Folders
from reports.dataset.manifest import read_manifest
from reports.dataset.metadata import about
from reports.dataset.site import PAGES, write_site
from reports.dataset.site_figures import pictures
from reports.dataset.versions import deltas, index, release
from reports.dataset.workbook import MOST_ROWS
from reports.weekly import figures
from tests.accessibility import faults
from tests.browser import logged
from tests.factory import checked_ad, finding, job_ad, mention
from tests.recorded import add, fresh_store, violation
from tests.reports.dataset.making import built

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

LATER = date(2027, 3, 1)
HOSTILE = '<script>alert(1)</script>"\u202e证书'


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two released versions, and the pages of the second."""
    folder = tmp_path_factory.mktemp("site")
    folders = Folders(folder / "dataset")
    with fresh_store(folder) as engine:
        add(engine, *(violation(number) for number in range(10, 20)))
        release(folders, built(engine, folders.public).version, LATER)
        hostile = mention(HOSTILE, text=HOSTILE)
        add(
            engine,
            checked_ad(job_ad(1, division="440300"), hostile, findings=(finding("百分百就业"),)),
            checked_ad(job_ad(2, company="", division=None, posted=None)),
        )
        release(folders, built(engine, folders.public).version, LATER)
    write_site(folders)
    return folders.public


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("index.html", "（clues、ads 超过 10 行，未列入工作簿）"),
        ("index.en.html", "is without clues, ads, which"),
    ],
)
def test_tables_too_long_for_the_workbook_are_named(
    public: Path, name: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told not in (public / name).read_text("utf-8")
    assert f"{MOST_ROWS:,}" in (public / "latest" / "README.md").read_text("utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(site, "MOST_ROWS", 10)
        write_site(Folders(public))
        page = (public / name).read_text("utf-8")
    write_site(Folders(public))
    assert told in page


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_or_a_place_in_the_page(public: Path, name: str) -> None:
    page = (public / name).read_text("utf-8")
    links = re.findall(r'href="([^"]*)"', page)
    assert len(links) > len(PAGES)
    for link in links:
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in page
        else:
            assert (public / link).is_file(), link
    assert not re.findall(r'(?:src|href)="(?:https?:)?//|<script|<link|@import|url\(', page)


@pytest.mark.parametrize("name", PAGES)
def test_every_file_stands_there_with_its_hash(public: Path, name: str) -> None:
    page = (public / name).read_text("utf-8")
    version = Folders(public).latest()
    assert version
    for file in read_manifest(version)["files"]:
        assert f'/{file["name"]}">{file["name"]}</a>' in page
        assert file["sha256"] in page


def test_the_words_of_an_ad_are_text_and_show_what_they_hide(public: Path) -> None:
    page = (public / "index.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;[U+202E]证书" in page


def test_small_counts_stay_out_of_the_charts(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MINIMUM_ADS", 1)
    version = Folders(public).latest()
    assert version
    drawn = pictures(version).provinces
    assert drawn
    assert "疑似线索 10 条" in drawn.description
    assert "上海市" in drawn.description
    assert "广东省" not in drawn.description


def test_without_a_rate_there_is_no_map(public: Path) -> None:
    page = (public / "index.html").read_text("utf-8")
    assert 'class="swatch"' not in page
    assert "各省份每万条广告涉线索数" not in page
    assert "各省份都样本不足 30 条或线索不足 5 条，不列比率" in page


def test_versions_stand_with_what_changed(public: Path) -> None:
    page = (public / "index.html").read_text("utf-8")
    newest, oldest = (line["version"] for line in index(Folders(public)))
    assert page.index(newest) < page.rindex(oldest)
    assert "+2 ~0 −0" in page


def test_the_same_public_state_gives_the_same_bytes(public: Path) -> None:
    before = {name: (public / name).read_bytes() for name in PAGES}
    write_site(Folders(public))
    assert {name: (public / name).read_bytes() for name in PAGES} == before
    assert not list(public.glob(".*.tmp"))


@pytest.mark.parametrize("name", PAGES)
def test_every_step_from_the_version_before_stands_there_with_its_hash(public: Path, name: str) -> None:
    page = (public / name).read_text("utf-8")
    step = deltas(Folders(public))[0]["tables"]
    for table in step.values():
        assert f'href="{table["path"]}"' in page
        assert table["sha256"] in page
    assert index(Folders(public))[0]["manifest_sha256"] in page


def test_both_pages_tell_every_limit(public: Path) -> None:
    chinese, english = ((public / name).read_text("utf-8") for name in PAGES)
    assert len(about.LIMITS) == len(about.LIMITS_ZH)
    for limit, in_chinese in zip(about.LIMITS, about.LIMITS_ZH, strict=True):
        assert f"<li>{limit}</li>" in english
        assert f"<li>{in_chinese}</li>" in chinese


@pytest.fixture
def bare(chrome: "Chrome") -> "Iterator[Chrome]":
    """A browser without JavaScript and without a network."""
    offline = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    chrome.execute_cdp_cmd("Network.enable", {})
    chrome.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield chrome
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chrome.execute_cdp_cmd("Network.emulateNetworkConditions", offline | {"offline": False})


def test_without_scripts_and_network_all_can_be_read(bare: "Chrome", public: Path) -> None:
    logged(bare, "performance")
    bare.get((public / "index.html").as_uri())
    table = bare.find_element("css selector", "#preview details table")
    assert not table.is_displayed()
    bare.find_element("css selector", "#preview details summary").click()
    assert table.is_displayed()
    assert bare.find_element("css selector", "#downloads table").is_displayed()
    bare.find_element("link text", "引用与许可").click()
    assert bare.current_url.endswith("index.html#cite")
    bare.find_element("link text", "CITATION.cff")
    asked = [json.loads(entry["message"])["message"] for entry in logged(bare, "performance")]
    urls = [
        each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"
    ]
    assert urls
    assert all(url.startswith("file://") for url in urls)


def test_a_browser_finds_no_barrier_and_asks_for_nothing(chrome: "Chrome", public: Path) -> None:
    write_site(Folders(public), most_rows=1)  # it looks at every cell
    for name in PAGES:
        chrome.get((public / name).as_uri())
        assert list(faults(chrome)) == []
    assert logged(chrome, "browser") == []
