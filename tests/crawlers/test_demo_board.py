"""The made-up ads are as varied as the demo promises, and their pages stay the same for ever."""

import gzip
import re
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from crawlers.demo.ads import DemoAdError, load_ads
from crawlers.demo.board import CUT_OFF, GONE, serve, site
from crawlers.jobposting import fields, find
from crawlers.places import locate
from tests.processes import PATIENCE

ADS = load_ads()


def test_enough_ads_of_every_sort() -> None:
    assert len(ADS) >= 130
    assert len({ad.place[0] for ad in ADS}) >= 12
    unlawful = sum(ad.expect.violation for ad in ADS)
    assert 0.35 <= unlawful / len(ADS) <= 0.45
    assert {ad.expect.strength for ad in ADS} >= {
        "required", "preferred", "alternative", "after_hire", "mentioned", "negated",
    }  # fmt: skip
    assert {ad.expect.kind for ad in ADS} >= {
        "licensing", "proficiency", "skill_level", "delisted", "post_permit", "foreign", "vendor",
        "statutory", "title", "education", "generic", "other",
    }  # fmt: skip
    assert {ad.org for ad in ADS} == {"public", "state", "agency", "private"}
    assert (sum(ad.expect.leasing for ad in ADS), sum(ad.expect.training for ad in ADS)) == (2, 2)
    assert len({ad.page for ad in ADS}) == 13


def test_some_employers_ask_for_the_same_paper_in_several_ads() -> None:
    cases = Counter((ad.employer, ad.expect.kind) for ad in ADS if ad.expect.violation)
    assert sum(number >= 2 for number in cases.values()) >= 8


def test_what_the_ads_are_expected_to_mention_stands_in_them() -> None:
    for ad in ADS:
        assert ad.expect.mention in ad.title + ad.text, ad.id
        assert bool(ad.expect.mention) == bool(ad.expect.kind) == bool(ad.expect.strength), ad.id


def test_every_place_is_a_real_one() -> None:
    assert [ad.id for ad in ADS if locate("".join(ad.place)) is None] == []


def test_contacts_are_planted_and_lead_nowhere() -> None:
    texts = "\n".join(ad.text for ad in ADS)
    assert len(re.findall(r"1\d{2}-?0{3,4}", texts)) >= 8  # 0000 belongs to nobody
    assert all(address.endswith(".example") for address in re.findall(r"[\w.]+@[\w.-]+", texts))


def test_every_page_holds_its_ad_however_its_markup_is_broken() -> None:
    pages = site("http://127.0.0.1:1", ADS)
    for ad in ADS:
        body = pages[f"/job/{ad.id}.html"].body
        found = find(body.decode("gbk" if ad.page == "gbk" else "utf-8"))
        (node,) = found.postings
        read = fields(node)
        assert (read.identifier, read.title, read.company) == (ad.id, ad.title, ad.employer)
        assert not found.broken


def test_pages_do_not_depend_on_the_address_or_the_day() -> None:
    one, other = (site(f"http://127.0.0.1:{port}", ADS) for port in (1, 2))
    assert {path for path in one if one[path] != other[path]} == {
        "/robots.txt", "/sitemap.xml", "/sitemap-1.xml", "/sitemap-2.xml.gz",
    }  # fmt: skip


def test_the_server_serves_sitemaps_pages_and_a_404() -> None:
    with serve() as base:

        def get(path: str) -> bytes:
            with urllib.request.urlopen(base + path, timeout=PATIENCE) as answer:
                content: bytes = answer.read()
                return content

        assert b"Disallow: /admin/" in get("/robots.txt")
        listed = get("/sitemap-1.xml") + gzip.decompress(get("/sitemap-2.xml.gz"))
        assert listed.count(b"<loc>") == len(ADS) + 4
        assert get("/job/edu-14.html").decode("gbk").count("体育教师") >= 2
        assert not find(get(CUT_OFF).decode()).postings
        assert "最新职位" in get("/").decode()
        with pytest.raises(urllib.error.HTTPError, match="404") as gone:
            get(GONE)
        gone.value.close()


def test_a_wrong_file_names_itself_and_the_field(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("- {id: x-01, title: t, employer: e, org: king}\n", "utf-8")
    with pytest.raises(DemoAdError, match=r"x\.yaml: 0\.org: "):
        load_ads(tmp_path)
