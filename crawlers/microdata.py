"""schema.org items in the markup itself, as microdata or RDFa Lite, in the shape that JSON-LD gives them.

extruct would do this and JSON-LD, but has not been released since 2024, drops all JSON-LD of a page when one
script is broken, and brings an RDF store along.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml import etree

Node = dict[str, Any]
_DEEPEST: Final = 8
"""Items within items; a posting needs three, a hostile page may have thousands."""
_MOST_PROPERTIES: Final = 500
"""Properties of an item, each with the text of all that is in it."""
_MOST_REFERRED: Final = 20
"""Elements elsewhere on the page that an item may name as parts of it."""
_BY_ADDRESS: Final = ("href", "src", "data")
_ADDRESSES: Final = frozenset({"url", "sameas", "image", "logo", "mainentityofpage"})
"""Properties for which a link means its address; for all others it means its words."""
_ITEMS: Final = frozenset({"hiringorganization", "joblocation", "address", "basesalary"})
"""Properties that are items, also where the markup forgets to say so."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """Where a vocabulary stands in the markup."""

    scope: str
    """The attribute that begins an item."""
    kind: str
    name: str

    def names(self, element: etree._Element) -> list[str]:
        """The properties that an element gives a value to, without the vocabulary's address or prefix."""
        written = element.get(self.name, "").split()
        return [_plain(each) for each in written if not each.startswith("og:")]

    def kinds(self, element: etree._Element) -> list[str]:
        """The types of an item, likewise."""
        return [_plain(each) for each in element.get(self.kind, "").split()]

    def is_item(self, element: etree._Element) -> bool:
        """Is the value that an element gives an item of its own?"""
        if self.scope in element.attrib or self.kind in element.attrib:
            return True
        if not _ITEMS & {name.casefold() for name in self.names(element)}:
            return False
        return next(iter(element.iterfind(f".//*[@{self.name}]")), None) is not None


_DIALECTS: Final = (_Dialect("itemscope", "itemtype", "itemprop"), _Dialect("typeof", "typeof", "property"))


def items(tree: etree._Element, kind: str) -> Iterator[Node]:
    """Every item of the type `kind` in `tree`, as a node with `@type` and its properties."""
    wanted = kind.casefold()
    for dialect in _DIALECTS:
        for element in tree.iter(etree.Element):
            if dialect.kind in element.attrib and wanted in map(str.casefold, dialect.kinds(element)):
                yield _node(element, dialect, 1)


def _plain(name: str) -> str:
    return re.split(r"[/:#]", name.rstrip("/"))[-1]


def _node(element: etree._Element, dialect: _Dialect, depth: int) -> Node:
    node: Node = {"@type": dialect.kinds(element)}
    for child in islice(_properties(element, dialect), _MOST_PROPERTIES):
        inner: Node | None = None
        if dialect.is_item(child):
            inner = _node(child, dialect, depth + 1) if depth < _DEEPEST else {}
        for name in dialect.names(child):
            # An item without properties has its name for its text.
            _add(node, name, _value(child, name) if inner is None or inner.keys() == {"@type"} else inner)
    return node


def _properties(item: etree._Element, dialect: _Dialect) -> Iterator[etree._Element]:
    """The elements that give `item` a property, in order, and not those that give one to an item within."""
    # A stack instead of recursion: hostile trees are deep.
    stack = [*_referred(item), *_inside(item)]
    while stack:
        element = stack.pop()
        if dialect.name in element.attrib:
            yield element
        if not dialect.is_item(element):
            stack.extend(_inside(element))


def _inside(element: etree._Element) -> list[etree._Element]:
    """The elements right below one, the last first."""
    return list(element.iterchildren(etree.Element, reversed=True))


def _referred(item: etree._Element) -> Iterator[etree._Element]:
    """The elements elsewhere on the page that the item names as parts of it (itemref)."""
    names = item.get("itemref", "").split()[:_MOST_REFERRED]
    for element in item.getroottree().iter(etree.Element) if names else ():
        if element.get("id") in names:
            yield element


def _value(element: etree._Element, name: str) -> str:
    """What an element says: to machines, if it does, else its text, or its markup to be read as HTML."""
    if content := element.get("content", "").strip():
        return content
    if element.tag == "time" and (moment := element.get("datetime")) is not None:
        return moment
    if element.tag in ("data", "meter") and (value := element.get("value")) is not None:
        return value
    if element.tag != "a" or name.casefold() in _ADDRESSES:
        for attribute in _BY_ADDRESS:
            if (address := element.get(attribute)) is not None:
                return address
    if not len(element):
        return element.text or ""
    return etree.tostring(element, encoding="unicode", with_tail=False)


def _add(node: Node, name: str, value: object) -> None:
    """A property that comes again becomes a list."""
    if name in node:
        before = node[name]
        if isinstance(before, list):
            before.append(value)
        else:
            node[name] = [before, value]
    else:
        node[name] = value
