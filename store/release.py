"""What the open dataset is made of, streamed: memory does not grow with the number of rows.

Call these inside one `store.database.snapshot`, so that all tables show the same state.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, exists, func, not_, select
from sqlalchemy.orm import Session, aliased

from store.cases import counting, told_verdict
from store.dataset_decisions import is_erased
from store.findings import hints
from store.models import Ad, AdVersion, Case, Clue, Employer, Run, Sighting, StoredReading
from store.objections import is_contested
from store.postings import posting, with_postings
from store.rechecks import RECHECK

CLOSED: Final = "closed"
"""已销号: the status of a case that was confirmed, corrected and looked at again."""

BATCH: Final = 500
"""Rows fetched at a time."""

Stream = Callable[[Session], Iterator[Row[Any]]]


def clues(session: Session) -> Iterator[Row[Any]]:
    """Every clue that counts, with its case's number and its employer, in the order of their ids.

    Those of a case against which an objection stands are held back. Where a case has relapsed, the clue of
    the case before is told and its copy is not.
    """
    query = (
        select(
            Clue.id,
            Clue.ad_id,
            Clue.first_seen,
            Clue.source,
            Clue.division,
            Clue.qualification,
            Clue.name,
            Clue.kind,
            Clue.strength,
            Clue.human_verdict,
            Clue.severity,
            Clue.clause,
            Clue.quote,
            Clue.cue,
            Clue.rule,
            Clue.basis,
            Clue.ended_by,
            Clue.edition,
            Clue.rules_version,
            Clue.employer_id,
            StoredReading.occupation,
            posting().label("posting"),
            Case.number.label("case_number"),
            (Case.status == CLOSED).label("closed"),
            Employer.name.label("employer_name"),
            Employer.poster,
        )
        .join(Case, Case.id == Clue.case_id)
        .join(Ad, Ad.id == Clue.ad_id)
        .join(StoredReading, StoredReading.id == Ad.reading_id)
        .outerjoin(Employer, Employer.id == Clue.employer_id)
        .where(counting(), not_(is_contested(Clue.case_id)), not_(_copied()))
        .where(not_(is_erased(Clue.ad_id, Clue.employer_id)))
        .order_by(Clue.id)
    )
    return _stream(session, with_postings(query))


def ads(session: Session) -> Iterator[Row[Any]]:
    """Every ad that was read, with the newest reading of its newest version, in the order of their ids."""
    query = (
        select(
            Ad.id,
            posting().label("posting"),
            Ad.source,
            Ad.division,
            Ad.posted,
            Ad.first_seen,
            Ad.employer_id,
            Employer.poster,
            AdVersion.divisions,
            AdVersion.acting_for,
            AdVersion.terms,
            func.coalesce(Sighting.valid_through, AdVersion.valid_through).label("valid_through"),
            Sighting.last_seen,
            told_verdict().label("verdict"),
            StoredReading.occupation,
            StoredReading.mentions,
            StoredReading.edition,
            StoredReading.rules_version,
        )
        .join(StoredReading, StoredReading.id == Ad.reading_id)
        .join(AdVersion, AdVersion.id == Ad.version_id)
        .outerjoin(Sighting, Sighting.ad_id == Ad.id)
        .outerjoin(Employer, Employer.id == Ad.employer_id)
        .where(not_(is_erased(Ad.id, Ad.employer_id)))
        .order_by(Ad.id)
    )
    return _stream(session, with_postings(query))


def findings(session: Session) -> Iterator[Row[Any]]:
    """What hints rest on (`store.findings.hints`), with the ad's source, by ad, and by pack and rule."""
    found = hints()
    query = (
        select(found, Ad.source)
        .join(Ad, Ad.id == found.c.ad_id)
        .where(not_(is_erased(Ad.id, Ad.employer_id)))
        .order_by(found.c.ad_id)
    )
    # Databases order words in ways of their own; those of one ad are few.
    for _, of_ad in groupby(_stream(session, query), key=attrgetter("ad_id")):
        yield from sorted(of_ad, key=attrgetter("pack", "rule"))


def runs(session: Session, before: datetime) -> Iterator[Row[Any]]:
    """Every run that began before then and has ended, but for those that look at ads again."""
    query = (
        select(Run.source, Run.started_at, Run.status, Run.counts)
        .where(Run.started_at < before, Run.finished_at.is_not(None), Run.kind != RECHECK)
        .order_by(Run.id)
    )
    return _stream(session, query)


def _copied() -> ColumnElement[bool]:
    """Whether a clue is a copy of another (`store.relapses`): one of an ad's two of one qualification."""
    first = aliased(Clue)
    same = first.ad_id == Clue.ad_id, first.qualification == Clue.qualification
    return exists().where(*same, first.human_verdict == "confirmed", first.first_seen < Clue.first_seen)


def _stream(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Row[Any]]:
    return iter(session.execute(query.execution_options(yield_per=BATCH)))
