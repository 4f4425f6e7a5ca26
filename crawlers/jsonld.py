"""JSON-LD: the items of a type in the scripts of a page, with plain names and the nodes they refer to.

Every script is parsed on its own: the usual library drops all blocks of a page when one is malformed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lxml import etree

from crawlers import loose_json

Node = Mapping[str, Any]

_FOLLOWED: Final[Sequence[str]] = (
    "hiringOrganization",
    "jobLocation",
    "address",
    "baseSalary",
    "value",
    "identifier",
)
"""Properties whose value may be a reference to a node that stands elsewhere on the page."""
_DEEPEST: Final = 4
"""Items within items whose references are followed; a posting needs three."""


def items(tree: etree._Element, kind: str) -> tuple[list[Node], list[str]]:
    """The items of the type `kind`, in order, and why scripts that name it could not be read."""
    documents: list[object] = []
    broken: list[str] = []
    for number, script in enumerate(tree.iter("script"), start=1):
        if "ld+json" not in script.get("type", "").lower() or not (source := (script.text or "").strip()):
            continue
        try:
            documents.append(loose_json.loads(source))
        except ValueError as error:
            if kind in source:
                broken.append(f"script {number}: {error}")
    found = [node for document in documents for node in _of_kind(document, kind.casefold())]
    graph = _Graph(documents if found else [])
    return [graph.whole(node) for node in found], broken


def types(node: object) -> list[str]:
    """The types of a node, without the vocabulary's prefix (`http://schema.org/`, `schema:`)."""
    kinds = node.get("@type") if isinstance(node, dict) else None
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [_plain(kind) for kind in kinds if isinstance(kind, str)]


def _of_kind(data: object, kind: str) -> Iterator[Node]:
    """Every item of a kind, however it is wrapped (list, @graph, mainEntity …), in order."""
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            if kind in map(str.casefold, types(node)):
                yield node
            else:
                stack.extend(reversed(list(node.values())))


class _Graph:
    """The nodes of a page by their names; each is put together once, however many refer to it."""

    def __init__(self, documents: list[object]) -> None:
        self._named: dict[str, Node] = {}
        self._together: dict[str, Node] = {}
        stack: list[object] = [documents]
        while stack:
            node = stack.pop()
            if isinstance(node, dict):
                name = node.get("@id")
                # Another mention may say more than the reference that came first.
                if isinstance(name, str) and len(node) > len(self._named.get(name, "@")):
                    self._named[name] = node
                stack.extend(node.values())
            elif isinstance(node, list):
                stack.extend(node)

    def whole(self, node: Node, depth: int = _DEEPEST) -> Node:
        """A node with plain names, its values without wrapping, and what it refers to in its place."""
        plain = {_plain(name): _value(each) for name, each in node.items()}
        for name in _FOLLOWED if depth else ():
            if name in plain:
                plain[name] = self._followed(plain[name], depth)
        return plain

    def _followed(self, value: object, depth: int) -> object:
        if isinstance(value, list):
            return [self._followed(each, depth) for each in value if not isinstance(each, list)]
        if not isinstance(value, dict):
            return value
        name = value.get("@id")
        if not isinstance(name, str) or self._named.get(name) in (None, value):
            return self.whole(value, depth - 1)
        if name not in self._together:
            self._together[name] = {}  # two that refer to each other have an end
            self._together[name] = self.whole(self._named[name], depth - 1)
        return {**self._together[name], **value}


def _plain(name: str) -> str:
    """A name without the vocabulary's address or prefix; the words of JSON-LD itself have none."""
    return name if name.startswith("@") else re.split(r"[/:#]", name)[-1]


def _value(value: object) -> object:
    """A value without the wrapping that gives its language or its type."""
    if isinstance(value, dict):
        wrapped = (name for name in ("@value", "@list", "@set") if name in value)
        return next((value[name] for name in wrapped), value)
    return [_value(each) for each in value] if isinstance(value, list) else value
