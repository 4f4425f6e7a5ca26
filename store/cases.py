"""Opening cases and numbering them. A machine opens a case as `suspected`; the rest is for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, or_, select
from sqlalchemy.orm import Session, aliased

from config.bureaus import nearest_bureau
from config.settings import CHINA
from events.ids import stable_id
from store.models import Case, CaseEvent, CaseNumber, Clue
from store.upsert import add_up, insert_new

SUSPECTED: Final = "suspected"
"""疑似线索: found by the machine, not yet looked at by a person."""

WITHDRAWN: Final = "withdrawn"
"""Shown for a suspected case of which every clue was withdrawn; never stored, since a clue may come back."""

MACHINE: Final = "machine"
"""The actor of what no person did."""

ClueRow = Mapping[str, Any]


def standing() -> ColumnElement[bool]:
    """Whether a clue stands: no re-reading has withdrawn it. One that does not counts nowhere."""
    return Clue.withdrawn_at.is_(None)


def decided() -> ColumnElement[bool]:
    """Whether a person has decided about a clue or its case: the machine changes nothing about it."""
    return or_(Clue.human_verdict.is_not(None), Case.status != SUSPECTED)


def evident(clue: type[Clue] = Clue) -> ColumnElement[bool]:
    """Whether a clue is evidence: it stands, and no person has called it a false alarm."""
    doubtful = clue.human_verdict == "false_alarm"
    return and_(clue.withdrawn_at.is_(None), or_(clue.human_verdict.is_(None), ~doubtful))


def announceable() -> ColumnElement[bool]:
    """Whether a bureau may be told of a case as suspected: nobody has decided it, and it has evidence."""
    clue = aliased(Clue)  # the query around it may have clues of its own
    return and_(Case.status == SUSPECTED, exists().where(clue.case_id == Case.id, evident(clue)))


def shown_status() -> ColumnElement[str]:
    """The status of a case as people are told it."""
    clue = aliased(Clue)  # the query around it may have clues of its own
    stands = exists().where(clue.case_id == Case.id, clue.withdrawn_at.is_(None))
    return case((and_(Case.status == SUSPECTED, ~stands), WITHDRAWN), else_=Case.status)


def open_cases(session: Session, clues: Sequence[ClueRow]) -> None:
    """Open the cases that `clues` belong to and that are not open yet, each with a number of its own."""
    wanted = {clue["case_id"]: clue for clue in reversed(clues)}
    known = set(session.scalars(select(Case.id).where(Case.id.in_(wanted))))
    fresh = [wanted[case_id] for case_id in sorted(wanted.keys() - known)]
    numbers = _take_numbers(session, [_series(clue) for clue in fresh])
    rows = [_case(clue, number) for clue, number in zip(fresh, numbers, strict=True)]
    insert_new(session, Case, rows)
    insert_new(session, CaseEvent, [_opened(row) for row in rows])


def _series(clue: ClueRow) -> tuple[str, int]:
    """The bureau and year whose sequence numbers the case."""
    return nearest_bureau(clue["division"]), clue["first_seen"].astimezone(CHINA).year


def _take_numbers(session: Session, series: Sequence[tuple[str, int]]) -> list[str]:
    """A fresh number for each entry of `series`; a number is never given out twice, even if unused."""
    numbers = {}
    for (bureau, year), count in sorted(Counter(series).items()):
        last = add_up(session, CaseNumber, {"division": bureau, "year": year}, column="last", by=count)
        numbers[bureau, year] = iter(range(last - count + 1, last + 1))
    return [f"QD-{bureau}-{year}-{next(numbers[bureau, year]):06d}" for bureau, year in series]


def _case(clue: ClueRow, number: str) -> dict[str, Any]:
    return {
        "id": clue["case_id"],
        "number": number,
        "employer_id": clue["employer_id"],
        "qualification": clue["qualification"],
        "name": clue["name"],
        "division": clue["division"],
        "bureau": nearest_bureau(clue["division"]),
        "status": SUSPECTED,
        "opened_at": clue["first_seen"],
    }


def _opened(case: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": stable_id("case-event", case["id"], "opened"),
        "case_id": case["id"],
        "at": case["opened_at"],
        "actor": MACHINE,
        "action": "opened",
        "clue_id": None,
        "reason": "该单位、该证书、该辖区的首条线索",
    }
