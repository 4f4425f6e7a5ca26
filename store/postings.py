"""Counting postings: ads that are publications of one posting count once (docs/deduplication.md)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import aliased

from store.likeness_models import KnownFingerprint
from store.models import Ad, AdVersion

_NEWEST = aliased(AdVersion, name="newest")


def posting() -> ColumnElement[str]:
    """The posting that an ad is a publication of, in a query that `with_postings` was applied to.

    An ad that is in no cluster yet counts for itself.
    """
    return func.coalesce(KnownFingerprint.cluster_id, Ad.id)


def with_postings(ads: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """`ads`, a query over ads, joined with what their newest versions are publications of."""
    newest = ads.outerjoin(_NEWEST, _NEWEST.id == Ad.version_id)
    return newest.outerjoin(KnownFingerprint, KnownFingerprint.id == _NEWEST.fingerprint_id)
