"""What the verdicts of a case rest on: editions, items and rows of the policy, as they are at hand now.

A clue names the versions it was judged by; where the data at hand are others, the pack says so.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel

from config.catalogue.model import Catalogue, Edition, Period
from config.policy import Policy
from store.pack_file import PackFile

Json = dict[str, Any]


def law(pack: PackFile, catalogue: Catalogue, policy: Policy) -> Json:
    """The very rows that were used, and by which versions of the data each clue was judged."""
    qualification = pack.case.qualification
    used = {clue.clue.edition for clue in pack.clues}
    editions = [edition for edition in catalogue.editions if edition.id in used]
    rows = {clue.clue.policy_row for clue in pack.clues}
    texts = {text for clue in pack.clues for text in clue.clue.basis}
    return {
        "judged_by": _judged_by(pack, catalogue, policy),
        "catalogue": {
            "version": catalogue.version,
            "editions": [_edition(each, qualification) for each in editions],
            "qualification": _row(catalogue.qualifications.get(qualification)),
            "history": [_period(each) for each in catalogue.histories.get(qualification, ())],
            "sources": [
                _row(catalogue.sources[each]) for each in _sources(catalogue, editions, qualification)
            ],
        },
        "policy": {
            "version": policy.version,
            "rows": {name: _row(row) for name, row in policy.table.rows.items() if name in rows},
            "texts": {name: _row(text) for name, text in policy.bases.items() if name in texts},
        },
    }


def _judged_by(pack: PackFile, catalogue: Catalogue, policy: Policy) -> list[Json]:
    """Each set of versions once, with the clues that were judged by it, and whether it is at hand."""
    clues: dict[tuple[str, str, str], list[str]] = {}
    for each in pack.clues:
        versions = each.clue.rules_version, each.reading.catalogue_version, each.clue.policy_version
        clues.setdefault(versions, []).append(each.clue.id)
    return [
        {
            "rules_version": rules,
            "catalogue_version": of_catalogue,
            "policy_version": of_policy,
            "catalogue_at_hand": of_catalogue == catalogue.version,
            "policy_at_hand": of_policy == policy.version,
            "clues": ids,
        }
        for (rules, of_catalogue, of_policy), ids in clues.items()
    ]


def _edition(edition: Edition, qualification: str) -> Json:
    """The edition, and the item of it that lists the qualification."""
    return {"edition": _row(edition.row), "item": _row(edition.listings.get(qualification))}


def _period(period: Period) -> Json:
    return {
        "from": period.start and period.start.isoformat(),
        "until": period.until and period.until.isoformat(),
        "dated": period.dated,
        "kind": period.kind,
        "pending": period.pending,
        "edition": period.edition,
        "document": period.document,
        "note": period.note,
        "verified": period.verified,
        "source": list(period.sources),
    }


def _sources(catalogue: Catalogue, editions: Iterable[Edition], qualification: str) -> list[str]:
    """Ids of the sources that the rows of the catalogue cite."""
    return sorted(set(_cited(catalogue, editions, qualification)) & catalogue.sources.keys())


def _cited(catalogue: Catalogue, editions: Iterable[Edition], qualification: str) -> Iterator[str]:
    if found := catalogue.qualifications.get(qualification):
        yield from found.source
    for period in catalogue.histories.get(qualification, ()):
        yield from period.sources
    for edition in editions:
        yield from edition.row.source
        if item := edition.listings.get(qualification):
            yield from item.source


def _row(row: BaseModel | None) -> Json | None:
    """A row of a data file, under the names of its columns."""
    return row.model_dump(mode="json", by_alias=True) if row else None
