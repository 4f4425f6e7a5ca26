"""The weekly report as a file, read by parsers and by a browser that know nothing of how it was made."""

import base64
import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from selenium.webdriver import Chrome
from sqlalchemy import Engine

from config.packs import in_use
from config.policy import shipped
from events.types import CheckedAd, PackFinding, Span
from reports.weekly.build import Setting, build
from reports.weekly.html import render
from reports.weekly.model import Edition
from store.database import snapshot
from store.weekly import gather
from store.weekly_rows import Scope
from tests.browser import logged
from tests.reports.week_factory import (
    WEEK,
    baited,
    checked,
    job_ad,
    mention,
    realistic,
    run,
    store,
    suspicious,
)

PAYLOADS = (
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus=alert(1) x='",
    "<img src=x onerror=alert(1)>",
    "</style></svg><svg onload=alert(1)>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{7*7}}{% include 'x' %}",
    "甲\u202e乙\u200b丙\u2066丁",
    'https://jobs.example/" onclick="alert(1)',
)  # fmt: skip
ALLOWED_SCHEMES = ("http://", "https://", "#")


def page(engine: Engine, root: str = "000000", edition: Edition = "internal") -> bytes:
    with snapshot(engine) as session:
        rows = gather(session, Scope(WEEK, root))
    setting = Setting(bureau="某局", edition=edition, bases=shipped().bases, packs=in_use())
    return render(build(rows, setting))


def parsed(content: bytes) -> Any:
    return html.fromstring(content.decode())


def hostile(engine: Engine) -> None:
    """Every payload in every field that comes from outside."""
    store(engine, [_hostile(number, payload) for number, payload in enumerate(PAYLOADS)])
    for payload in PAYLOADS:
        run(engine, payload, complete=False, rejected=1)


def _hostile(number: int, payload: str) -> CheckedAd:
    text = f"任职要求：须持{payload}证上岗"
    ad = job_ad(
        number, source=payload, url=payload, title=payload, company=payload, text=text, acting_for=payload
    )
    fields = {"name": payload, "qualification": payload, "suggestion": payload, "basis": (payload,)}
    unknown = mention(ad, payload, qualification=None, name=payload, kind="other", verdict="advisory")
    span = Span(field="text", start=0, end=len(payload), text=payload)
    bait = PackFinding(pack=payload, rule=payload, evidence=span, basis=(payload,))
    return checked(ad, mention(ad, payload, **fields), unknown, rules_version=payload, findings=(bait,))


def test_hostile_text_is_text_in_every_field(engine: Engine) -> None:
    hostile(engine)
    content = page(engine)
    tree = parsed(content)
    for element in tree.iter():
        assert element.tag not in {"script", "iframe", "object", "embed", "img", "base", "form", "input"}
        for attribute, value in element.attrib.items():
            assert not attribute.lower().startswith("on")
            assert attribute not in {"style", "src", "srcset", "action", "autofocus"}
            if attribute in {"href", "xlink:href"}:
                assert value.startswith(ALLOWED_SCHEMES)
    text = tree.text_content()
    for payload in PAYLOADS[:-2]:
        assert payload in text
    assert "甲[U+202E]乙[U+200B]丙[U+2066]丁" in text
    assert not set("\u202e\u200b\u2066") & set(content.decode())


def test_links_carry_no_referrer_and_only_ads_are_linked(engine: Engine) -> None:
    store(engine, [suspicious(1)])
    tree = parsed(page(engine))
    outgoing = [link for link in tree.iter("a") if link.get("href", "").startswith("http")]
    assert [link.get("href") for link in outgoing] == ["https://jobs.example/board-a/1"]
    assert {link.get("rel") for link in outgoing} == {"noopener noreferrer nofollow"}


def test_the_policy_admits_this_style_sheet_and_nothing_else(engine: Engine) -> None:
    tree = parsed(page(engine))
    (style,) = tree.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("root", ["330100", "330000"])
def test_no_byte_of_another_area_reaches_a_bureau(engine: Engine, root: str) -> None:
    store(
        engine,
        [suspicious(1), suspicious(2, division="440305", company="深圳别家有限公司", source="board-sz")],
    )
    store(engine, [baited(4, "学费分期", division="440305", company="深圳别家有限公司", source="board-sz")])
    store(engine, [suspicious(3, division=None, company="地点不明有限公司", source="board-unclear")])
    content = page(engine, root).decode()
    assert "示例健身有限公司" in content
    for foreign in (
        "深圳",
        "广东",
        "board-sz",
        "440300",
        "地点不明有限公司",
        "board-unclear",
        "jobs.example/board-sz",
    ):
        assert foreign not in content


def test_the_public_edition_shows_no_employer_quote_or_link(engine: Engine) -> None:
    store(engine, [suspicious(1), baited(2, "学费可以分期付")])
    content = page(engine, edition="public").decode()
    for private in ("示例健身有限公司", "<blockquote>", "jobs.example", "QD-330100", "学费可以分期付"):
        assert private not in content
    assert "健身教练证" in content
    assert "疑似培训招生" in content
    assert "学费可以分期付" in page(engine).decode()


def test_it_says_suspected_and_never_unlawful(engine: Engine) -> None:
    realistic(engine, ads=300)
    text = parsed(page(engine)).text_content()
    assert "机器识别的疑似线索，须经核查" in text
    assert text.replace("不构成违法认定", "").count("违法") == 0


def test_headings_tables_and_language_serve_a_screen_reader(engine: Engine) -> None:
    realistic(engine, ads=300)
    tree = parsed(page(engine))
    assert tree.get("lang") == "zh-CN"
    levels = [int(each.tag[1]) for each in tree.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert levels.count(2) == 11
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in tree.iter("table"):
        assert table.find("caption") is not None
        assert all(cell.get("scope") in {"row", "col"} for cell in table.iter("th"))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link.get("href")[1:] for link in tree.xpath("//a[starts-with(@href, '#')]")} <= set(ids)
    assert all(svg.get("aria-label") for svg in tree.xpath("//figure//svg[@role='img']"))


def test_an_empty_week_is_a_readable_report(engine: Engine) -> None:
    text = parsed(page(engine)).text_content()
    assert "本期未采集到广告" in text
    assert "未发现疑似线索" not in text


def test_the_same_store_gives_the_same_bytes(engine: Engine) -> None:
    realistic(engine, ads=300)
    assert page(engine) == page(engine)


@pytest.mark.parametrize("width", [1366, 500])
def test_a_browser_shows_it_without_error_request_or_sideways_scrolling(
    chrome: Chrome, engine: Engine, tmp_path: Path, width: int
) -> None:
    hostile(engine)
    realistic(engine, ads=300)
    file = tmp_path / "weekly.html"
    file.write_bytes(page(engine))
    logged(chrome, "performance")
    chrome.set_window_size(width, 900)
    chrome.get(file.as_uri())
    assert logged(chrome, "browser") == []
    requests = [
        entry["message"]
        for entry in logged(chrome, "performance")
        if 'Network.requestWillBeSent"' in entry["message"]
    ]
    assert all(file.as_uri() in request for request in requests)
    assert len(requests) == 1
    assert chrome.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert len(chrome.get_screenshot_as_png()) > 20_000
