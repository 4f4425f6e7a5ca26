"""The chain over the history of cases shows whatever is changed behind its back."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from config.casework import Given
from store.audit import Link, breaks, head, seal, unsealed
from store.casework import act
from store.database import snapshot, transaction
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

TRIGGERS = {
    "sqlite": (
        "case_events_no_update",
        "case_events_no_delete",
        "audit_links_no_update",
        "audit_links_no_delete",
    ),
    "postgresql": ("case_events_append_only", "audit_links_append_only"),
}


@pytest.fixture
def sealed(engine: Engine) -> Engine:
    """A store with the history of two cases and three deeds, all of it sealed, and its guards off."""
    add(engine, violation(1), violation(2, company="另一家公司"))
    with transaction(engine) as session:
        for number, name, by in (
            ("1", "confirm", "王初核"),
            ("2", "dismiss", "王初核"),
            ("1", "approve", "李复核"),
        ):
            given = Given(by=by, why="经核实", asked={})
            act(session, f"QD-310000-2026-00000{number}", name, given, WEDNESDAY + timedelta(hours=1))
        assert seal(session, limit=3) == 3
        assert seal(session, limit=100) == 1
    return engine


def forge(engine: Engine, statement: str) -> None:
    """Change the tables as somebody does who owns the database."""
    dialect = engine.dialect.name
    with engine.begin() as connection:
        for trigger in TRIGGERS[dialect]:
            table = trigger.partition("_no_" if dialect == "sqlite" else "_append")[0]
            on = "" if dialect == "sqlite" else f" ON {table}"
            connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        connection.execute(text(statement))


def broken(engine: Engine, printed: Link | None = None) -> list[str]:
    with snapshot(engine) as session:
        return list(breaks(session, printed=printed))


def test_an_untouched_history_holds(sealed: Engine) -> None:
    assert broken(sealed) == []
    with snapshot(sealed) as session:
        assert head(session).number == 7
        assert unsealed(session) == 0


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE case_events SET actor = '别人' WHERE action = 'dismiss'", "link 2: event "),
        ("UPDATE case_events SET reason = '' WHERE action = 'confirm'", "link 1: event "),
        ("UPDATE case_events SET to_status = 'closed' WHERE action = 'approve'", "link 3: event "),
        ("DELETE FROM case_events WHERE action = 'approve'", "link 3: its event "),
        ("DELETE FROM audit_links WHERE number = 4", "link 4 is missing"),
    ],
)
def test_whatever_is_changed_shows(sealed: Engine, statement: str, message: str) -> None:
    forge(sealed, statement)
    assert broken(sealed)[0].startswith(message)


def test_a_chain_that_was_cut_or_forged_whole_shows_against_what_was_printed(sealed: Engine) -> None:
    with snapshot(sealed) as session:
        printed = head(session)
    assert broken(sealed, printed) == []
    assert broken(sealed, Link(7, "f" * 64)) == [f"link 7: printed as {'f' * 64}, now {printed.hash}"]
    forge(sealed, "DELETE FROM audit_links WHERE number = 7")
    assert broken(sealed) == []
    assert broken(sealed, printed) == ["link 7 was printed, the chain ends with 6"]


def test_the_chain_refuses_to_be_changed(sealed: Engine) -> None:
    for statement in ("UPDATE audit_links SET hash = ''", "DELETE FROM audit_links"):
        with pytest.raises(DBAPIError, match="append-only"), sealed.begin() as connection:
            connection.execute(text(statement))
