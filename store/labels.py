"""What people decided about clues, as labels for whoever mends the rules: ids and offsets, and no text."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from store.models import AdVersion, Clue

_AT_A_TIME: Final = 500
_SHA_DIGITS: Final = 12


def labels(session: Session) -> Iterator[dict[str, Any]]:
    """One label for each version of an ad that decided clues rest on, in the form of tests/nlp/labels.

    Of its mentions only those that people decided about are there, each with the verdict and what found it.
    """
    query = (
        select(Clue, AdVersion.title, AdVersion.text)
        .join(AdVersion, AdVersion.id == Clue.version_id)
        .where(Clue.human_verdict.is_not(None))
        .order_by(Clue.version_id, Clue.field, Clue.start, Clue.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    for _, rows in groupby(session.execute(query), key=lambda row: row[0].version_id):
        yield _label(list(rows))


def _label(rows: Sequence[Row[Clue, str, str]]) -> dict[str, Any]:
    first, title, text = rows[0]
    return {
        "id": first.ad_id,
        "leasing": None,
        "mentions": [_mark(clue) for clue, *_ in rows],
        "sha": hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:_SHA_DIGITS],
    }


def _mark(clue: Clue) -> dict[str, Any]:
    return {
        "field": clue.field,
        "start": clue.start,
        "end": clue.end,
        "kind": clue.kind,
        "strength": clue.strength,
        "verdict": clue.human_verdict,
        "rule": clue.rule,
        "policy_row": clue.policy_row,
        "rules_version": clue.rules_version,
    }
