import gzip
import time

import pytest

from crawlers.sitemap import SitemapError, read

URLSET = (
    b'<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc> http://a/1 </loc><lastmod>2026-11-01</lastmod></url><url><loc>http://a/2</loc></url></urlset>"
)


def test_urlset_plain_and_gzipped() -> None:
    for body in (URLSET, gzip.compress(URLSET)):
        listing = read(body, max_bytes=10_000)
        assert (listing.kind, listing.locations, listing.damage) == (
            "urlset",
            ("http://a/1", "http://a/2"),
            "",
        )


def test_when_a_page_changed_is_told_as_written() -> None:
    assert read(URLSET, max_bytes=10_000).changed == {"http://a/1": "2026-11-01"}


def test_index_without_namespace() -> None:
    listing = read(
        b"<sitemapindex><sitemap><loc>http://a/s.xml</loc></sitemap></sitemapindex>", max_bytes=10_000
    )
    assert (listing.kind, listing.locations) == ("sitemapindex", ("http://a/s.xml",))


def test_what_stands_before_the_damage_is_kept_and_the_damage_told() -> None:
    for body in (URLSET[:-30], gzip.compress(URLSET[:-30])):
        listing = read(body, max_bytes=10_000)
        assert listing.locations == ("http://a/1",)
        assert "Premature end" in listing.damage


def test_addresses_with_a_bare_ampersand_and_space_before_the_declaration() -> None:
    body = URLSET.replace(b"http://a/1", b"http://a/?b=1&c=2&amp;d=3")
    for wrong in (body, b"\n " + body, b"\xef\xbb\xbf" + body):
        listing = read(wrong, max_bytes=10_000)
        assert (listing.locations[0], listing.damage) == ("http://a/?b=1&c=2&d=3", "")


def test_images_of_a_page_are_no_pages() -> None:
    image = b"<image:image xmlns:image='i'><image:loc>http://a/1.png</image:loc></image:image>"
    body = URLSET.replace(b"</url><url>", image + b"</url><url>")
    assert read(body, max_bytes=10_000).locations == ("http://a/1", "http://a/2")


def test_encodings_that_are_declared() -> None:
    body = URLSET.replace(b"http://a/1", "http://a/招聘".encode("gb18030"))
    body = body.replace(b'"1.0"', b'"1.0" encoding="gb2312"')
    assert read(body, max_bytes=10_000).locations[0] == "http://a/招聘"
    wide = URLSET.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")
    assert read(wide, max_bytes=10_000).locations == ("http://a/1", "http://a/2")


@pytest.mark.parametrize("body", [b"http://a/1\nhttps://a/2\n", b"\xef\xbb\xbfhttp://a/1\r\n\r\nhttps://a/2"])
def test_a_list_of_addresses_is_a_sitemap(body: bytes) -> None:
    assert read(body, max_bytes=10_000).locations == ("http://a/1", "https://a/2")
    with pytest.raises(SitemapError):
        read(body + b"\nnot an address", max_bytes=10_000)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"<html><body>login</body></html>", "'html', not urlset"),
        (b"not xml", "."),
        (gzip.compress(URLSET, mtime=0)[:12], "."),
        (b"\x1f\x8bgarbage", "broken gzip"),
        (gzip.compress(b"<urlset>" + b" " * 100_000, mtime=0), "unpacks to more than 10000 bytes"),
    ],
)
def test_no_sitemap(body: bytes, message: str) -> None:
    with pytest.raises(SitemapError, match=message):
        read(body, max_bytes=10_000)


def test_entities_lead_nowhere() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    for doctype in (
        '<!DOCTYPE u [<!ENTITY f SYSTEM "file:///etc/hostname">]>',
        f'<!DOCTYPE u [<!ENTITY l0 "http://a/">{laughs}<!ENTITY f "&l11;">]>',
    ):
        began = time.process_time()
        listing = read(f"{doctype}<urlset><url><loc>&f;</loc></url></urlset>".encode(), max_bytes=10_000)
        assert listing.locations == ()
        assert time.process_time() - began < 1
