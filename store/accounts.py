"""Accounts of the console: adding and disabling them, logging in and out, and the record of it."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config.bureaus import bureau_name
from config.casework import casework
from store.access_models import SecondFactor
from store.account_models import Account, AccountEvent, ConsoleSession
from store.cases import MACHINE

ROLES: Final = {"admin": "管理员", "reviewer": "初核", "officer": "承办", "reader": "只读"}
"""Code → Chinese name. What the two in the middle may do with a case is in config/casework.yaml."""

ATTEMPTS: Final = 5
"""To log in, until an account is locked."""
LOCKED_FOR: Final = timedelta(minutes=15)
IDLE: Final = timedelta(minutes=30)
"""After so long without a request somebody is logged out."""
LONGEST: Final = timedelta(hours=10)
"""After so long somebody is logged out in any case."""
NOTED_EVERY: Final = timedelta(minutes=1)
"""A session that was noted less long ago counts as noted: reading a page writes nothing."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in."""

    name: str
    role: str
    bureau: str
    """Sees the cases of this bureau and of those below it."""
    seen_at: datetime
    """When this was last noted (`seen`)."""
    has_factor: bool = False
    """A second factor is asked of them, or the account service of the organisation let them in."""


class AccountError(ValueError):
    """What is asked for an account cannot be done; the message says why."""


def add_account(session: Session, account: Account, *, by: str) -> None:
    """Let a person log in, or a program without a password bear tokens (`store.tokens`).

    Raises:
        AccountError: there is an account of this name, or it can be none; an unknown role, or one with which
            cases are decided, for a program.
        UnknownBureauError: there is no such bureau.
    """
    name = account.name
    if not name or name != name.strip() or not name.isprintable() or name == MACHINE:
        raise AccountError(f"{name!r} cannot be the name of an account")
    if account.role not in ROLES:
        raise AccountError(f"no such role: {account.role}; there are {', '.join(ROLES)}")
    if not account.password and account.role in {action.who for action in casework().actions.values()}:
        raise AccountError(f"people decide in cases: a program is no {account.role}")
    bureau_name(account.bureau)
    if session.get(Account, name) is not None:
        raise AccountError(f"there is an account {name} already")
    session.add(account)
    session.add(AccountEvent(at=account.created_at, account=name, action="added", actor=by))


def set_password(session: Session, name: str, password_hash: str, now: datetime, *, by: str) -> None:
    """Give an account another password, unlock it, and log it out everywhere.

    Raises:
        AccountError: there is no such account.
    """
    account = account_of(session, name)
    account.password = password_hash
    account.attempts, account.locked_until = 0, None
    log_out_everywhere(session, name)
    session.add(AccountEvent(at=now, account=name, action="password", actor=by))


def disable(session: Session, name: str, now: datetime, *, by: str) -> None:
    """Let a person not log in any more, and log them out everywhere.

    Raises:
        AccountError: there is no such account.
    """
    account_of(session, name).disabled_at = now
    log_out_everywhere(session, name)
    session.add(AccountEvent(at=now, account=name, action="disabled", actor=by))


def enable(session: Session, name: str, now: datetime, *, by: str) -> None:
    """Let a person log in again.

    Raises:
        AccountError: there is no such account.
    """
    account_of(session, name).disabled_at = None
    session.add(AccountEvent(at=now, account=name, action="enabled", actor=by))


def account_of(session: Session, name: str) -> Account:
    """The account of this name.

    Raises:
        AccountError: there is none.
    """
    account = session.get(Account, name)
    if account is None:
        raise AccountError(f"there is no account {name}")
    return account


def accounts_within(session: Session, bureaus: Collection[str]) -> Sequence[Account]:
    """Those of the bureaus, by bureau and name."""
    query = select(Account).where(Account.bureau.in_(bureaus))
    return session.scalars(query.order_by(Account.bureau, Account.name)).all()


def record_within(
    session: Session, bureaus: Collection[str], *, limit: int, after: int | None = None
) -> Sequence[AccountEvent]:
    """What was done with the accounts of the bureaus, the newest first; with `after`, what is older."""
    names = select(Account.name).where(Account.bureau.in_(bureaus))
    query = select(AccountEvent).where(AccountEvent.account.in_(names))
    if after is not None:
        query = query.where(AccountEvent.number < after)
    return session.scalars(query.order_by(AccountEvent.number.desc()).limit(limit)).all()


def attempt(session: Session, name: str, now: datetime) -> str | None:
    """Count an attempt to log in before it is decided; the hash to compare the password with.

    None where nobody may log in so: no such account, a program's, disabled, or locked. Since each attempt is
    counted first, many at once get no more of them than one after the other.
    """
    account = session.scalars(select(Account).where(Account.name == name).with_for_update()).one_or_none()
    if account is None or not account.password or account.disabled_at:
        return None
    if account.locked_until and now < account.locked_until:
        return None
    account.attempts += 1
    if account.attempts >= ATTEMPTS:
        account.attempts, account.locked_until = 0, now + LOCKED_FOR
    return account.password


def admit(session: Session, name: str, token: str, now: datetime, *, address: str) -> None:
    """Log in somebody whose password was right; `token` is new and has 256 random bits."""
    account = account_of(session, name)
    account.attempts, account.locked_until = 0, None
    _begin(session, name, token, now)
    session.add(AccountEvent(at=now, account=name, action="logged_in", actor=name, address=address))


def admit_by_provider(session: Session, name: str, token: str, now: datetime, *, address: str) -> bool:
    """Log in somebody whom the account service of the organisation knows; is there such a person here?"""
    account = session.get(Account, name)
    if account is None or not account.password or account.disabled_at:
        return False
    _begin(session, name, token, now).by_provider = True
    session.add(AccountEvent(at=now, account=name, action="provider", actor=name, address=address))
    return True


def refuse(session: Session, name: str, now: datetime, *, address: str) -> None:
    """Note that somebody was not let in."""
    account = session.get(Account, name)
    locked = account is not None and account.locked_until is not None and now < account.locked_until
    known = name if account is not None else ""
    session.add(
        AccountEvent(
            at=now, account=known, action="locked" if locked else "refused", actor=known, address=address
        )
    )


def log_out(session: Session, token: str, now: datetime, *, address: str) -> None:
    """End the session of this token, if there is one."""
    found = session.get(ConsoleSession, _hash(token))
    if found is not None:
        name = found.account
        session.add(AccountEvent(at=now, account=name, action="logged_out", actor=name, address=address))
        session.delete(found)


def logged_in(session: Session, token: str, now: datetime) -> Person | None:
    """Who is logged in with this token; None for nobody."""
    found = session.get(ConsoleSession, _hash(token))
    if found is None or now >= found.seen_at + IDLE or now >= found.created_at + LONGEST:
        return None
    account = session.get_one(Account, found.account)
    has_factor = found.by_provider or session.get(SecondFactor, account.name) is not None
    return Person(account.name, account.role, account.bureau, found.seen_at, has_factor)


def seen(session: Session, token: str, now: datetime) -> None:
    """Note that the session of this token is in use."""
    found = session.get(ConsoleSession, _hash(token))
    if found is not None:
        found.seen_at = now


def _begin(session: Session, name: str, token: str, now: datetime) -> ConsoleSession:
    session.execute(delete(ConsoleSession).where(ConsoleSession.created_at < now - LONGEST))
    begun = ConsoleSession(token_sha256=_hash(token), account=name, created_at=now, seen_at=now)
    session.add(begun)
    return begun


def log_out_everywhere(session: Session, name: str) -> None:
    """End all sessions of an account."""
    session.execute(delete(ConsoleSession).where(ConsoleSession.account == name))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
