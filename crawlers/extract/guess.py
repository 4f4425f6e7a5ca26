"""Guessing where the postings of an unknown document are, and which of their parts mean what."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from crawlers.intake.headers import ordinary

_DEEPEST: Final = 3
"""How far below a record a field may stand, and a list of records below the top."""
_LOOKED_AT: Final = 20
"""Records of a list whose parts are gathered."""

Fields = Mapping[str, Sequence[str]]
"""Field → the paths that most likely hold it; only `text` may have several."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A list of records in a document."""

    items: str
    """The expression that finds them."""
    fields: Fields
    count: int

    @property
    def worth(self) -> tuple[int, int]:
        """A list whose parts mean something to us is a better guess than a longer one."""
        return len(self.fields), self.count


def guessed_fields(paths: Sequence[str]) -> Fields:
    """The fields among `paths`, by the words of config/columns.yaml."""
    whole = {path: path.replace(".", "_") for path in paths}
    last = {path: path.rpartition(".")[2] for path in paths}
    found: dict[str, Sequence[str]] = {}
    # A path's whole name tells more than its last word: `company.name` names no posting.
    for names in (whole, last):
        taken = {path for each in found.values() for path in each}
        back = {name: path for path, name in reversed(names.items()) if path not in taken}
        for field, columns in ordinary(tuple(back)).items():
            if columns and field not in ("source", *found):
                found[field] = [back[column] for column in (columns if field == "text" else columns[:1])]
    return found


def in_json(data: object) -> Guess | None:
    """The list in a JSON value that most likely holds the postings."""
    guesses = []
    stack: list[tuple[str, object, int]] = [("", data, 0)]
    while stack:
        path, node, depth = stack.pop()
        if isinstance(node, list) and (records := [each for each in node if isinstance(each, dict)]):
            paths = dict.fromkeys(leaf for record in records[:_LOOKED_AT] for leaf in _leaves(record))
            guesses.append(Guess(path, guessed_fields(tuple(paths)), len(records)))
        elif isinstance(node, dict) and depth <= _DEEPEST:
            stack += [(f"{path}.{_key(key)}".lstrip("."), value, depth + 1) for key, value in node.items()]
    return _best(guesses)


def _leaves(node: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[str]:
    """The JMESPath of every text and number in an object."""
    for key, value in node.items():
        path = prefix + _key(key)
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _leaves(value, f"{path}.", depth + 1)
        elif isinstance(value, str | int | float) or _is_texts(value):
            yield path


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else json.dumps(key, ensure_ascii=False)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)


def in_xml(root: etree._Element) -> Guess | None:
    """The elements of a feed that most likely hold the postings."""
    counted: dict[str, int] = {}
    parts: dict[str, dict[str, None]] = {}
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        counted[name] = counted.get(name, 0) + 1
        children = (etree.QName(child).localname for child in element.iterchildren(etree.Element))
        parts.setdefault(name, {}).update(dict.fromkeys(children))
    around = (etree.QName(root).localname, "channel")
    guesses = [
        Guess(f"//{name}", guessed_fields(tuple(parts[name])), count)
        for name, count in counted.items()
        if name not in around
    ]
    return _best(guesses)


def _best(guesses: Sequence[Guess]) -> Guess | None:
    return max((each for each in guesses if each.fields), key=lambda each: each.worth, default=None)
