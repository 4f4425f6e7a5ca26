"""Guessing where the postings of an unknown document are, and which of their parts mean what."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from crawlers.html_text import html_to_text
from crawlers.intake.headers import ordinary

_DEEPEST: Final = 3
"""How far below a record a field may stand."""
_DEEPEST_LIST: Final = 8
"""How far below the top a list of records may stand."""
_DEEPEST_PART: Final = 1
"""How far below the children of a feed's record a field may stand."""
_ALIKE: Final = 2
"""Names that all objects of a table of records share."""
_PARTS: Final = re.compile(r"[^./@\"]+")
"""The names in a path."""
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
        """A list whose parts mean something to us is a better guess than a longer one; a title means most."""
        return len(self.fields) + len({"title", "text"} & set(self.fields)), self.count


def guessed_fields(paths: Sequence[str]) -> Fields:
    """The fields among `paths`, by the words of config/columns.yaml."""
    parts = {path: _PARTS.findall(path) for path in paths}
    whole = {path: "_".join(names) for path, names in parts.items()}
    last = {path: names[-1] for path, names in parts.items() if names}
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
        records, found = _records(path, node)
        if records:
            texts = [dict(_leaves(record)) for record in records[:_LOOKED_AT]]
            guesses.append(Guess(found, _without_repetitions(texts), len(records)))
            each_of = found if found.endswith(("[]", "*")) else f"{found}[]"
            for key, value in (item for each in records[:_LOOKED_AT] for item in each.items()):
                if isinstance(value, list):
                    stack.append((_below(each_of, key), value, depth + 1))
        elif isinstance(node, dict) and depth <= _DEEPEST_LIST:
            stack += [(_below(path, key), value, depth + 1) for key, value in node.items()]
    return _best(_together(guesses))


def _records(path: str, node: object) -> tuple[Sequence[Mapping[str, object]], str]:
    """The objects of a list, or of a table from ids to objects, and the expression that finds them."""
    if isinstance(node, list):
        return [each for each in node if isinstance(each, dict)], f"{path}[]" if "[]" in path else path
    if isinstance(node, dict) and len(node) > 1 and all(isinstance(each, dict) for each in node.values()):
        objects: list[Mapping[str, object]] = list(node.values())
        if len(set.intersection(*map(set, objects))) >= _ALIKE:
            return objects, f"{path}.*".lstrip(".")
    return (), ""


def _together(guesses: Sequence[Guess]) -> Iterator[Guess]:
    """One guess for each expression: lists within the records of a list are one list."""
    found: dict[str, Guess] = {}
    for each in guesses:
        before = found.setdefault(each.items, each)
        if before is not each:
            fields = max(before.fields, each.fields, key=len)
            found[each.items] = Guess(each.items, fields, before.count + each.count)
    yield from found.values()


def _below(path: str, key: str) -> str:
    return f"{path}.{_key(key)}".lstrip(".")


def _leaves(node: Mapping[str, object], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The JMESPath of every text and number in an object, with it."""
    for key, value in node.items():
        path = prefix + _key(key)
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _leaves(value, f"{path}.", depth + 1)
        elif isinstance(value, str | int | float):
            yield path, str(value)
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            yield path, " ".join(value)


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else json.dumps(key, ensure_ascii=False)


def in_xml(root: etree._Element) -> Guess | None:
    """The elements of a feed that most likely hold the postings."""
    counted: dict[str, int] = {}
    texts: dict[str, list[dict[str, str]]] = {}
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        counted[name] = counted.get(name, 0) + 1
        if counted[name] <= _LOOKED_AT:
            texts.setdefault(name, []).append(dict(_parts(element)))
    around = (etree.QName(root).localname, "channel")
    guesses = [
        Guess(f"//{name}", _without_repetitions(texts[name]), count)
        for name, count in counted.items()
        if name not in around
    ]
    return _best(guesses)


def _parts(element: etree._Element, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The XPath of every text within an element, with it: of its children, their children, all attributes."""
    for name, value in element.attrib.items():
        yield f"{prefix}@{etree.QName(str(name)).localname}", str(value)
    for child in element.iterchildren(etree.Element):
        path = prefix + etree.QName(child).localname
        if text := (child.text or "").strip():
            yield path, text
        if depth < _DEEPEST_PART:
            yield from _parts(child, f"{path}/", depth + 1)


def _without_repetitions(records: Sequence[Mapping[str, str]]) -> Fields:
    """The fields of some records; a text that only repeats another, or its beginning, is left out."""
    paths = tuple(dict.fromkeys(path for record in records for path in record))
    fields = dict(guessed_fields(paths))
    texts = {path: [_words(record.get(path, "")) for record in records] for path in fields.get("text", ())}
    kept: list[str] = []
    for path in sorted(texts, key=lambda path: -sum(map(len, texts[path]))):
        if not any(all(map(str.startswith, texts[other], texts[path])) for other in kept):
            kept.append(path)
    return fields | {"text": [path for path in texts if path in kept]} if texts else fields


def _words(markup: str) -> str:
    """What of two texts is to be compared: their letters and signs, without spaces and an ellipsis."""
    return "".join(html_to_text(markup).split()).rstrip(".…")


def _best(guesses: Iterable[Guess]) -> Guess | None:
    return max((each for each in guesses if each.fields), key=lambda each: each.worth, default=None)
