"""The curation tray: credentials that ads name and the catalogue does not know."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import UnknownCredential

EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no row of the catalogue claims."""

    name: str
    ads: int
    """How many ads name it."""
    examples: tuple[str, ...]
    """Ids of the first few of them."""


def unknown_credentials(session: Session, *, limit: int) -> list[Unknown]:
    """The `limit` names that most ads use, the commonest first."""
    name, ads = UnknownCredential.name, func.count()
    commonest = session.execute(select(name, ads).group_by(name).order_by(ads.desc(), name).limit(limit))
    return [Unknown(name, ads, _examples(session, name)) for name, ads in commonest.all()]


def _examples(session: Session, name: str) -> tuple[str, ...]:
    ad_id = UnknownCredential.ad_id
    chosen = select(ad_id).where(UnknownCredential.name == name).order_by(ad_id).limit(EXAMPLES)
    return tuple(session.scalars(chosen))
