"""Records: one posting's part of a document, in JSON or in markup, asked by expressions."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import jmespath
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult
from lxml import etree
from parsel import Selector
from parsel.csstranslator import HTMLTranslator

from crawlers.extract.problem import FieldProblem

LONGEST_EXPRESSION: Final = 500


class Record(Protocol):
    """A part of a document."""

    def values(self, expression: str) -> list[str]:
        """The texts that `expression` finds here, in order; none where it finds nothing.

        Raises:
            FieldProblem: it finds something that is no text.
        """

    def parts(self, expression: str) -> Sequence["Record"]:
        """The parts of this part that `expression` finds; a part of them each, or none."""


@lru_cache(maxsize=1024)
def compiled(expression: str) -> ParsedResult:
    """A JMESPath expression, ready for use.

    Raises:
        ValueError: it is none.
    """
    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"no JMESPath expression: {expression!r}: {error}") from error


class JsonRecord:
    """A JSON value, asked by JMESPath."""

    def __init__(self, node: object) -> None:
        self.node = node

    def values(self, expression: str) -> list[str]:
        return _texts(self._found(expression))

    def parts(self, expression: str) -> Sequence["JsonRecord"]:
        found = self._found(expression) if expression else self.node
        if found is None:
            return ()
        return [JsonRecord(each) for each in (found if isinstance(found, list) else [found])]

    def _found(self, expression: str) -> object:
        try:
            found: object = compiled(expression).search(self.node)
        except JMESPathError as error:
            raise FieldProblem(f"{expression!r} cannot be asked of this record: {error}") from error
        return found


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, str | int | float):
        return [str(value)]
    raise FieldProblem("a text or number is expected, not an object")


@lru_cache(maxsize=1024)
def as_xpath(expression: str, default: str) -> str:
    """An expression as XPath: `css:…`, `xpath:…`, or without prefix in the `default` language.

    Raises:
        ValueError: neither CSS nor XPath.
    """
    language, _, rest = expression.partition(":")
    if language not in ("css", "xpath"):
        language, rest = default, expression
    try:
        path = HTMLTranslator().css_to_xpath(rest) if language == "css" else rest
        etree.XPath(path)
    except (SelectorError, etree.XPathError) as error:
        raise ValueError(f"no {language} expression: {rest!r}: {error}") from error
    return path


class MarkupRecord:
    """An element of an HTML or XML document, asked by CSS or XPath."""

    def __init__(self, selector: Selector, default: str) -> None:
        self._selector = selector
        self._default = default

    def values(self, expression: str) -> list[str]:
        found = self._selector.xpath(as_xpath(expression, self._default))
        return [_text(each) for each in found]

    def parts(self, expression: str) -> Sequence["MarkupRecord"]:
        if not expression:
            return (self,)
        found = self._selector.xpath(as_xpath(expression, self._default))
        return [MarkupRecord(each, self._default) for each in found]

    def children(self) -> Iterator[tuple[str, str]]:
        """The elements in this one: their names without prefixes, and their texts."""
        for child in self._selector.xpath("./*"):
            yield child.xpath("local-name()").get() or "", _text(child)


def _text(found: Selector) -> str:
    """An element's content: its text where there is only that, else its markup, to be read as HTML."""
    root: Any = found.root
    if not isinstance(root, etree._Element):  # noqa: SLF001 - the only name lxml has for it
        return str(found.get())
    if not len(root):
        return root.text or ""
    return etree.tostring(root, encoding="unicode", with_tail=False)
