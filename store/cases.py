"""Opening cases and numbering them. A machine opens a case as `suspected`; the rest is for people.

A case that has ended stays as it is: what is found after its end (复发) opens another one, with a number of
its own, that follows it. A false alarm can be reopened, so it takes up further clues.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from config.bureaus import nearest_bureau
from config.casework import casework
from config.settings import CHINA
from events.ids import stable_id
from store.casework_models import CaseNumber
from store.models import Ad, Case, CaseEvent, Clue
from store.upsert import add_up, insert_new

SUSPECTED: Final = "suspected"
"""疑似线索: found by the machine, not yet looked at by a person."""

UNJUDGED: Final = (SUSPECTED, "reviewed")
"""In these statuses nobody has judged the clues yet; what is found later is an addition."""

FALSE_ALARM: Final = "false_alarm"
"""误报: the status of such a case, and the verdict on its clues."""

WITHDRAWN: Final = "withdrawn"
"""Shown for a suspected case of which every clue was withdrawn; never stored, since a clue may come back."""

FOR_REVIEW: Final = "for_review"
"""待人工复核: shown for a suspected case, and an ad, of which no clue counts that stands; never stored."""

MACHINE: Final = "machine"
"""The actor of what no person did."""

ClueRow = Mapping[str, Any]


def standing() -> ColumnElement[bool]:
    """Whether a clue stands: no re-reading has withdrawn it. One that does not counts nowhere."""
    return Clue.withdrawn_at.is_(None)


def counting(clue: type[Clue] = Clue) -> ColumnElement[bool]:
    """Whether a clue that stands counts: its rule is trusted (docs/feedback.md), or a person confirmed it."""
    confirmed = clue.human_verdict.is_not_distinct_from("confirmed")  # it may be compared with nothing
    return and_(clue.withdrawn_at.is_(None), or_(clue.held_by.is_(None), confirmed))


def decided() -> ColumnElement[bool]:
    """Whether a person has decided about a clue or its case: the machine changes nothing about it."""
    return or_(Clue.human_verdict.is_not(None), Case.status != SUSPECTED)


def evident(clue: type[Clue] = Clue) -> ColumnElement[bool]:
    """Whether a clue is evidence: it counts, and no person has called it a false alarm."""
    doubtful = clue.human_verdict == FALSE_ALARM
    return and_(counting(clue), or_(clue.human_verdict.is_(None), ~doubtful))


@cache  # like the next one
def announceable() -> ColumnElement[bool]:
    """Whether a bureau may be told of a case as suspected: nobody has decided it, and it has evidence."""
    clue = aliased(Clue)  # the query around it may have clues of its own
    return and_(Case.status == SUSPECTED, exists().where(clue.case_id == Case.id, evident(clue)))


@cache  # it says the same every time, and takes milliseconds to put together
def shown_status() -> ColumnElement[str]:
    """The status of a case as people are told it."""
    clue = aliased(Clue)  # the query around it may have clues of its own
    stands = exists().where(clue.case_id == Case.id, clue.withdrawn_at.is_(None))
    counts = exists().where(clue.case_id == Case.id, counting(clue))
    suspected = Case.status == SUSPECTED
    return case(
        (and_(suspected, ~stands), WITHDRAWN), (and_(suspected, ~counts), FOR_REVIEW), else_=Case.status
    )


def told_verdict() -> ColumnElement[str]:
    """The verdict of an ad's newest reading as people are told it: `for_review` where no clue counts."""
    clue = aliased(Clue)
    held = exists().where(clue.ad_id == Ad.id, clue.held_by.is_not(None))
    counts = exists().where(clue.ad_id == Ad.id, counting(clue))
    return case((and_(Ad.verdict == "violation", held, ~counts), FOR_REVIEW), else_=Ad.verdict)


def open_cases(session: Session, clues: Sequence[ClueRow]) -> list[ClueRow]:
    """Open the cases that `clues` belong to and that are not open yet, each with a number of its own.

    Returns the clues, each with the case that it belongs to now.
    """
    placed, before = _placed(session, clues)
    open_placed(session, placed, before)
    return placed


def open_placed(session: Session, clues: Sequence[ClueRow], before: Mapping[str, str]) -> None:
    """Open the cases that `clues` name and that are not open yet; `before`: ids of those that they follow."""
    wanted = {clue["case_id"]: clue for clue in reversed(clues)}
    known = set(session.scalars(select(Case.id).where(Case.id.in_(wanted))))
    fresh = [wanted[case_id] for case_id in sorted(wanted.keys() - known)]
    numbers = _take_numbers(session, [_series(clue) for clue in fresh])
    rows = [
        _case(clue, number, follows=before.get(clue["case_id"]))
        for clue, number in zip(fresh, numbers, strict=True)
    ]
    insert_new(session, Case, rows)
    insert_new(session, CaseEvent, [_opened(row) for row in rows])


def _placed(session: Session, clues: Sequence[ClueRow]) -> tuple[list[ClueRow], dict[str, str]]:
    """The clues with the cases they belong to; of the cases that follow another, that one's id."""
    placed = [dict(clue) for clue in clues]
    before: dict[str, str] = {}
    late = placed
    while late:
        ends = _ends(session, {clue["case_id"] for clue in late})
        late = [
            clue for clue in late if clue["case_id"] in ends and ends[clue["case_id"]] < clue["first_seen"]
        ]
        for clue in late:
            ended = clue["case_id"]
            clue["case_id"] = following(ended)
            before[clue["case_id"]] = ended
    return list(placed), before


def following(case_id: str) -> str:
    """Id of the case that takes up what is found after the end of this one."""
    return stable_id("case", "after", case_id)


def _ends(session: Session, case_ids: Collection[str]) -> dict[str, datetime]:
    """When those of the cases ended that have."""
    ended = and_(Case.id.in_(case_ids), Case.status.in_(casework().final))
    query = (
        select(Case.id, func.max(CaseEvent.at))
        .join(CaseEvent, and_(CaseEvent.case_id == Case.id, CaseEvent.to_status == Case.status))
        .where(ended)
        .group_by(Case.id)
    )
    return dict(session.execute(query).all())


def _series(clue: ClueRow) -> tuple[str, int]:
    """The bureau and year whose sequence numbers the case."""
    return nearest_bureau(clue["division"]), clue["first_seen"].astimezone(CHINA).year


def _take_numbers(session: Session, series: Sequence[tuple[str, int]]) -> list[str]:
    """A fresh number for each entry of `series`; a number is never given out twice, even if unused."""
    if not series:
        return []
    given = Counter(series)
    rows = [{"division": bureau, "year": year, "last": count} for (bureau, year), count in given.items()]
    last = add_up(session, CaseNumber, rows, column="last")
    numbers = {place: iter(range(last[place] - count + 1, last[place] + 1)) for place, count in given.items()}
    return [f"QD-{bureau}-{year}-{next(numbers[bureau, year]):06d}" for bureau, year in series]


def _case(clue: ClueRow, number: str, *, follows: str | None) -> dict[str, Any]:
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
        "follows": follows,
    }


def _opened(case: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": stable_id("case-event", case["id"], "opened"),
        "case_id": case["id"],
        "at": case["opened_at"],
        "actor": MACHINE,
        "action": "opened",
        "clue_id": None,
        "reason": f"该单位、该证书、该辖区的{'案件办结后又发现的' if case['follows'] else '首条'}线索",
    }
