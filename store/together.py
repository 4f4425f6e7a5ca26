"""One action done in many cases, each in a transaction of its own: a refusal holds up no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from config.casework import Given
from store.casework import RefusedError, act, standing_of
from store.database import transaction
from store.jurisdiction import is_within

Together = Literal["confirm", "approve", "dismiss"]
"""What may be done with many cases at once: what asks for no more than a reason."""
_UNKNOWN: Final = "number: there is no such case within the area"


@dataclass(frozen=True, slots=True)
class Deed:
    action: Together
    given: Given
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one case among many."""

    number: str
    refused: tuple[str, ...]
    """Why it is as it was, each beginning with the field it is about; empty where the action is done."""


def act_together(engine: Engine, numbers: Iterable[str], deed: Deed, *, area: str) -> tuple[Told, ...]:
    """Do one action in each case of `area`. What the same person did there last is not done again."""
    return tuple(Told(number, _refused(engine, number, deed, area)) for number in numbers)


def _refused(engine: Engine, number: str, deed: Deed, area: str) -> tuple[str, ...]:
    try:
        with transaction(engine) as session:
            _act(session, number, deed, area)
    except RefusedError as error:
        return error.reasons
    return ()


def _act(session: Session, number: str, deed: Deed, area: str) -> None:
    if not is_within(session, number, area, lock=True):
        raise RefusedError([_UNKNOWN])
    # A request that is sent twice finds its own work done.
    if standing_of(session, number).done[-1:] != ((deed.action, deed.given.by),):
        act(session, number, deed.action, deed.given, deed.at)
