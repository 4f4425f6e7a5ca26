"""A pushed batch: from the bytes of a request to postings, and what is wrong with each of the others."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.serving import MOST, items_of
from crawlers.intake.rows import MAX_FIELD
from crawlers.posting import Posting, storable
from events.types import PosterType

MAX_BYTES: Final = 8 * 1024 * 1024
"""Bytes of one request's body."""

_Name = Annotated[str, Field(max_length=2000)]
_Text = Annotated[str, Field(max_length=MAX_FIELD)]


class PushedAd(BaseModel):
    """One ad as its publisher hands it over; every field as published, contacts included: they are masked."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Field(min_length=1, max_length=200)]
    """The posting's id at the publisher; the same id again is a new version of the ad."""
    title: _Name = ""
    text: _Text
    company: _Name = ""
    city: _Name = ""
    posted: _Name = ""
    valid_through: _Name = ""
    salary: _Name = ""
    url: _Name = ""
    poster: PosterType = "unknown"
    status: Literal["live"] = "live"
    ownership: _Name = ""
    employment: _Name = ""
    headcount: _Name = ""
    education: _Name = ""
    experience: _Name = ""


class WithdrawnAd(BaseModel):
    """An ad that its publisher takes back; the same id with a text later brings it back."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, Field(min_length=1, max_length=200)]
    status: Literal["withdrawn"]


class PushedBatch(BaseModel):
    """What a request holds."""

    model_config = ConfigDict(extra="forbid")

    ads: Annotated[list[PushedAd | WithdrawnAd], Field(min_length=1, max_length=MOST)]


@dataclass(frozen=True, slots=True)
class ItemError:
    """An ad of a batch that was not taken in."""

    item: int
    """Its place in the batch, counted from 0."""
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    postings: Sequence[Posting]
    errors: Sequence[ItemError]
    withdrawn: Mapping[str, int]
    """Ids of the ads that are taken back, with the places of these items."""


def read_batch(body: bytes, *, source: str) -> Batch:
    """The ads in a request's body; one that is wrong costs itself only.

    Raises:
        BatchError: no JSON, not of the form `{"ads": [...]}`, or too many ads.
    """
    items = items_of(body)
    postings: list[Posting] = []
    errors: list[ItemError] = []
    withdrawn: dict[str, int] = {}
    seen: set[str] = set()
    for number, item in enumerate(items):
        try:
            ad = _ad(item)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            errors.append(ItemError(number, field, first["msg"]))
            continue
        if ad.id in seen:
            errors.append(ItemError(number, "id", f"{ad.id!r} stands in this batch before"))
            continue
        seen.add(ad.id)
        if isinstance(ad, WithdrawnAd):
            withdrawn[storable(ad.id)] = number
        else:
            postings.append(_posting(ad, item, number, source))
    return Batch(postings, errors, withdrawn)


def _ad(item: object) -> PushedAd | WithdrawnAd:
    if isinstance(item, dict) and item.get("status") == "withdrawn":
        return WithdrawnAd.model_validate(item)
    return PushedAd.model_validate(item)


def _posting(ad: PushedAd, item: object, number: int, source: str) -> Posting:
    raw = json.dumps(item, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return Posting(
        source=source,
        source_kind="push",
        source_ad_id=ad.id,
        place=f"ads[{number}]",
        url=ad.url,
        title=ad.title,
        text=ad.text,
        company=ad.company,
        city=ad.city,
        posted=ad.posted,
        valid_through=ad.valid_through,
        salary=ad.salary,
        poster=ad.poster,
        ownership=ad.ownership,
        employment=ad.employment,
        headcount=ad.headcount,
        education=ad.education,
        experience=ad.experience,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
    )
