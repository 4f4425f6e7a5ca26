"""Sitemaps and sitemap indexes, plain or gzipped, through a parser that trusts nothing."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from lxml import etree
from lxml.etree import _Element

_GZIP: Final = b"\x1f\x8b"


class SitemapError(ValueError):
    """The bytes are no sitemap; the message says why."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    kind: Literal["urlset", "sitemapindex"]
    locations: tuple[str, ...]
    changed: Mapping[str, str]
    """Location → when it last changed, as written, where the sitemap says so."""
    damage: str = ""
    """Why the rest of the file could not be read; empty when it was read to its end."""


def read(body: bytes, *, max_bytes: int) -> Sitemap:
    """The sitemap in `body`, unpacked up to `max_bytes`. What stands before any damage is kept.

    Raises:
        SitemapError: not XML, no sitemap, or larger than `max_bytes`.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    root, damage, locations, changed = "", "", list[str](), dict[str, str]()
    try:
        parser.feed(_unpacked(body, max_bytes))
        parser.close()
    except etree.XMLSyntaxError as error:
        damage = str(error)
    for event, element in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
        name = etree.QName(element).localname
        root = root or name
        text = (element.text or "").strip()
        if event == "end" and name == "loc" and text:
            locations.append(text)
        # The protocol puts it behind the location; one that comes before it is not understood.
        elif event == "end" and name == "lastmod" and text and locations:
            changed[locations[-1]] = text
    if root not in ("urlset", "sitemapindex"):
        raise SitemapError(damage or f"the root element is {root!r}, not urlset or sitemapindex")
    return Sitemap("urlset" if root == "urlset" else "sitemapindex", tuple(locations), changed, damage)


def _unpacked(body: bytes, max_bytes: int) -> bytes:
    if not body.startswith(_GZIP):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(body, max_bytes)
    except zlib.error as error:
        raise SitemapError(f"broken gzip: {error}") from error
    if unpacker.unconsumed_tail:
        raise SitemapError(f"unpacks to more than {max_bytes} bytes")
    return content
