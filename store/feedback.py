"""What people's decisions say about the rules that found the clues (docs/feedback.md).

A case counts once for each rule that its clues rest on: the clues of one case are often one ad many times
over, and were decided together. A rule that is suspended is left as it is in nlp; its clues are recorded all
the same, and wait for a person (`store.cases.counting`).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from config.casework import casework
from config.feedback import Change, Precision, change_due, feedback
from events.ids import stable_id
from store.cases import FALSE_ALARM, MACHINE
from store.database import one_at_a_time
from store.feedback_models import RuleChange
from store.models import CaseEvent, Clue
from store.upsert import insert_new

SUSPENDED: Final = "suspended"
LIFTED: Final = "lifted"


class RuleKey(NamedTuple):
    """What found a clue: the rule that decided the strength, the row of the policy, the words it went by."""

    rule: str
    policy_row: str
    cue: str

    def __str__(self) -> str:
        return "/".join(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A rule is `suspended`, or its suspension `lifted`."""

    action: Change
    at: datetime
    by: str
    """A person, or `machine`."""
    why: str


class RuleChangeError(ValueError):
    """A change of a rule cannot be made; the message says why."""


class Suspension(NamedTuple):
    """A suspension in force."""

    number: int
    since: datetime
    by: str
    why: str


class RuleRecord(NamedTuple):
    """A rule, and what people decided about it."""

    key: RuleKey
    precision: Precision
    """Over the decisions that count: those since a person last lifted a suspension of it."""
    suspension: Suspension | None
    """None while the rule is trusted."""


class VersionRecord(NamedTuple):
    """The same for the clues that one version of the rules found, over all decisions."""

    key: RuleKey
    rules_version: str
    precision: Precision


_KEY: Final = (Clue.rule, Clue.policy_row, Clue.cue)
_CHANGED: Final = (RuleChange.rule, RuleChange.policy_row, RuleChange.cue)


def suspensions(session: Session) -> dict[RuleKey, Suspension]:
    """The rules that are suspended."""
    last = select(func.max(RuleChange.number)).group_by(*_CHANGED)
    found = session.scalars(
        select(RuleChange).where(RuleChange.number.in_(last), RuleChange.action == SUSPENDED)
    )
    return {
        RuleKey(each.rule, each.policy_row, each.cue): Suspension(
            each.number, each.at, each.actor, each.reason
        )
        for each in found
    }


def rule_records(session: Session, only: Collection[RuleKey] | None = None) -> list[RuleRecord]:
    """The rules that people decided about, or that are suspended, in the order of their names."""
    suspended = suspensions(session)
    counted = {RuleKey(*row[:3]): Precision(*row[3:]) for row in session.execute(_counted(only))}
    keys = counted.keys() | suspended.keys() if only is None else set(only)
    return [RuleRecord(key, counted.get(key, Precision()), suspended.get(key)) for key in sorted(keys)]


def suspended_rules(session: Session) -> tuple[RuleRecord, ...]:
    """Those that are suspended."""
    suspended = suspensions(session)
    return tuple(rule_records(session, suspended)) if suspended else ()


def version_records(session: Session) -> list[VersionRecord]:
    """Every rule that people decided about, by the version of the rules that found the clue."""
    query = (
        select(*_KEY, Clue.rules_version, *_sums())
        .where(Clue.human_verdict.is_not(None))
        .group_by(*_KEY, Clue.rules_version)
        .order_by(*_KEY, Clue.rules_version)
    )
    return [VersionRecord(RuleKey(*row[:3]), row[3], Precision(*row[4:])) for row in session.execute(query)]


def rule_changes(session: Session) -> Iterator[RuleChange]:
    """All suspensions and what lifted them, oldest first."""
    yield from session.scalars(select(RuleChange).order_by(RuleChange.number))


def weigh(session: Session, case_id: str, at: datetime) -> None:
    """Suspend or lift, as they now deserve, the rules that the clues of a case rest on that was just decided.

    What a person suspended only a person lifts.
    """
    _take_turns(session)
    rows = session.execute(select(*_KEY).where(Clue.case_id == case_id).distinct())
    for record in rule_records(session, {RuleKey(*row) for row in rows}):
        if record.suspension and record.suspension.by != MACHINE:
            continue
        floor = feedback().of(record.key.rule)
        action = change_due(record.precision, floor, suspended=record.suspension is not None)
        if action:
            why = _reason(record.precision, floor.floor)
            _change(session, record, Decision(action=action, at=at, by=MACHINE, why=why))


def change_rule(session: Session, key: RuleKey, decision: Decision) -> None:
    """Have a person suspend a rule, or lift its suspension; after that only new decisions count for it.

    Raises:
        RuleChangeError: no clue rests on such a rule, or it is in this state already; or nobody decided.
    """
    if decision.by == MACHINE:
        raise RuleChangeError(f"{MACHINE} is no person")
    _take_turns(session)
    (record,) = rule_records(session, {key})
    if not session.scalar(select(Clue.id).where(_of(key)).limit(1)):
        raise RuleChangeError(f"no clue rests on a rule {key}")
    if (record.suspension is not None) == (decision.action == SUSPENDED):
        raise RuleChangeError(f"{key} is {'suspended already' if record.suspension else 'not suspended'}")
    _change(session, record, decision)


def _counted(only: Collection[RuleKey] | None) -> Select[*tuple[Any, ...]]:
    """Rules with their confirmed and decided cases, without decisions from before a person's lifting."""
    lifted = (
        select(*_CHANGED, func.max(RuleChange.at).label("at"))
        .where(RuleChange.action == LIFTED, RuleChange.actor != MACHINE)
        .group_by(*_CHANGED)
        .subquery()
    )
    same = and_(*(column == lifted.c[column.name] for column in _KEY))
    query = (
        select(*_KEY, *_sums())
        .outerjoin(lifted, same)
        .where(Clue.human_verdict.is_not(None), or_(lifted.c.at.is_(None), _decided_after(lifted.c.at)))
        .group_by(*_KEY)
    )
    return query if only is None else query.where(tuple_(*_KEY).in_(list(only)))


def _decided_after(moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether people decided the case of a clue after this."""
    telling = [name for name, action in casework().actions.items() if action.clues]
    deed = and_(CaseEvent.case_id == Clue.case_id, CaseEvent.action.in_(telling), CaseEvent.at > moment)
    return exists().where(deed)


def _sums() -> tuple[Any, Any]:
    """Confirmed cases, and all; a case of which one clue was a false alarm is not confirmed."""
    cases = func.count(distinct(Clue.case_id))
    return cases - func.count(distinct(case((Clue.human_verdict == FALSE_ALARM, Clue.case_id)))), cases


def _of(key: RuleKey) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(_KEY, key, strict=True)))


def _reason(found: Precision, floor: float) -> str:
    low, high = found.interval
    told = f"{found.cases} 件已决定案件中确认 {found.confirmed} 件，精确率 {found.share:.1%}"
    return f"{told}（95% 区间 {low:.1%}—{high:.1%}），下限 {floor:.0%}"


def _take_turns(session: Session) -> None:
    one_at_a_time(session.connection(), "changing what rules are suspended")


def _change(session: Session, record: RuleRecord, decision: Decision) -> None:
    change = RuleChange(
        number=(session.scalar(select(func.max(RuleChange.number))) or 0) + 1,
        **record.key._asdict(),
        action=decision.action,
        at=decision.at,
        actor=decision.by,
        reason=decision.why,
        confirmed=record.precision.confirmed,
        cases=record.precision.cases,
    )
    session.add(change)
    session.flush()
    if record.suspension:
        _release(session, change, record.suspension.number)


def _release(session: Session, change: RuleChange, suspension: int) -> None:
    """Let the clues count that waited for a person because of the suspension, each with an event."""
    waiting = Clue.held_by == suspension, Clue.human_verdict.is_(None)
    found = session.execute(select(Clue.id, Clue.case_id).where(*waiting)).all()
    insert_new(session, CaseEvent, [_released(clue_id, case_id, change) for clue_id, case_id in found])
    session.execute(update(Clue).where(*waiting).values(held_by=None))


def _released(clue_id: str, case_id: str, change: RuleChange) -> dict[str, Any]:
    return {
        "id": stable_id("case-event", case_id, "clue_released", clue_id, str(change.number)),
        "case_id": case_id,
        "at": change.at,
        "actor": MACHINE,
        "action": "clue_released",
        "clue_id": clue_id,
        "reason": f"规则 {change.rule} 恢复使用（第 {change.number} 号变更）",
    }
