"""schema.org items in the markup itself, as microdata or RDFa Lite, in the shape that JSON-LD gives them.

extruct would do this and JSON-LD, but has not been released since 2024, drops all JSON-LD of a page when one
script is broken, and brings an RDF store along.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import etree

Node = dict[str, Any]
_DEEPEST: Final = 8
"""Items within items; a posting needs three, a hostile page may have thousands."""
_BY_ADDRESS: Final = ("href", "src", "data")


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Where a vocabulary stands in the markup."""

    scope: str
    """The attribute that begins an item."""
    kind: str
    name: str


_DIALECTS: Final = (_Dialect("itemscope", "itemtype", "itemprop"), _Dialect("typeof", "typeof", "property"))


def items(tree: etree._Element, kind: str) -> Iterator[Node]:
    """Every item of the type `kind` in `tree`, as a node with `@type` and its properties."""
    for dialect in _DIALECTS:
        for element in tree.iter(etree.Element):
            if dialect.scope in element.attrib and kind in _kinds(element, dialect):
                yield _node(element, dialect, 1)


def _kinds(element: etree._Element, dialect: _Dialect) -> list[str]:
    """The types of an item without the vocabulary's address or prefix."""
    written = (element.get(dialect.kind) or "").split()
    return [urlsplit(each).path.rpartition("/")[2].rpartition(":")[2] for each in written]


def _node(element: etree._Element, dialect: _Dialect, depth: int) -> Node:
    node: Node = {"@type": _kinds(element, dialect)}
    for child in _properties(element, dialect):
        value: object = _value(child)
        if dialect.scope in child.attrib:
            value = _node(child, dialect, depth + 1) if depth < _DEEPEST else ""
        for name in (child.get(dialect.name) or "").split():
            _add(node, name.rpartition(":")[2], value)
    return node


def _properties(item: etree._Element, dialect: _Dialect) -> Iterator[etree._Element]:
    """The elements that give `item` a property, in order, and not those that give one to an item within."""
    # A stack instead of recursion: hostile trees are deep.
    stack = list(reversed(item))
    while stack:
        element = stack.pop()
        if dialect.name in element.attrib:
            yield element
        if dialect.scope not in element.attrib:
            stack.extend(reversed(element))


def _value(element: etree._Element) -> str:
    """What an element says: to machines, if it does, else its text, or its markup to be read as HTML."""
    if (content := element.get("content")) is not None:
        return content
    if element.tag == "time" and (moment := element.get("datetime")) is not None:
        return moment
    for name in _BY_ADDRESS:
        if (address := element.get(name)) is not None:
            return address
    if not len(element):
        return element.text or ""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _add(node: Node, name: str, value: object) -> None:
    """A property that comes again becomes a list."""
    if name in node:
        before = node[name]
        node[name] = [*before, value] if isinstance(before, list) else [before, value]
    else:
        node[name] = value
