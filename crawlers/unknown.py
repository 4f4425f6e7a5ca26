"""Fields of pages that nobody reads and nobody ignores by name: each once, with a count and an example."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

from crawlers.issues import Issue

MOST: Final = 200
"""Different names of one run that are kept: a board that makes up names must not fill the memory."""


class UnknownFields:
    """Those of one run."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, tuple[str, str]] = {}

    def note(self, fields: Mapping[str, str], *, url: str, ignored: Iterable[str]) -> None:
        """Count `fields` (name → what it says) of a page, but for those that a pattern in `ignored` names."""
        for name, says in fields.items():
            if name not in self._counts and len(self._counts) >= MOST:
                continue
            if not any(fnmatchcase(name, pattern) for pattern in ignored):
                self._counts[name] = self._counts.get(name, 0) + 1
                self._first.setdefault(name, (says, url))

    def issues(self) -> Iterator[tuple[Issue, int]]:
        """A signal for each name, and how often it was met."""
        for name, count in self._counts.items():
            says, url = self._first[name]
            message = "nothing in the board's file reads or ignores this field"
            yield (
                Issue(
                    level="signal", kind="unknown-field", message=message, field=name, url=url, example=says
                ),
                count,
            )
