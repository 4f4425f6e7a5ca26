"""The ads of a batch exactly as they stand in the request's body."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from json import JSONDecoder
from typing import Final

from crawlers.originals import of_item
from crawlers.posting import Origin, Posting
from crawlers.push.batch import Batch

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = JSONDecoder()


def with_origins(batch: Batch, body: bytes, *, sender: str, now: datetime) -> Batch:
    """`batch` with what each posting was read from: its item of `body`, pushed with the key `sender`."""
    items = slices(body)

    def origin(posting: Posting) -> Origin:
        number = int(posting.place.removeprefix("ads[").removesuffix("]"))
        return Origin(of_item(items[number], now, sender=sender))

    return replace(batch, postings=[replace(each, origins=(origin(each),)) for each in batch.postings])


def slices(body: bytes) -> list[bytes]:
    """The bytes of each member of the array `ads`, in order; `body` has been read as a batch before.

    A body in another encoding than UTF-8, which JSON does not ask for, comes in UTF-8.
    """
    text = body.decode(json.detect_encoding(body), "surrogatepass")
    found: list[bytes] = []
    for start, end in _members(text):
        # Of a name that stands twice the last one counts, as it does for the reader of the batch.
        found = [
            text[begin:stop].encode("utf-8", "surrogatepass") for begin, stop in _elements(text, start, end)
        ]
    return found


def _members(text: str) -> Iterator[tuple[int, int]]:
    """Where the values of an object's members stand."""
    at = _after(text, _after(text, 0) + 1)
    while text[at] != "}":
        _name, at = _DECODER.raw_decode(text, at)
        start = _after(text, _after(text, at) + 1)
        _value, end = _DECODER.raw_decode(text, start)
        yield start, end
        at = _after_comma(text, end)


def _elements(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the elements of the array between `start` and `end` stand."""
    at = _after(text, start + 1)
    while at < end - 1:
        _value, stop = _DECODER.raw_decode(text, at)
        yield at, stop
        at = _after_comma(text, stop)


def _after(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _after_comma(text: str, at: int) -> int:
    at = _after(text, at)
    return _after(text, at + 1) if text[at] == "," else at
