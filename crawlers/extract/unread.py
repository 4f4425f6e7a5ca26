"""What records say that nothing in a board's file asks for: the first sign that a board has changed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from crawlers.extract.containers import Container
from crawlers.extract.records import JsonRecord, MarkupRecord, Record, compiled
from crawlers.jobposting import known_names

_NAME: Final = re.compile(r"[\w-]+")
_MARKUP: Final = frozenset({"html", "xml", "xml_cdata_html"})
_OF_FIRST: Final = frozenset(
    {
        "subexpression", "index_expression", "projection", "value_projection", "filter_projection", "pipe",
        "flatten",
    }
)  # fmt: skip
"""Parts of JMESPath whose first child alone is asked of the record itself."""
_NO_NAMES: Final = frozenset({"html", "xml_cdata_html"})
"""Containers whose parts have no names of their own."""


class Unread:
    """Tells for the records of one container which of their fields none of `expressions` asks for.

    Only fields of the record itself are told apart: what is inside of one that is asked for counts as read.
    """

    def __init__(self, container: str, expressions: Iterable[str]) -> None:
        self._kind = Container.written(container).kind
        self._asked = frozenset(name for each in expressions for name in self._names(each))
        if self._kind == "jobposting":
            self._asked |= known_names()

    def _names(self, expression: str) -> Iterator[str]:
        if self._kind in _MARKUP:
            yield from _NAME.findall(expression)
        else:
            yield from _first_names(compiled(expression).parsed)

    def of(self, record: Record) -> Mapping[str, str]:
        """The names of such fields, each with what it says."""
        if self._kind in _NO_NAMES:
            return {}
        if isinstance(record, JsonRecord) and isinstance(record.node, dict):
            names = (name for name in record.node if not name.startswith("@"))
            return {name: str(record.node[name]) for name in names if name not in self._asked}
        if isinstance(record, MarkupRecord):
            return {name: text for name, text in record.children() if name not in self._asked}
        return {}


def _first_names(node: Mapping[str, Any]) -> Iterator[str]:
    """The fields that an expression asks of the record itself, and not of what it found there."""
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        yield node["value"]
    elif kind in _OF_FIRST and children[0]["type"] != "current":
        yield from _first_names(children[0])
    else:
        for child in children:
            yield from _first_names(child)
