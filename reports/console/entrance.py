"""Logging in and out."""

from typing import Final

from starlette.responses import RedirectResponse, Response

from reports.console.gate import LOGIN, Visit, set_cookie
from store.accounts import admit, attempt, log_out, refuse
from store.database import transaction
from store.passwords import matches

FIRST: Final = "/cases"
"""Where one comes after logging in."""


def ask(visit: Visit) -> Response:
    return RedirectResponse(FIRST, 303) if visit.visitor else visit.page("login", name="", wrong=False)


def come_in(visit: Visit) -> Response:
    """Log in; the browser gets another token, so that one known to somebody else is of no use."""
    name, password = visit.form.get("name", ""), visit.form.get("password", "")
    with transaction(visit.desk.engine) as session:
        kept = attempt(session, name, visit.now)
    # Outside of a transaction: comparing takes long on purpose.
    is_right = matches(password, kept)
    with transaction(visit.desk.engine) as session:
        if not is_right:
            refuse(session, name, visit.now, address=visit.address)
            return visit.page("login", status=403, name=name, wrong=True)
        token = visit.desk.new_token()
        log_out(session, visit.token, visit.now, address=visit.address)
        admit(session, name, token, visit.now, address=visit.address)
    return set_cookie(RedirectResponse(FIRST, 303), token)


def leave(visit: Visit) -> Response:
    with transaction(visit.desk.engine) as session:
        log_out(session, visit.token, visit.now, address=visit.address)
    return set_cookie(RedirectResponse(LOGIN, 303), visit.desk.new_token())
