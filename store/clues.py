"""Clues, kept in line with the newest readings of their ad.

A clue rests on the oldest version of its ad whose newest reading accuses. Where a re-reading under newer
rules leaves none, the clue is withdrawn, and reinstated once one accuses again; each with an event in the
history of its case. What a person has decided about is left alone. All of it follows from the stored
readings, so that repeating events changes nothing (docs/releases.md).
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from events.types import CheckedAd, JobAd, Mention
from store.cases import MACHINE, decided, open_cases
from store.feedback import RuleKey, suspensions
from store.models import Case, CaseEvent, Clue
from store.search import index_cases
from store.upsert import insert_new

Row = dict[str, Any]

SUBSTANCE: Final = {
    "quote": "原文",
    "clause": "语句",
    "name": "证书名称",
    "kind": "性质",
    "strength": "要求强度",
    "edition": "目录版本",
    "policy_row": "适用规定",
    "severity": "级别",
    "basis": "依据",
    "ended_by": "取消文件",
    "measure": "处理措施",
    "suggestion": "建议表述",
}
"""What makes a re-reading say something else about a clue, in the words of its case's history."""

_CASE_FACTS: Final = frozenset(
    {"id", "case_id", "ad_id", "employer_id", "division", "source", "qualification", "human_verdict"}
)
"""Columns that a re-reading leaves: they place the clue in its case, or are a person's."""


def add_clues(session: Session, batch: Sequence[CheckedAd]) -> None:
    """Record the clues of `batch` that are not known yet; one that is keeps its evidence and its case."""
    accusing = [event for event in reversed(batch) if event.reading.mentions]
    found = {clue["id"]: clue for event in accusing for clue in reversed(accusations(event))}
    known = set(session.scalars(select(Clue.id).where(Clue.id.in_(found))))
    new = [clue for clue_id, clue in found.items() if clue_id not in known]
    _hold(session, new)
    clues = open_cases(session, new)
    insert_new(session, Clue, clues)
    insert_new(session, CaseEvent, [_added(clue) for clue in clues])
    index_cases(session, {clue["case_id"] for clue in clues})


def follow_rereadings(session: Session, newest: Mapping[str, CheckedAd]) -> None:
    """Withdraw, reinstate or change the clues of ads that were read again, by their `newest` readings."""
    # Not by the clue's id: a case that follows another has a clue of its own of the same words.
    accused: dict[tuple[str, str], tuple[CheckedAd, Row]] = {}
    for event in newest.values():
        for clue in accusations(event):
            accused.setdefault((clue["ad_id"], clue["qualification"]), (event, clue))
    _hold(session, [clue for _, clue in accused.values()])
    open_to_change = (
        select(Clue)
        .join(Case, Case.id == Clue.case_id)
        .where(Clue.ad_id.in_({event.ad.ad_id for event in newest.values()}), ~decided())
        .order_by(Clue.id)
    )
    events: list[Row] = []
    for found in session.scalars(open_to_change):
        key = found.ad_id, found.qualification
        if key in accused:
            events.extend(_uphold(found, *accused[key]))
        elif found.withdrawn_at is None:
            events.append(_withdraw(found, newest[found.version_id]))
    session.flush()
    insert_new(session, CaseEvent, events)
    index_cases(session, {event["case_id"] for event in events})


def _hold(session: Session, clues: Sequence[Row]) -> None:
    """Have those wait for a person that a suspended rule found (docs/feedback.md)."""
    suspended = suspensions(session)
    for clue in clues:
        found = suspended.get(RuleKey(clue["rule"], clue["policy_row"], clue["cue"]))
        clue["held_by"] = found.number if found else None


def _withdraw(clue: Clue, event: CheckedAd) -> Row:
    rules = event.reading.rules_version
    clue.withdrawn_at, clue.withdrawn_rules = _moment(event), rules
    reason = f"规则 {clue.rules_version} 认定为线索，规则 {rules} 不再认定"
    return _case_event(clue, "clue_withdrawn", event, reason)


def _uphold(clue: Clue, event: CheckedAd, evidence: Row) -> Iterator[Row]:
    """Put the clue on the evidence of `event` where it was withdrawn or that says something else."""
    rules = event.reading.rules_version
    changed = [label for name, label in SUBSTANCE.items() if getattr(clue, name) != evidence[name]]
    if clue.withdrawn_at is None and clue.held_by is None:
        evidence["held_by"] = None  # what has counted goes on to count
    if clue.withdrawn_at is None and clue.held_by != evidence["held_by"]:
        changed.append("不再待人工复核")
    if clue.withdrawn_at is not None:
        reason = f"规则 {clue.withdrawn_rules} 撤回，规则 {rules} 重新认定"
        yield _case_event(clue, "clue_reinstated", event, reason)
    elif changed or clue.version_id != evidence["version_id"]:
        reason = f"规则 {clue.rules_version} 与规则 {rules} 认定不同：{'、'.join(changed) or '所据版本'}"
        yield _case_event(clue, "clue_changed", event, reason)
    else:
        return
    for name, value in evidence.items():
        if name not in _CASE_FACTS:
            setattr(clue, name, value)


def _moment(event: CheckedAd) -> datetime:
    """When the rules came into use, or later, when they first met the ad: the same in every replay."""
    since = event.reading.rules_since
    return max(since, event.ad.observed_at) if since else event.ad.observed_at


def _case_event(clue: Clue, action: str, event: CheckedAd, reason: str) -> Row:
    moment = _moment(event)
    return {
        "id": stable_id("case-event", clue.case_id, action, clue.id, event.event_id, moment.isoformat()),
        "case_id": clue.case_id,
        "at": moment,
        "actor": MACHINE,
        "action": action,
        "clue_id": clue.id,
        "reason": reason,
    }


def _added(clue: Mapping[str, Any]) -> Row:
    return {
        "id": stable_id("case-event", clue["case_id"], "clue_added", clue["id"]),
        "case_id": clue["case_id"],
        "at": clue["first_seen"],
        "actor": MACHINE,
        "action": "clue_added",
        "clue_id": clue["id"],
        "reason": clue["rule"] + ("（规则已停用，待人工复核）" if clue["held_by"] else ""),
    }


@lru_cache(maxsize=8192)
def employer_id(company: str) -> str:
    """Identity of an employer by name, whatever the width of its brackets and the spaces inside."""
    return stable_id("employer", "".join(unicodedata.normalize("NFKC", company).split()))


def case_id(ad: JobAd, qualification: str) -> str:
    """Identity of the case: employer × qualification × jurisdiction.

    An ad that names no employer has a case of its own: nothing says that two such ads belong together.
    """
    employer = employer_id(ad.company) if ad.company else f"ad:{ad.ad_id}"
    return stable_id("case", employer, qualification, ad.division)


def accusations(event: CheckedAd) -> list[Row]:
    """The clues that the reading of `event` amounts to: the first accusing mention of each qualification."""
    found: dict[str, Row] = {}
    for mention in event.reading.mentions:
        if mention.verdict == "violation":
            clue = _clue(event, mention)
            found.setdefault(clue["id"], clue)
    return list(found.values())


def clue_id(ad_id: str, mention: Mention) -> str:
    """Identity of a clue: one qualification in one ad."""
    return stable_id("clue", ad_id, mention.qualification or mention.name)


def _clue(event: CheckedAd, mention: Mention) -> Row:
    ad = event.ad
    qualification = mention.qualification or mention.name
    return {
        "id": clue_id(ad.ad_id, mention),
        "case_id": case_id(ad, qualification),
        "ad_id": ad.ad_id,
        "version_id": ad.event_id,
        "reading_id": event.event_id,
        "employer_id": employer_id(ad.company) if ad.company else None,
        "division": ad.division,
        "source": ad.source,
        "field": mention.field,
        "start": mention.start,
        "end": mention.end,
        "quote": mention.quote,
        "clause": mention.clause.text,
        "clause_start": mention.clause.start,
        "name": mention.name,
        "qualification": qualification,
        "kind": mention.kind,
        "strength": mention.strength,
        "cue": mention.cue.text if mention.cue else "",
        "rule": mention.rule,
        "basis": list(mention.basis),
        "ended_by": mention.ended_by,
        "edition": mention.edition,
        "rules_version": event.reading.rules_version,
        "policy_version": event.reading.policy_version,
        "policy_row": mention.row,
        "severity": mention.severity,
        "measure": mention.measure,
        "suggestion": mention.suggestion,
        "first_seen": ad.observed_at,
        "withdrawn_at": None,
        "withdrawn_rules": "",
        "held_by": None,
        "human_verdict": None,
    }
