"""Tokens with which programs use the JSON API in an account's name, and what they did with them."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from events.ids import stable_id
from store.account_models import Account, AccountEvent
from store.accounts import AccountError, Person, account_of
from store.token_models import AccountToken, ApiDeed


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that is to be let in."""

    token: str
    """256 random bits, as text; not kept."""
    program: str
    """What it is given to."""
    reads_only: bool
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Bearer:
    """In whose name a program asks."""

    person: Person
    reads_only: bool


@dataclass(frozen=True, slots=True)
class Request:
    """What an account asks to be done, under a key of its own choosing."""

    account: str
    key: str
    asked: bytes
    """Address and body."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.asked).hexdigest()


class OtherRequestError(ValueError):
    """Another request came under this idempotency key before."""


def add_token(session: Session, name: str, new: NewToken, *, by: str) -> str:
    """Let the bearer of a token be taken for the account `name` until it expires; the token's id.

    Raises:
        AccountError: there is no such account, or it is disabled.
    """
    if account_of(session, name).disabled_at:
        raise AccountError(f"{name} is disabled")
    hashed = _hash(new.token)
    token = AccountToken(
        id=stable_id("account-token", hashed),
        account=name,
        program=new.program,
        token_sha256=hashed,
        reads_only=new.reads_only,
        created_at=new.created_at,
        expires_at=new.expires_at,
    )
    session.add(token)
    session.add(AccountEvent(at=new.created_at, account=name, action="token_added", actor=by))
    return token.id


def revoke_token(session: Session, token_id: str, now: datetime, *, by: str) -> str:
    """Let nobody in with this token any more; the account's name. What is revoked stays so.

    Raises:
        AccountError: there is no token of this id.
    """
    token = session.get(AccountToken, token_id)
    if token is None:
        raise AccountError(f"there is no token {token_id}")
    if token.revoked_at is None:
        token.revoked_at = now
        session.add(AccountEvent(at=now, account=token.account, action="token_revoked", actor=by))
    return token.account


def tokens_within(session: Session, bureaus: Collection[str]) -> Sequence[AccountToken]:
    """Those of the bureaus' accounts, by account, the oldest first."""
    query = select(AccountToken).join(Account, Account.name == AccountToken.account)
    order = AccountToken.account, AccountToken.created_at, AccountToken.id
    return session.scalars(query.where(Account.bureau.in_(bureaus)).order_by(*order)).all()


def bearer(session: Session, token: str, now: datetime) -> Bearer | None:
    """In whose name the bearer of `token` asks; None for nobody: unknown, expired, revoked, or disabled."""
    query = (
        select(AccountToken, Account)
        .join(Account, Account.name == AccountToken.account)
        .where(AccountToken.token_sha256 == _hash(token), AccountToken.revoked_at.is_(None))
        .where(AccountToken.expires_at > now, Account.disabled_at.is_(None))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    known, account = found
    return Bearer(Person(account.name, account.role, account.bureau, now), known.reads_only)


def done_before(session: Session, request: Request) -> Mapping[str, Any] | None:
    """What the account was answered when it asked the same under this key before; None where it did not.

    Other requests of the account wait until the transaction ends.

    Raises:
        OtherRequestError: it asked for something else under the key.
    """
    session.execute(select(Account.name).where(Account.name == request.account).with_for_update())
    found = session.get(ApiDeed, (request.account, request.key))
    if found is None:
        return None
    if found.asked_sha256 != request.sha256:
        raise OtherRequestError(f"another request came under the idempotency key {request.key!r}")
    return found.answer


def note_done(session: Session, request: Request, answer: Mapping[str, Any], at: datetime) -> None:
    """Keep what was answered, in the transaction that did it."""
    session.add(
        ApiDeed(
            account=request.account,
            idempotency_key=request.key,
            asked_sha256=request.sha256,
            at=at,
            answer=dict(answer),
        )
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
