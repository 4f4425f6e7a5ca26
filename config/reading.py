"""The words by which ads are read: lexicon, sections, cues, occupations, contexts, packs; all data."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from config import packs, tables
from config.packs import PACKS, Pack
from config.tables import DATA, read_yaml, together

Strength = Literal["required", "preferred", "alternative", "after_hire", "mentioned", "negated"]
Role = Literal[
    "requirements", "preferred", "duties", "description", "benefits", "company", "tags", "materials"
]
Words = tuple[str, ...]
FILES: Final = ("lexicon", "sections", "cues", "occupations", "contexts", *PACKS)

_PART: Final = re.compile(r"\{([a-z]+)\}")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(_Data):
    """A noun for a paper; a `firm` one speaks for itself, a `weak` one needs a name."""

    word: str
    strength: Literal["firm", "weak"]


class Lexicon(_Data):
    """lexicon.yaml."""

    heads: tuple[Head, ...]
    pseudo: Words
    levels: Words
    infix: Words
    filler: Words


class Section(_Data):
    """A family of headings."""

    id: str
    role: Role
    words: Words


class RoleRule(_Data):
    """How a mention without a cue is read under a heading."""

    strength: Strength
    unless: Words = ()
    """Cues that lift it to a requirement."""
    persons: Words = ()
    """Words that do so because they tell what kind of person is wanted."""


class Sections(_Data):
    """sections.yaml."""

    sections: tuple[Section, ...]
    roles: dict[Role, RoleRule]


class Cue(_Data):
    """Words, or a pattern, that decide a strength."""

    id: str
    strength: Strength
    direction: Literal["before", "after", "both"]
    scope: Literal["near", "clause", "list", "item", "ad"]
    aside: bool = True
    """Whether in brackets it also speaks of what stands before them."""
    words: Words = ()
    pattern: str = ""
    """In the file also a list, of which any will do."""
    test: str = Field(pattern="⟦.+⟧")

    @field_validator("pattern", mode="before")
    @classmethod
    def _any_of(cls, pattern: object) -> object:
        return _any_of(pattern) if isinstance(pattern, list) else pattern


class Cues(_Data):
    """cues.yaml."""

    terminations: Words
    predicates: Words
    parts: dict[str, str] = {}
    """Pieces of patterns by name; a pattern, or a later part, names one in braces."""
    cues: tuple[Cue, ...]

    @field_validator("parts")
    @classmethod
    def _parts_hold_parts(cls, parts: dict[str, str]) -> dict[str, str]:
        whole: dict[str, str] = {}
        for name, part in parts.items():
            whole[name] = _put_in(whole, part, name)
        return whole

    @field_validator("cues")
    @classmethod
    def _patterns_hold_parts(cls, cues: tuple[Cue, ...], info: ValidationInfo) -> tuple[Cue, ...]:
        parts = info.data.get("parts", {})
        whole = (_put_in(parts, cue.pattern, f"{number}.pattern") for number, cue in enumerate(cues))
        return tuple(cue.model_copy(update={"pattern": each}) for cue, each in zip(cues, whole, strict=True))


def _any_of(patterns: list[str]) -> str:
    """One pattern that matches what any of `patterns` does.

    Raises:
        ValueError: some begin with ^ or end in $ and others do not.
    """
    bare = [pattern.removeprefix("^").removesuffix("$") for pattern in patterns]
    begin = {pattern.startswith("^") for pattern in patterns}
    end = {pattern.endswith("$") for pattern in patterns}
    if len(begin) > 1 or len(end) > 1:
        raise ValueError("either all or none of a list begin with ^ or end in $")
    return f"{'^' * begin.pop()}(?:{'|'.join(bare)}){'$' * end.pop()}"


def _put_in(parts: dict[str, str], pattern: str, field: str) -> str:
    """`pattern`, which stands in `field`, with every `{name}` replaced by that part.

    Raises:
        ValueError: there is no such part.
    """
    unknown = sorted(set(_PART.findall(pattern)) - parts.keys())
    if unknown:
        raise ValueError(f"{field}: no such part: {', '.join(unknown)}")
    return _PART.sub(lambda match: parts[match[1]], pattern)


class Occupation(_Data):
    """A family of posts, told by words of the ad's title, or failing that by words of its text."""

    id: str
    name: str = Field(min_length=1)
    """For a reader, in Chinese."""
    title: Words
    text: Words = ()


class Occupations(_Data):
    """occupations.yaml."""

    occupations: tuple[Occupation, ...]
    general: tuple[Occupation, ...]
    """Posts that exist in every trade."""
    published: tuple[Occupation, ...] = ()
    """More families, and more words of those above, for the dataset alone (`nlp.post`)."""
    vague: Words = ()
    """Words of titles that tell the dataset nothing."""

    @property
    def families(self) -> tuple[Occupation, ...]:
        return self.occupations + self.general

    @property
    def names(self) -> dict[str, str]:
        """Ids of all families, those of the dataset included, with their names."""
        return {family.id: family.name for family in (*self.published, *self.families)}

    @model_validator(mode="after")
    def _ids_differ(self) -> Self:
        seen: set[str] = set()
        for number, family in enumerate(self.families):
            if family.id in seen:
                raise ValueError(f"families.{number}.id: {family.id!r} appears twice")
            seen.add(family.id)
        return self

    @model_validator(mode="after")
    def _published_agree(self) -> Self:
        names = {family.id: family.name for family in self.families}
        for number, family in enumerate(self.published):
            if names.setdefault(family.id, family.name) != family.name:
                raise ValueError(f"published.{number}.name: {family.id!r} is {names[family.id]!r} elsewhere")
        return self


class Context(_Data):
    """What a name means where the ad's occupation or a word nearby decides."""

    id: str
    names: Words
    """The name or bare head as written."""
    occupations: Words = ()
    nearby: Words = ()
    """Words of the same item."""
    qualification: str


class Contexts(_Data):
    """contexts.yaml."""

    contexts: tuple[Context, ...]


class ReadingData(BaseModel):
    """All the word files together."""

    model_config = ConfigDict(frozen=True)

    lexicon: Lexicon
    sections: Sections
    cues: Cues
    occupations: Occupations
    contexts: Contexts
    packs: tuple[Pack, ...]
    """What ads offer beside work; at most one finding of each."""


def load(folder: Path = DATA) -> ReadingData:
    """The word files in `folder`.

    Raises:
        DataError: files do not fit their schema; names the problems of all.
    """
    files = together(
        lexicon=lambda: read_yaml(folder / "lexicon.yaml", Lexicon),
        sections=lambda: read_yaml(folder / "sections.yaml", Sections),
        cues=lambda: read_yaml(folder / "cues.yaml", Cues),
        occupations=lambda: read_yaml(folder / "occupations.yaml", Occupations),
        contexts=lambda: read_yaml(folder / "contexts.yaml", Contexts),
        packs=lambda: packs.load(folder),
    )
    return ReadingData(**files)


@lru_cache(maxsize=1)
def shipped() -> ReadingData:
    """The word files that ship with the program, loaded once."""
    return load()


def digest(folder: Path = DATA) -> str:
    """Twelve hexadecimal digits over the word files."""
    return tables.digest(folder / f"{name}.yaml" for name in FILES)
