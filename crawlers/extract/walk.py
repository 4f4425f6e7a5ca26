"""Walking a list: which postings of a page are new, where the list goes on, and whether it was seen whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from crawlers.extract.problem import FieldProblem
from crawlers.extract.reading import Fields, Reading
from crawlers.extract.rules import Listing

_MISSING: Final = 0.02
"""Share of the total that a list may miss: postings come and go while it is walked."""


@dataclass(slots=True)
class Walk:
    """One slice of a list, page after page."""

    listing: Listing
    slice: Mapping[str, str] = field(default_factory=dict)
    pages: int = 0
    """Pages read."""
    postings: int = 0
    """Records seen, those without a usable posting among them, repetitions not."""
    gaps: list[str] = field(default_factory=list)
    """Why there may be postings that we did not get."""
    _known: dict[str, int] = field(default_factory=dict)
    """Id → hash of the posting: a walk may be long."""
    _cursor: str = ""
    _told: int = 0
    """The most postings that a page said there are: some say it on the first page alone, and then 0."""
    _fresh: int = 0
    cut_short: bool = False
    """The walk of a list that goes from new to old ended before the list did."""
    _stale: int = 0
    """Pages in a row without anything unread."""

    @property
    def values(self) -> Mapping[str, str]:
        """What the placeholders in the request for the next page stand for."""
        rules = self.listing.pages
        number = rules.first + self.pages * rules.step if rules is not None else 0
        return {**self.slice, "page": str(number), "cursor": self._cursor}

    def fresh(self, reading: Reading) -> Iterator[Fields]:
        """The postings of a page that no page before it had.

        One id with two contents means that the rule for `id` is wrong: then the second is a gap.
        """
        self.pages += 1
        self._fresh = len(reading.flaws)
        for fields in reading.found:
            name = fields["id"] or fields["url"]
            if not name:
                self.gaps.append("a posting has neither id nor url")
            elif name not in self._known:
                self._known[name] = _content(fields)
                self._fresh += 1
                yield fields
            elif self._known[name] != _content(fields):
                self.gaps.append(f"id {name[:80]!r} stands for two different postings")
        self.postings += self._fresh

    def goes_on(self, reading: Reading) -> str | None:
        """After `fresh`: the address of the next page (empty: the same request with new values), or None.

        Raises:
            FieldProblem: an expression of the board file does not fit the document.
        """
        following = self._next(reading)
        if following is None:
            self._check_total(reading)
        return following

    def all_known(self, unread: int) -> bool:
        """After a page with so many `unread` postings: may a walk that goes from new to old end?"""
        self._stale = 0 if unread else self._stale + 1
        rules = self.listing.pages
        known = rules is not None and 0 < rules.known <= self._stale
        self.cut_short = self.cut_short or known
        return known

    def _next(self, reading: Reading) -> str | None:
        rules = self.listing.pages
        if rules is None or not reading.records:
            return None
        if not self._fresh:
            self.gaps.append(f"page {self.pages} repeats what was listed before it")
            return None
        following = self._following(reading)
        if following is not None and self._all_seen(reading):
            return None
        if following is not None and self.pages >= rules.most:
            self.cut_short = bool(rules.known)
            if not rules.known:
                self.gaps.append(f"the list goes on after {rules.most} pages")
            return None
        return following

    def _following(self, reading: Reading) -> str | None:
        rules = self.listing.pages
        if rules is None or not rules.where:
            return ""
        found = next((value for value in reading.document.values(rules.where) if value.strip()), "")
        if not found or found == self._cursor:
            return None
        self._cursor = found
        return found if rules.by == "next" else ""

    def _all_seen(self, reading: Reading) -> bool:
        total = self._total(reading)
        return total is not None and self.postings >= total

    def _total(self, reading: Reading) -> int | None:
        """How many postings the board says there are; None where the board file does not ask."""
        if not self.listing.total:
            return None
        values = reading.document.values(self.listing.total)
        digits = values[0].strip().replace(",", "") if values else ""
        if not digits.isdecimal() and (digits or not self._told):
            raise FieldProblem(f"total: {digits[:40]!r} is no number")
        self._told = max(self._told, int(digits or 0))
        return self._told

    def _check_total(self, reading: Reading) -> None:
        total = self._total(reading)
        if total is not None and self.postings < total * (1 - _MISSING):
            self.gaps.append(f"the board says {total} postings, and lists {self.postings}")


def _content(fields: Fields) -> int:
    return hash(tuple(sorted(fields.items())))


def walks(listing: Listing) -> Iterator[Walk]:
    """A walk for each combination of the slices."""
    names = list(listing.slices)
    for values in product(*listing.slices.values()):
        yield Walk(listing, dict(zip(names, map(str, values), strict=True)))
