"""What is only looked at: the catalogue, the precision of rules, how boards fare."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.exceptions import HTTPException

from config.catalogue import lookup
from config.feedback import feedback
from reports.api.gate import Answer, Asking, Caller, Text
from reports.boards import UnreadableError
from reports.look_up import LONGEST_NAME
from store.database import snapshot
from store.feedback import rule_records


class AskedName(Asking):
    """What is looked up."""

    name: Annotated[Text, Field(min_length=1, max_length=LONGEST_NAME)]
    """A name, an alias or an id."""
    on: date | None = None
    """The day whose law applies; today where it is left out."""


class ToldRule(Answer):
    """A rule, and what people decided about what it found."""

    rule: str
    policy_row: str
    cue: str
    """The words that it went by."""
    confirmed: int
    cases: int
    """Decided ones: those since a person last lifted a suspension of it."""
    low: float
    high: float
    """Of the 95 % Wilson interval of the precision."""
    floor: float
    """The precision below which it is not trusted."""
    enough: int
    """So many cases must have been decided before anything follows."""
    suspended_since: datetime | None
    suspended_by: str
    why: str


class Rules(Answer):
    """The rules that people decided about, or that are suspended, in the order of their names."""

    rules: tuple[ToldRule, ...]


class ToldSource(Answer):
    """How one board fares."""

    source: str
    name: str
    state: str
    """live, partial, degraded, held, blocked, gone or never."""
    since: datetime | None
    last_complete: datetime | None
    why: str
    """As the runs noted it."""
    stopped: str
    """Who stopped the board and why; empty where nobody did."""
    live: int
    suspect: int
    gone: int
    """Ads by state."""
    due: int
    """Pages that are due."""


class Sources(Answer):
    """All boards that may be crawled."""

    sources: tuple[ToldSource, ...]


def look_up_name(asked: Annotated[AskedName, Query()], caller: Caller) -> lookup.Answer:
    """Tell what a paper is, its history, and whether it may be demanded; no `meanings` for an unknown one."""
    return lookup.look_up(caller.desk.law, asked.name, asked.on or caller.now.date())


def list_rules(caller: Caller) -> Rules:
    """Tell how often people confirmed what each rule found, and which rules are suspended."""
    return Rules(rules=tuple(_rules(caller)))


def list_sources(caller: Caller) -> Sources:
    """Tell how each board fares."""
    try:
        lines = caller.desk.boards()
    except UnreadableError as error:
        raise HTTPException(503, str(error)) from error
    return Sources(sources=tuple(map(ToldSource.model_validate, lines)))


def _rules(caller: Caller) -> Iterator[ToldRule]:
    with snapshot(caller.desk.engine) as session:
        records = rule_records(session)
    for record in records:
        (low, high), floor = record.precision.interval, feedback().of(record.key.rule)
        yield ToldRule(
            **record.key._asdict(),
            confirmed=record.precision.confirmed,
            cases=record.precision.cases,
            low=low,
            high=high,
            floor=floor.floor,
            enough=floor.cases,
            suspended_since=record.suspension and record.suspension.since,
            suspended_by=record.suspension.by if record.suspension else "",
            why=record.suspension.why if record.suspension else "",
        )
