"""Containers: how a document holds its records, as JSON, as JSON inside a page, as markup."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import chompjs
from lxml import etree
from parsel import Selector

from crawlers import hardened_xml, jobposting, loose_json
from crawlers.extract.problem import DocumentProblem
from crawlers.extract.records import JsonRecord, MarkupRecord, Record, as_xpath, compiled
from crawlers.html_text import parse_html

_PARSED: Final = re.compile(r"""\s*JSON\.parse\(\s*("(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+')""", re.DOTALL)
_DECLARATION: Final = re.compile(r"\A<\?xml[^>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Document:
    """What was fetched, decoded."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The whole of a document as one record, and what was damaged about it."""

    root: Record
    damage: str = ""
    page: str = ""
    """The page around it, where it is JSON inside a page."""

    def values(self, expression: str) -> list[str]:
        """What `expression` finds in the document: with `css:` or `xpath:` in the page, else in the record.

        Raises:
            FieldProblem: it finds something that is no text.
        """
        if self.page and expression.startswith(_PAGE_LANGUAGES):
            return _html(Document(self.page), "").root.values(expression)
        return self.root.values(expression)


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of container, with its argument: where in the document it is."""

    kind: str
    argument: str = ""

    @classmethod
    def written(cls, line: str) -> "Container":
        """The container that a board file names: `json`, `html`, or `inline_js: let arr =`.

        Raises:
            ValueError: no such container, or its argument is missing or wrong.
        """
        kind, _, argument = (part.strip() for part in line.partition(":"))
        if kind not in _KINDS:
            raise ValueError(f"no container {kind!r}; there are: {', '.join(_KINDS)}")
        if (kind in _WITH_ARGUMENT) != bool(argument):
            needs = _WITH_ARGUMENT.get(kind, "takes no argument")
            raise ValueError(f"container {kind}: {needs}")
        if kind in ("input_json", "page_json"):
            as_xpath(argument, "css")
        return cls(kind, argument)

    def check(self, expression: str) -> None:
        """Is `expression` one that records of this container can be asked?

        Raises:
            ValueError: it is not.
        """
        if self.kind in _MARKUP:
            as_xpath(expression, _MARKUP[self.kind])
        else:
            compiled(expression)

    def check_of_document(self, expression: str) -> None:
        """The same for an expression that is asked of the whole document (`Opened.values`).

        Raises:
            ValueError: it is none.
        """
        if self.kind in _WITH_ARGUMENT and expression.startswith(_PAGE_LANGUAGES):
            as_xpath(expression, "css")
        else:
            self.check(expression)

    def open(self, document: Document) -> Opened:
        """The document's content as one record.

        Raises:
            DocumentProblem: the document holds nothing of this kind.
        """
        return _KINDS[self.kind](document, self.argument)


def _json(document: Document, _argument: str) -> Opened:
    return Opened(JsonRecord(_loads(document.text)))


def _loads(text: str) -> object:
    if text.lstrip()[:1] == "<":
        raise DocumentProblem("JSON is expected, and this is a page")
    try:
        return loose_json.loads(text)
    except ValueError as error:
        raise DocumentProblem(str(error)) from error


def _inline_js(document: Document, marker: str) -> Opened:
    """The object or array that a script assigns behind the marker; JavaScript, not only JSON."""
    _, found, rest = document.text.partition(marker)
    if not found:
        raise DocumentProblem(f"{marker!r} is nowhere in the page")
    try:
        if parsed := _PARSED.match(rest):
            return Opened(JsonRecord(loose_json.loads(_text_of(parsed[1]))), page=document.text)
        return Opened(JsonRecord(chompjs.parse_js_object(rest)), page=document.text)
    except (ValueError, RecursionError) as error:
        raise DocumentProblem(f"no object behind {marker!r}: {error}") from error


def _text_of(literal: str) -> str:
    """The text that a script writes with its quotation marks and backslashes."""
    return str(chompjs.parse_js_object(f"[{literal}]")[0])


def _input_json(document: Document, where: str) -> Opened:
    """JSON in the value of a hidden field."""
    return _page_json(document, f"{where}::attr(value)")


def _page_json(document: Document, where: str) -> Opened:
    """JSON that is the text of an element, or an attribute of it: `script#state`, `#app::attr(data-page)`."""
    found = _html(document, "").root.values(f"css:{where}")
    if not found:
        raise DocumentProblem(f"no {where!r} in the page")
    return Opened(JsonRecord(_loads(found[0])), page=document.text)


def _html(document: Document, _argument: str) -> Opened:
    tree = parse_html(document.text)
    if tree is None:
        raise DocumentProblem("the page is empty")
    return Opened(MarkupRecord(Selector(root=tree, type="html"), "css"))


def _xml(document: Document, _argument: str) -> Opened:
    """A feed; what stands before any damage is kept, and names lose their prefixes."""
    root, damage = xml_tree(document.text)
    selector = Selector(root=root, type="xml")
    selector.remove_namespaces()
    return Opened(MarkupRecord(selector, "xpath"), damage)


def xml_tree(text: str) -> tuple[etree._Element, str]:
    """The tree of an XML text, read as far as it goes, and the first thing that is wrong with it.

    Raises:
        DocumentProblem: there is nothing to read.
    """
    # The text is decoded already: its declaration says nothing more, and is often broken.
    content = _DECLARATION.sub("", "".join(hardened_xml.mended([text])), count=1).encode()
    parser = hardened_xml.tree_parser(recover=True, encoding="utf-8")
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentProblem(f"no XML: {error}") from error
    if root is None:
        raise DocumentProblem("no XML")
    return root, "; ".join(str(each) for each in list(parser.error_log)[:1])


def _xml_cdata_html(document: Document, _argument: str) -> Opened:
    """HTML fragments in the texts of an XML answer, as one page."""
    root, damage = xml_tree(document.text)
    fragments = (str(text) for text in root.itertext() if "<" in str(text))
    opened = _html(Document("<body>" + "\n".join(fragments) + "</body>", document.address), "")
    return Opened(opened.root, damage)


def _jobposting(document: Document, _argument: str) -> Opened:
    """The JobPosting nodes of a page, as an array."""
    found = jobposting.find(document.text)
    return Opened(JsonRecord(list(found.postings)), "; ".join(found.broken))


_KINDS: Final[Mapping[str, Callable[[Document, str], Opened]]] = {
    "json": _json,
    "inline_js": _inline_js,
    "input_json": _input_json,
    "page_json": _page_json,
    "html": _html,
    "xml": _xml,
    "xml_cdata_html": _xml_cdata_html,
    "jobposting": _jobposting,
}
_PAGE_LANGUAGES: Final = ("css:", "xpath:")
_MARKUP: Final = {"html": "css", "xml": "xpath", "xml_cdata_html": "css"}
"""The containers that hold markup, with the language of an expression that names none."""
_WITH_ARGUMENT: Final = {
    "inline_js": "say behind which words of the script the object begins, as `inline_js: let arr =`",
    "input_json": "say which field holds the JSON, as `input_json: input#jobs`",
    "page_json": "say which element holds the JSON, as `page_json: script#state` or `#app::attr(data-page)`",
}
