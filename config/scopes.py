"""How far a licence reaches, and which level-type papers a statute asks of an activity all the same."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.tables import DATA, read_yaml

Scope = Literal["inside", "outside", "unclear"]
Words = tuple[str, ...]
FILE: Final = "scopes.yaml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Statute(_Data):
    """An article that asks for a paper."""

    law: str = Field(min_length=1)
    article: str = Field(min_length=1)
    dated: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    """Date of the text that the quote was taken from, or that is remembered."""
    quote: str
    verified: bool
    source: str = Field(min_length=1)
    since: date | None = None
    """First day in force; None: as early as any ad."""
    until: date | None = None
    """Last day in force; None: still."""

    def in_force(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    @model_validator(mode="after")
    def _quotes_what_was_seen(self) -> Self:
        if self.verified and not self.quote:
            raise ValueError("quote: a verified article must be quoted")
        return self

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until: {self.until} is before {self.since}")
        return self


class _Tied(_Data):
    id: str = Field(min_length=1)
    activity: str = Field(min_length=1)
    """What the statute asks the paper for, in Chinese."""
    statutes: tuple[Statute, ...] = Field(min_length=1)
    occupations: Words = ()
    """Families of posts that carry on the activity."""
    note: str = ""
    """What a reader should know of the limits, in Chinese."""


class Licence(_Tied):
    """A licensing qualification, by its id; what it is lawful for, and what it plainly is not."""

    elsewhere: Words = ()
    """Families for which it is plainly not needed, beside those of every trade."""
    undecided: Words = ()
    """Families of every trade on which nothing is said."""


class Tie(_Tied):
    """A level-type paper that a statute asks of an activity."""

    qualifications: Words = Field(min_length=1)
    names: Words = ()
    """Words of one of which the name as written must hold; none: any name will do."""
    without: Words = Field(default=(), alias="except")
    """Words that the name must not hold."""
    words: Words = ()
    """Words of the title or of the employer's name that tell the activity."""

    def covers(self, written: str, *, families: frozenset[str], told: str) -> bool:
        """Whether the paper named `written` is asked of a post of `families` whose ad says `told`."""
        named = not self.names or any(word in written for word in self.names)
        if not named or any(word in written for word in self.without):
            return False
        return not families.isdisjoint(self.occupations) or any(word in told for word in self.words)


class Scopes(_Data):
    """scopes.yaml."""

    everyday: Words
    """Families of posts of every trade."""
    licences: tuple[Licence, ...]
    ties: tuple[Tie, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name, entries in (("licences", self.licences), ("ties", self.ties)):
            seen: set[str] = set()
            for number, entry in enumerate(entries):
                if entry.id in seen:
                    raise ValueError(f"{name}.{number}.id: {entry.id!r} appears twice")
                seen.add(entry.id)
        for licence in self.licences:
            both = set(licence.occupations) & (
                set(self.everyday) - set(licence.undecided) | set(licence.elsewhere)
            )
            if both:
                raise ValueError(f"licences: {licence.id}: {sorted(both)} both lawful and plainly not needed")
        return self

    @cached_property
    def _by_qualification(self) -> dict[str, Licence]:
        return {licence.id: licence for licence in self.licences}

    @cached_property
    def _ties(self) -> dict[str, tuple[Tie, ...]]:
        ids = {each for tie in self.ties for each in tie.qualifications}
        return {each: tuple(tie for tie in self.ties if each in tie.qualifications) for each in ids}

    def licence(self, qualification: str) -> Licence | None:
        """The scope of a licence; None where nothing is known of it."""
        return self._by_qualification.get(qualification)

    def scope(self, qualification: str, family: str) -> Scope:
        """Whether posts of `family` lie within a licence; an empty `family` is an unclear post."""
        licence = self.licence(qualification)
        if licence is None:
            return "unclear"
        if family in licence.occupations:
            return "inside"
        everyday = family in self.everyday and family not in licence.undecided
        return "outside" if everyday or family in licence.elsewhere else "unclear"

    def tie(self, qualification: str, written: str, *, families: frozenset[str], told: str) -> Tie | None:
        """The first tie that covers the paper in the post; see `Tie.covers`."""
        for tie in self._ties.get(qualification, ()):
            if tie.covers(written, families=families, told=told):
                return tie
        return None

    def has_ties(self, qualification: str) -> bool:
        return qualification in self._ties


def load(folder: Path = DATA) -> Scopes:
    """The scopes in `folder`.

    Raises:
        DataError: the file does not fit its schema, or contradicts itself.
    """
    return read_yaml(folder / FILE, Scopes)


def problems(scopes: Scopes, qualifications: frozenset[str], families: frozenset[str]) -> Iterator[str]:
    """What refers to a qualification or a family of posts that there is not, one line each."""
    for licence in scopes.licences:
        if licence.id not in qualifications:
            yield f"{FILE}: licences: {licence.id}: no such qualification"
        for field in ("occupations", "elsewhere", "undecided"):
            for family in set(getattr(licence, field)) - families:
                yield f"{FILE}: licences: {licence.id}: {field}: {family!r} is no family of posts"
    for tie in scopes.ties:
        for qualification in set(tie.qualifications) - qualifications:
            yield f"{FILE}: ties: {tie.id}: qualifications: {qualification!r} is no id"
        for family in set(tie.occupations) - families:
            yield f"{FILE}: ties: {tie.id}: occupations: {family!r} is no family of posts"
        if not tie.occupations and not tie.words:
            yield f"{FILE}: ties: {tie.id}: neither occupations nor words: it would never apply"
    for family in set(scopes.everyday) - families:
        yield f"{FILE}: everyday: {family!r} is no family of posts"
