"""What the data says of a name on a day: what it is, its whole life, and where each sentence was read.

The answer is a document with a stable schema (docs/catalogue.md); `config.catalogue.explanation` tells it in
Chinese. Ids of sources and the notes of the research never reach it.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from pydantic import Field

from config.catalogue.demand import Demand, Law, Question, demands
from config.catalogue.documents import (
    SCHEMA,
    Citation,
    Citations,
    Document,
    ListedItem,
    Place,
    listed_item,
    place,
)
from config.catalogue.model import Catalogue, Kind, Meaning, Period, Qualification, folded
from config.reading import Context

NEAR: Final = 5
"""Names that are offered where one is not found."""
_ALIKE: Final = 0.7
"""Least share of equal characters of a near name, as difflib counts it."""
_PAPER: Final = re.compile(r"(?:资格证书?|资质证书|等级证书?|证书?|认证)$")
_TIMELESS: Final[frozenset[Kind]] = frozenset(
    {"foreign", "vendor", "statutory", "title", "education", "generic"}
)
"""What the catalogue never governed: such a paper was always the same, unless history.tsv says otherwise."""


class Stretch(Document):
    """A stretch of time in which the law said one thing; None is an open end."""

    start: date | None = Field(alias="from")
    dated: str
    """The first day as far as it is known: 2020-10-01, 2014-11 or 2014; empty: open."""
    until: date | None
    kind: Kind
    pending: bool
    edition: str
    """Title of the list that names it, or of the one in force when the stretch began."""
    item: Place | None
    """Its item in that list; None outside the catalogue."""
    document: str
    note: str
    verified: bool
    sources: tuple[int, ...]


class Found(Document):
    """One meaning of the name that was asked for."""

    id: str
    name: str
    condition: str
    """What decides for this meaning, in Chinese; empty where the name has only one."""
    default: bool
    """Whether this is how the name is read where nothing decides."""
    kind: Kind
    pending: bool
    verified: bool
    """Whether the text that makes it so on the day was seen."""
    item: ListedItem | None
    demands: tuple[Demand, ...]
    history: tuple[Stretch, ...]
    names: tuple[str, ...]
    """How ads name it: those seen in ads first, then by length."""
    sources: tuple[Citation, ...]


class Answer(Document):
    """All that the data says of a name on a day."""

    schema_version: int = SCHEMA
    asked: str
    read_as: str
    """The name that was looked up: `asked`, or what is left of it without a closing 证 or 证书."""
    on: date
    edition: str
    """Title of the state of the catalogue in force."""
    catalogue_version: str
    policy_version: str
    decided_by: str
    """For a name of several meanings, what decides between them, in Chinese."""
    meanings: tuple[Found, ...]
    """The default first; empty for an unknown name."""
    near: tuple[str, ...]
    """For an unknown name, names of the data that are like it, the likest first."""


def look_up(law: Law, asked: str, on: date) -> Answer:
    """What `asked`, a name, an alias or an id, is on the day `on`; total over any string."""
    catalogue = law.catalogue
    name = _known(catalogue, asked.strip())
    meanings = catalogue.candidates(name)
    return Answer(
        asked=asked,
        read_as=name,
        on=on,
        edition=catalogue.edition_on(on).row.title,
        catalogue_version=catalogue.version,
        policy_version=law.policy.version,
        decided_by=meanings[0].condition if meanings else "",
        meanings=tuple(_found(law, name, meaning, on) for meaning in meanings),
        near=() if meanings else near_names(catalogue, name),
    )


def near_names(catalogue: Catalogue, name: str) -> tuple[str, ...]:
    """Names of qualifications that `name` is a part of, or that it is like; the likest first."""
    wanted = folded(name)
    if not wanted:
        return ()
    known = sorted(catalogue.aliases, key=lambda alias: (len(alias), alias))
    holding = [alias for alias in known if wanted in alias][:NEAR]
    alike = difflib.get_close_matches(wanted, known, n=2 * NEAR, cutoff=_ALIKE)
    rows = (catalogue.aliases[alias].qualification for alias in (*holding, *alike))
    return tuple(dict.fromkeys(catalogue.qualifications[row].name for row in rows))[:NEAR]


def _known(catalogue: Catalogue, name: str) -> str:
    """`name`, or what is left of it without a closing 证, 证书 or the like where only that is known."""
    bare = _PAPER.sub("", name)
    return bare if not catalogue.candidates(name) and catalogue.candidates(bare) else name


def _found(law: Law, name: str, meaning: Meaning, on: date) -> Found:
    catalogue, qualification = law.catalogue, meaning.qualification
    standing = catalogue.standing(qualification.id, on)
    citations = Citations(catalogue)
    history = tuple(_stretch(period, citations) for period in _periods(catalogue, qualification))
    item = standing.item and listed_item(catalogue, standing.edition, standing.item, citations)
    return Found(
        id=qualification.id,
        name=qualification.name,
        condition=_condition(law, name, meaning),
        default=meaning.is_default,
        kind=standing.kind,
        pending=standing.pending,
        verified=next(each.verified for each in reversed(history) if each.start is None or each.start <= on),
        item=item,
        demands=demands(law, Question(name, qualification, standing, on)),
        history=history,
        names=_names(catalogue, qualification),
        sources=citations.cited,
    )


def _periods(catalogue: Catalogue, qualification: Qualification) -> tuple[Period, ...]:
    """Its history; one open stretch for what has always been the same and no catalogue governs."""
    periods = catalogue.history(qualification.id)
    kinds = {period.kind for period in periods}
    recorded = any(row.id == qualification.id for row in catalogue.records)
    if len(kinds) == 1 and kinds <= _TIMELESS and not recorded:
        return (replace(periods[-1], start=None, dated=""),)
    return periods


def _stretch(period: Period, citations: Citations) -> Stretch:
    return Stretch(
        start=period.start,
        dated=period.dated,
        until=period.until,
        kind=period.kind,
        pending=period.pending,
        edition=period.edition,
        item=place(period.item),
        document=period.document,
        note=period.note,
        verified=period.verified,
        sources=citations.cite(period.sources),
    )


def _condition(law: Law, name: str, meaning: Meaning) -> str:
    """The rules that choose this meaning, in Chinese."""
    row = law.catalogue.ambiguous.get(folded(name))
    if row is None:
        return ""
    rules = [rule for rule in law.data.contexts.contexts if rule.id in row.decided_by]
    chosen = [rule for rule in rules if rule.qualification == meaning.qualification.id]
    told = "；".join(part for rule in chosen for part in _told(law, rule))
    return told or ("没有其他条件可据" if meaning.is_default else "广告另有上述字样，或由人工判断")


def _told(law: Law, rule: Context) -> Iterator[str]:
    names = {family.id: family.name for family in law.data.occupations.families}
    if rule.occupations:
        yield f"岗位属于{'、'.join(names[each] for each in rule.occupations)}"
    if rule.nearby:
        yield f"同一条要求中有“{'”“'.join(rule.nearby)}”等字样"


def _names(catalogue: Catalogue, qualification: Qualification) -> tuple[str, ...]:
    rows = (row for row in catalogue.aliases.values() if row.qualification == qualification.id)
    ordered = sorted(rows, key=lambda row: ("ads" not in row.source, len(row.alias), row.alias))
    return tuple(row.alias for row in ordered)
