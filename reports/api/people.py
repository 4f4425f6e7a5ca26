"""What an administrator is told of an area: accounts, what was done with them, who read what is personal."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import Query
from pydantic import Field

from reports.api.gate import Answer, Asking, Caller, RowNumber
from store.accounts import accounts_within, record_within
from store.database import snapshot
from store.jurisdiction import bureaus_within
from store.reads import reads_within

_LISTED: Final = 100


class AskedRecord(Asking):
    """Which part of a record, the newest rows first."""

    after: RowNumber | None = None
    """Number of the last row of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = _LISTED


class ToldAccount(Answer):
    """An account."""

    name: str
    role: str
    bureau: str
    created_at: datetime
    disabled_at: datetime | None
    locked_until: datetime | None


class Accounts(Answer):
    """The accounts of the bureau and of those below it, by bureau and name."""

    accounts: tuple[ToldAccount, ...]


class ToldEvent(Answer):
    """What was done with an account."""

    number: int
    at: datetime
    account: str
    action: str
    actor: str
    address: str
    """Of the browser; empty for a command."""


class Events(Answer):
    """One page of what was done with the accounts of the area."""

    events: tuple[ToldEvent, ...]


class ToldRead(Answer):
    """Somebody read what is personal or not masked."""

    number: int
    at: datetime
    actor: str
    what: str
    """evidence, contact, pack or objection: of a capture, a report, a case, an objection."""
    subject: str
    """Its id or number."""
    sha256: str
    """Of the bytes that were handed out; empty where it were none."""
    bureau: str
    why: str


class Reads(Answer):
    """One page of what was read of the matters of the area."""

    reads: tuple[ToldRead, ...]


def list_accounts(caller: Caller) -> Accounts:
    """List the accounts of the area."""
    with snapshot(caller.desk.engine) as session:
        found = accounts_within(session, bureaus_within(caller.person.bureau))
        return Accounts(accounts=tuple(map(ToldAccount.model_validate, found)))


def list_account_events(asked: Annotated[AskedRecord, Query()], caller: Caller) -> Events:
    """List what was done with the accounts of the area, the newest first."""
    area = bureaus_within(caller.person.bureau)
    with snapshot(caller.desk.engine) as session:
        found = record_within(session, area, limit=asked.limit, after=asked.after)
        return Events(events=tuple(map(ToldEvent.model_validate, found)))


def list_reads(asked: Annotated[AskedRecord, Query()], caller: Caller) -> Reads:
    """List who read what is personal or not masked of the matters of the area, the newest first."""
    area = bureaus_within(caller.person.bureau)
    with snapshot(caller.desk.engine) as session:
        found = reads_within(session, area, limit=asked.limit, after=asked.after)
        return Reads(reads=tuple(map(ToldRead.model_validate, found)))
