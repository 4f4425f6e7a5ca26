"""Sitemaps and sitemap indexes, in XML or as a list of addresses, plain or gzipped."""

import codecs
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from lxml import etree
from lxml.etree import _Element

from crawlers import hardened_xml

_GZIP: Final = b"\x1f\x8b"
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_PLAIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}https?://")


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
    content = _unpacked(body, max_bytes)
    if (listed := _plain_list(content)) is not None:
        return Sitemap("urlset", listed, {})
    parser = hardened_xml.pull_parser(("start", "end"))
    root, damage, locations, changed = "", "", list[str](), dict[str, str]()
    try:
        for piece in _mended(content):
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError as error:
        damage = str(error)
    for event, element in cast("Iterator[tuple[str, _Element]]", parser.read_events()):
        name = etree.QName(element).localname
        root = root or name
        text = (element.text or "").strip()
        if event == "end" and name == "loc" and text and _is_of_a_page(element):
            locations.append(text)
        # The protocol puts it behind the location; one that comes before it is not understood.
        elif event == "end" and name == "lastmod" and text and locations:
            changed[locations[-1]] = text
    if root not in ("urlset", "sitemapindex"):
        raise SitemapError(damage or f"the root element is {root!r}, not urlset or sitemapindex")
    return Sitemap("urlset" if root == "urlset" else "sitemapindex", tuple(locations), changed, damage)


def _is_of_a_page(location: _Element) -> bool:
    """Images and videos of a page have locations too, inside their own elements."""
    parent = location.getparent()
    return parent is not None and etree.QName(parent).localname in ("url", "sitemap")


def _plain_list(content: bytes) -> tuple[str, ...] | None:
    """The addresses of a sitemap that is text with one on each line; None where it is anything else."""
    if not _PLAIN.match(content):
        return None
    lines = tuple(
        line.strip() for line in content.decode("utf-8-sig", "replace").splitlines() if line.strip()
    )
    return lines if all(line.startswith(("http://", "https://")) for line in lines) else None


def _mended(content: bytes) -> Iterator[bytes]:
    if content.startswith(_UTF_16):
        yield content
        return
    # Slips are plain ASCII, whatever encoding is declared: bytes as characters lose nothing.
    text = content.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    yield from (piece.encode("latin-1") for piece in hardened_xml.mended([text]))


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
