"""Rule packs: what ads offer beside work (the loan of a certificate, a course), told by words alone.

One schema for leasing.yaml and training.yaml, which nlp/packs.py applies; docs/packs.md explains it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from config.settings import settings
from config.tables import DATA, read_yaml

_CHOICE: Final = re.compile("[()]")


def _spelt_out(given: object) -> object:
    """Lists within lists laid flat, and every choice in brackets spelt out: 不(坐班|到岗) is two words.

    What is neither text nor list stays for the schema to refuse.
    """
    if isinstance(given, str):
        parts = [part.split("|") for part in _CHOICE.split(given)]
        return ["".join(way) for way in product(*parts)]
    if isinstance(given, list | tuple):
        laid = [_spelt_out(each) for each in given]
        return [word for each in laid for word in (each if isinstance(each, list) else [each])]
    return given


Words = Annotated[tuple[str, ...], BeforeValidator(_spelt_out)]
"""Words as a pack's file may write them: see docs/packs.md."""
Sentences = tuple[str, ...]
PACKS: Final = ("leasing", "training")
LEASING: Final = "leasing"
"""Id of the pack that the labelling guide knows as well."""
MARKED: Final = re.compile("⟦(.+?)⟧")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Rule(_Data):
    id: str
    tests: Sentences = Field(min_length=1)
    """Sentences in which the rule finds what stands between ⟦ and ⟧; of a core rule one for each word."""


class Core(_Rule):
    """A rule of which one word is enough, wherever `beside` is given with one of those near it."""

    words: Words = Field(min_length=1)
    then: str = ""
    """A pattern that the text right after the word must match."""
    beside: Words = ()
    """Words of which one must stand near; empty: none need."""
    reach: int = Field(default=0, ge=0, le=200)
    """How far before or after the word those beside it may begin or end, in characters; the title is near."""
    unlike: Words = ()
    """Words that show another sense where, in its clause, they stand nearer to the word than those beside."""

    @model_validator(mode="after")
    def _beside_within_reach(self) -> Self:
        if bool(self.beside) != bool(self.reach):
            raise ValueError("beside: needs a reach, and a reach needs words beside")
        try:
            re.compile(self.then)
        except re.error as error:
            raise ValueError(f"then: no pattern: {error}") from error
        return self


class Hints(_Rule):
    """A rule of which words of `enough` different groups must meet."""

    groups: tuple[Words, ...] = Field(min_length=2)
    """The commonest words first: see `anchors`."""
    enough: int = Field(ge=2)
    also: tuple[Words, ...] = ()
    """Lists of words: of each, one must be anywhere in the ad."""
    reach: int = Field(default=150, ge=1)
    """The longest stretch of one text in which the groups must meet, in characters."""

    @property
    def anchors(self) -> Iterator[str]:
        """Words of which one is wherever enough groups meet: the first `enough - 1` alone cannot do it."""
        for group in self.groups[self.enough - 1 :]:
            yield from group

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.enough > len(self.groups):
            raise ValueError(f"enough: {self.enough} of {len(self.groups)} groups")
        return self


class Pack(_Data):
    """A family of rules that share their traps and refusals."""

    id: str
    name: str = Field(min_length=1)
    """What a finding is called for a reader, in Chinese."""
    advice: str
    """What the reader should look at, in Chinese."""
    basis: Words = Field(min_length=1)
    """Ids of texts in policy.yaml."""
    core: tuple[Core, ...]
    hints: tuple[Hints, ...] = ()
    traps: Words
    """Words that hold a core word by chance, or in another sense."""
    refusals: Words
    """Words before a core word that turn it round: one character right before it, longer ones near it."""
    fillers: Words = ()
    """What may stand between a core word and a refusal after it."""
    refusals_after: Words = ()
    denials: Words = ()
    """Words that turn round every core word of their sentence."""
    exempt: Words = ()
    """Words of the title of those whose work it is; in their ads the pack finds nothing."""

    @property
    def anchors(self) -> Iterator[str]:
        """Words of which at least one is in every ad in which the pack finds something."""
        for rule in self.core:
            yield from rule.words
        for hints in self.hints:
            yield from hints.anchors


def load(folder: Path = DATA) -> tuple[Pack, ...]:
    """The packs in `folder`.

    Raises:
        DataError: a file does not fit its schema.
    """
    return tuple(read_yaml(folder / f"{name}.yaml", Pack) for name in PACKS)


def in_use() -> Mapping[str, Pack]:
    """The packs in the folder that the settings name, by id: findings are told in their words.

    Raises:
        DataError: a file does not fit its schema.
    """
    return _loaded(settings().rules)


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Mapping[str, Pack]:
    return {pack.id: pack for pack in load(folder)}


def problems(packs: Iterable[Pack], bases: Iterable[str]) -> Iterator[str]:
    """What the schema cannot tell, one line each; `bases` are the ids of the policy's texts."""
    known = frozenset(bases)
    for pack in packs:
        place = f"{pack.id}.yaml"
        for each in pack.basis:
            if each not in known:
                yield f"{place}: basis: {each!r} is no text of policy.yaml"
        for word in sorted({*pack.traps} & {word for rule in pack.core for word in rule.words}):
            yield f"{place}: traps: {word!r} is a core word too: it would never be found"
        for name in _twice(rule.id for rule in (*pack.core, *pack.hints)):
            yield f"{place}: core: {name} is the id of two rules"
        for word in _twice(word for rule in pack.core for word in rule.words):
            yield f"{place}: core: {word!r} is a word of two rules, or twice of one"
        for number, rule in enumerate(pack.core):
            yield from _untested(f"{place}: core.{number}.tests", rule)


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def _untested(place: str, rule: Core) -> Iterator[str]:
    shown = {word for test in rule.tests for word in MARKED.findall(test)}
    for word in rule.words:
        if word not in shown:
            yield f"{place}: no sentence shows ⟦{word}⟧"
    for word in sorted(shown - {*rule.words}):
        yield f"{place}: ⟦{word}⟧ is no word of {rule.id}"
