"""Tokens of platforms: for which board, until when, on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from config.platforms import platforms
from store import tokens
from store.accounts import AccountError
from store.board_tokens import BoardBearer, add_board_token, board_bearer, board_tokens, revoke_board_token
from store.database import snapshot, transaction
from store.notice_replies import Reply, faults
from store.notices import notice_line
from store.token_models import BoardToken
from store.tokens import NewToken
from tests.factory import WEDNESDAY
from tests.noticed import NUMBER, approved, issued

DAY = timedelta(days=1)


def new(program: str = "合规系统") -> NewToken:
    until = WEDNESDAY + DAY
    return NewToken(token="t", program=program, reads_only=False, created_at=WEDNESDAY, expires_at=until)


@pytest.fixture
def known(engine: Engine) -> Engine:
    with transaction(engine) as session:
        add_board_token(session, "demo", new(), by="root")
    return engine


def bearer(engine: Engine, token: str = "t", at: datetime = WEDNESDAY) -> BoardBearer | None:
    with snapshot(engine) as session:
        return board_bearer(session, token, at)


def test_the_bearer_speaks_for_the_board_until_the_token_ends(known: Engine) -> None:
    assert bearer(known) == BoardBearer("demo", "合规系统", reads_only=False)
    assert bearer(known, "another") is None
    assert bearer(known, at=WEDNESDAY + DAY) is None
    with snapshot(known) as session:
        assert tokens.bearer(session, "t", WEDNESDAY) is None
        token_id = session.scalars(select(BoardToken.id)).one()
    for by in ("root", "other"):
        with transaction(known) as session:
            assert revoke_board_token(session, token_id, WEDNESDAY, by=by) == "demo"
    assert bearer(known) is None
    with snapshot(known) as session:
        assert [(each.created_by, each.revoked_by) for each in board_tokens(session)] == [("root", "root")]


@pytest.mark.parametrize(
    ("board", "program"), [("x", "a"), ("demo", ""), ("demo", "a\n"), ("demo", "a" * 81)]
)
def test_what_cannot_be_a_token_is_refused(engine: Engine, board: str, program: str) -> None:
    with pytest.raises(AccountError), transaction(engine) as session:
        add_board_token(session, board, new(program), by="root")
    with pytest.raises(AccountError, match="there is no token"), transaction(engine) as session:
        revoke_board_token(session, "x", WEDNESDAY, by="root")


def test_a_board_that_is_configured_no_more_has_no_speaker(
    known: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = platforms().model_copy(update={"boards": {}})
    monkeypatch.setattr("store.board_tokens.platforms", lambda: without)
    assert bearer(known) is None


@pytest.mark.parametrize("said", [{"said_by": "王" * 101}, {"why": "已" * 2001}, {"why": "\0"}])
def test_an_answer_that_no_database_holds_is_told(engine: Engine, said: dict[str, str]) -> None:
    approved(engine, 1)
    issued(engine)
    given = {"said_by": "王合规", "why": "", **said}
    reply = Reply(place=1, outcome="removed", done_on=WEDNESDAY.date(), **given)
    with snapshot(engine) as session:
        line = notice_line(session, NUMBER)
        assert line is not None
        (fault,) = faults(reply, line.notice, 1, WEDNESDAY.date())
    assert fault.startswith(next(iter(said)))
