"""Tokens of programs: who is let in, until when, and what the same request gets again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from store import tokens
from store.account_models import Account, AccountEvent
from store.accounts import AccountError, Person, add_account, attempt, disable
from store.database import snapshot, transaction
from store.token_models import AccountToken
from store.tokens import NewToken, OtherRequestError, Request, done_before, note_done
from tests.factory import WEDNESDAY

DAY = timedelta(days=1)


@pytest.fixture
def known(engine: Engine) -> Engine:
    """An account and its token `t`, for one day."""
    with transaction(engine) as session:
        fields = {"role": "reviewer", "bureau": "310000", "created_at": WEDNESDAY, "attempts": 0}
        add_account(session, Account(name="王初核", password="kept", **fields), by="root")
        new = NewToken(
            token="t",
            program="派单系统",
            reads_only=True,
            created_at=WEDNESDAY,
            expires_at=WEDNESDAY + DAY,
        )
        session.flush()
        tokens.add_token(session, "王初核", new, by="root")
    return engine


def bearer(engine: Engine, token: str = "t", at: datetime = WEDNESDAY) -> tokens.Bearer | None:
    with snapshot(engine) as session:
        return tokens.bearer(session, token, at)


def token_id(engine: Engine) -> str:
    with snapshot(engine) as session:
        return session.scalars(select(AccountToken.id)).one()


def test_the_bearer_of_a_token_is_taken_for_its_account(known: Engine) -> None:
    person = Person("王初核", "reviewer", "310000", WEDNESDAY)
    assert bearer(known) == tokens.Bearer(person, reads_only=True)
    assert bearer(known, "another") is None
    assert bearer(known, "") is None


def test_a_token_expires(known: Engine) -> None:
    assert bearer(known, at=WEDNESDAY + DAY - timedelta(seconds=1))
    assert bearer(known, at=WEDNESDAY + DAY) is None


def test_a_token_ends_when_it_is_revoked(known: Engine) -> None:
    for _ in range(2):
        with transaction(known) as session:
            assert tokens.revoke_token(session, token_id(known), WEDNESDAY, by="root") == "王初核"
    assert bearer(known) is None
    with snapshot(known) as session:
        events = session.scalars(select(AccountEvent.action).order_by(AccountEvent.number)).all()
    assert events == ["added", "token_added", "token_revoked"]


def test_a_token_ends_with_its_account(known: Engine) -> None:
    with transaction(known) as session:
        disable(session, "王初核", WEDNESDAY, by="root")
    assert bearer(known) is None
    again = NewToken(token="u", program="", reads_only=True, created_at=WEDNESDAY, expires_at=WEDNESDAY)
    with transaction(known) as session, pytest.raises(AccountError, match="is disabled"):
        tokens.add_token(session, "王初核", again, by="root")


def test_the_token_itself_is_not_kept(known: Engine) -> None:
    with snapshot(known) as session:
        row = session.scalars(select(AccountToken)).one()
        assert "t" not in {row.id, row.token_sha256, row.account, row.program}


def test_tokens_are_listed_within_an_area_only(known: Engine) -> None:
    with snapshot(known) as session:
        assert len(tokens.tokens_within(session, ["310000"])) == 1
        assert tokens.tokens_within(session, ["330000"]) == []


def test_what_is_no_token_cannot_be_revoked(engine: Engine) -> None:
    with transaction(engine) as session, pytest.raises(AccountError, match="no token"):
        tokens.revoke_token(session, "none", WEDNESDAY, by="root")


@pytest.mark.parametrize("role", ["reviewer", "officer"])
def test_a_program_of_its_own_decides_nothing(engine: Engine, role: str) -> None:
    program = Account(
        name="派单系统", role=role, bureau="310000", password="", created_at=WEDNESDAY, attempts=0
    )
    with transaction(engine) as session, pytest.raises(AccountError, match="people decide"):
        add_account(session, program, by="root")


def test_a_program_cannot_log_in(engine: Engine) -> None:
    program = Account(
        name="派单系统", role="reader", bureau="310000", password="", created_at=WEDNESDAY, attempts=0
    )
    with transaction(engine) as session:
        add_account(session, program, by="root")
    with transaction(engine) as session:
        assert attempt(session, "派单系统", WEDNESDAY) is None


def test_the_same_request_is_answered_the_same_and_another_is_refused(known: Engine) -> None:
    request = Request("王初核", "1", b"confirm")
    with transaction(known) as session:
        assert done_before(session, request) is None
        note_done(session, request, {"status": "reviewed"}, WEDNESDAY)
    with transaction(known) as session:
        assert done_before(session, request) == {"status": "reviewed"}
        assert done_before(session, Request("王初核", "2", b"confirm")) is None
        with pytest.raises(OtherRequestError, match="'1'"):
            done_before(session, Request("王初核", "1", b"dismiss"))
