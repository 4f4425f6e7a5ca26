"""What the steps of the reading share about one item of an ad: the candidates found in it so far."""

import dataclasses
from bisect import bisect
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from events.types import FieldName, Strength

_PROMISING: Final = frozenset({"token", "head", "noun", "unlisted"})


@dataclass(slots=True)
class Candidate:
    """A stretch of the item that may name a credential; offsets count within the item."""

    start: int
    end: int
    sort: str
    """How the name was found: a sort of the lexicon, or `unlisted`."""
    qualification: str
    """Id; empty while unknown."""
    written: str
    """The name as written, without its head; what contexts.yaml refers to."""
    head: str = ""
    """The noun for a paper that belongs to it."""
    level: bool = False
    leader: "Candidate | None" = None
    """What opens the list it stands in (证书如…); its cue speaks for the list."""
    name: str = ""
    """Canonical name where the catalogue's does not fit."""
    accepted: bool = False
    strength: Strength = "required"
    rule: str = ""
    cue: tuple[int, int] | None = None


@dataclass(slots=True)
class Item:
    """One item of an ad (a numbered point, a sentence, the title) on its way through the steps."""

    text: str
    """Normalised."""
    start: int
    """Offset in the normalised field."""
    field: FieldName
    role: str = ""
    """Role of the heading it stands under; empty when none."""
    section: str = ""
    """Id of that heading."""
    occupation: str = ""
    """The ad's family of posts; told once an item of it is worth reading."""
    opening: str = ""
    """How the ad begins: its title and first words; set together with the post."""
    apart: bool = False
    """Whether it stands on a later line than words of that heading's own (工作地点:广州)."""
    lead: str = ""
    """What stands before it under the same heading, for cues that govern the items that follow."""
    follow: str = ""
    """The words after it, for cues that look back."""
    candidates: list[Candidate] = dataclasses.field(default_factory=list)
    nouns: list[Candidate] = dataclasses.field(default_factory=list)
    """Class nouns that open or close a list of names: no mentions, but their cue speaks for the list."""

    @property
    def promising(self) -> bool:
        """Whether a mention may come of the candidates: alone, the name of a post or a method is none."""
        return any(each.accepted or each.head or each.sort in _PROMISING for each in self.candidates)

    @property
    def accepted(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if candidate.accepted]

    def words_before(self, position: int, length: int) -> str:
        """The last `length` characters before `position`, those before the item included."""
        return (self.lead + self.text[:position])[-length:]

    def comma_clause(self, position: int) -> tuple[int, int]:
        """Borders of the comma clause that holds `position`."""
        start = max(self.text.rfind(",", 0, position), self.text.rfind(";", 0, position)) + 1
        ends = [end for end in (self.text.find(",", position), self.text.find(";", position)) if end >= 0]
        return start, min(ends, default=len(self.text))


def at_clause_start(text: str, position: int) -> bool:
    """Whether nothing but a mark, or a word that leads on, stands before `position`."""
    before = text[position - 1 : position] if position else ""
    return not before or before in ",:(可会将我们下" or before.isspace()


def bracket_around(text: str, position: int) -> tuple[int, int] | None:
    """The round brackets around `position`, if they open within reach: where each stands."""
    opened = text.rfind("(", max(0, position - 60), position)
    if opened < 0 or text.find(")", opened, position) >= 0:
        return None
    closed = text.find(")", position)
    return opened, closed if closed >= 0 else len(text)


def clause_at(clauses: list[tuple[int, int]], position: int) -> int:
    """The number of the clause that holds `position`; they follow one another."""
    return bisect(clauses, position, key=itemgetter(0)) - 1
