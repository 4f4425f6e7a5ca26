"""The page of a notice: its title and date, the tables in its body, and what is attached to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree
from parsel import Selector

from crawlers.html_text import html_to_text, parse_html
from crawlers.intake.tables import Grid
from crawlers.notices.html_tables import table_grids
from crawlers.notices.words import speaks_of_positions, words

READABLE: Final = (".xlsx", ".xlsm", ".xls", ".pdf", ".docx", ".csv")
_OTHERS: Final = (".zip", ".doc", ".wps", ".et", ".rar", ".7z", ".ofd")
_CUT: Final = ("...", "…")
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a notice links to."""

    name: str
    """What people call it, with its suffix."""
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says."""

    title: str
    published: str
    tables: Sequence[Grid] = ()
    attachments: Sequence[Attachment] = ()


def read_notice(page: str, url: str, *, listed: Mapping[str, str]) -> Notice:
    """The notice on `page`; `listed` is what the list says of it, which cuts long titles.

    Titles and dates stand in the meta tags that are prescribed for sites of the government (ArticleTitle,
    PubDate).
    """
    root = parse_html(page)
    if root is None:
        return Notice(listed.get("title", ""), listed.get("posted", ""))
    meta = {
        str(each.get("name", "")).lower(): str(each.get("content", "")).strip() for each in root.iter("meta")
    }
    heading = next((html_to_text(_markup(each)) for each in root.iter("h1")), "")
    named = listed.get("title", "")
    title = meta.get("articletitle") or ("" if named.endswith(_CUT) else named) or heading or named
    body = _body(root)
    attached: dict[str, Attachment] = {}
    for each in _attachments(root, body, url):
        attached.setdefault(each.url, each)
    return Notice(
        title=" ".join(title.split()),
        published=meta.get("pubdate") or listed.get("posted", ""),
        tables=tuple(table_grids(body, "page")),
        attachments=tuple(attached.values()),
    )


def _markup(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _body(root: etree._Element) -> etree._Element:
    """The element that holds the notice's own words; the whole page where none is known."""
    page = Selector(root=root, type="html")
    for known in words().bodies:
        for found in page.css(known):
            if isinstance(found.root, etree._Element):  # noqa: SLF001 - the only name lxml has for it
                return found.root
    return root


def _attachments(root: etree._Element, body: etree._Element, url: str) -> Iterator[Attachment]:
    """Links to files in the body, and those beside it that call themselves attachments or positions."""
    inside = set(body.iter("a"))
    for link in root.iter("a"):
        href = str(link.get("href", "")).strip()
        text = " ".join(html_to_text(_markup(link)).split()) or str(link.get("title", ""))
        suffix = _suffix(href, text)
        if suffix and (link in inside or "附件" in text or speaks_of_positions(text)):
            name = text or unquote(PurePosixPath(urlsplit(href).path).name)
            yield Attachment(_named(name, suffix), urljoin(url, href))


def _suffix(href: str, text: str) -> str:
    """The suffix of the file behind a link: in its address, in a value of its query, or in its words."""
    parts = urlsplit(href)
    said = (parts.path, *(value for _, value in parse_qsl(parts.query)), text)
    suffixes = (PurePosixPath(unquote(each)).suffix.lower().strip() for each in said)
    return next((suffix for suffix in suffixes if suffix in (*READABLE, *_OTHERS)), "")


def _named(name: str, suffix: str) -> str:
    """A name that ends in its suffix, and is fit for a file."""
    plain = "".join(char for char in name if char.isprintable() and char not in '/\\:*?"<>|')
    return plain.removesuffix(suffix).strip()[:_LONGEST_NAME] + suffix
