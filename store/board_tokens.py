"""Tokens with which platforms read and answer the notices that went to them, and do nothing else.

They are no tokens of accounts (`store.tokens`): where those are asked for, these are unknown.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.platforms import platforms
from events.ids import stable_id
from store.accounts import AccountError
from store.token_models import BoardToken
from store.tokens import NewToken

LONGEST_NAME: Final = 80
"""Characters of the program's name, which stands in the history of cases."""


@dataclass(frozen=True, slots=True)
class BoardBearer:
    """For which board a program speaks."""

    board: str
    program: str
    reads_only: bool


def add_board_token(session: Session, board: str, new: NewToken, *, by: str) -> str:
    """Let the bearer of a token answer for `board` until it expires; the token's id.

    Raises:
        AccountError: there is no such board in config/platforms.yaml, or the program has no usable name.
    """
    if board not in platforms().boards:
        raise AccountError(f"{board} is not among the boards of config/platforms.yaml; name it there")
    name = new.program
    if not name or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise AccountError(f"{name!r} cannot be the name of a program; at most {LONGEST_NAME} characters")
    hashed = _hash(new.token)
    token = BoardToken(
        id=stable_id("board-token", hashed),
        board=board,
        program=name,
        token_sha256=hashed,
        reads_only=new.reads_only,
        created_at=new.created_at,
        created_by=by,
        expires_at=new.expires_at,
    )
    session.add(token)
    return token.id


def revoke_board_token(session: Session, token_id: str, now: datetime, *, by: str) -> str:
    """Let nobody in with this token any more; the board. What is revoked stays so.

    Raises:
        AccountError: there is no token of this id.
    """
    token = session.get(BoardToken, token_id)
    if token is None:
        raise AccountError(f"there is no token {token_id}")
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = now, by
    return token.board


def board_tokens(session: Session) -> Sequence[BoardToken]:
    """All, by board, the oldest first."""
    return session.scalars(
        select(BoardToken).order_by(BoardToken.board, BoardToken.created_at, BoardToken.id)
    ).all()


def board_bearer(session: Session, token: str, now: datetime) -> BoardBearer | None:
    """For which board the bearer of `token` speaks; None for nobody: unknown, expired, or revoked."""
    mine = BoardToken.token_sha256 == _hash(token), BoardToken.revoked_at.is_(None)
    found = session.scalars(select(BoardToken).where(*mine, BoardToken.expires_at > now)).one_or_none()
    # A board that was taken out of the configuration is answered for by nobody.
    if found is None or found.board not in platforms().boards:
        return None
    return BoardBearer(found.board, found.program, found.reads_only)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
