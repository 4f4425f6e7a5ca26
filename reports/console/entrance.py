"""Logging in and out, and changing one's password."""

from typing import Final

from starlette.responses import RedirectResponse, Response

from reports.console.gate import LOGIN, Visit, set_cookie
from store.accounts import admit, attempt, log_out, refuse, set_password
from store.database import transaction
from store.passwords import LONGEST, SHORTEST, WeakPasswordError, hashed, matches
from store.second_factors import passes

FIRST: Final = "/cases"
"""Where one comes after logging in."""


def ask(visit: Visit) -> Response:
    return RedirectResponse(FIRST, 303) if visit.visitor else visit.page("login", name="", wrong=False)


def come_in(visit: Visit) -> Response:
    """Log in; the browser gets another token, so that one known to somebody else is of no use."""
    name = visit.form.get("name", "")
    is_right = is_password_of(visit, name)
    with transaction(visit.desk.engine) as session:
        if not (is_right and passes(session, name, visit.form.get("code", ""), visit.now)):
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


def ask_password(visit: Visit) -> Response:
    return _password_page(visit)


def change_password(visit: Visit) -> Response:
    """Give oneself another password; one is logged out everywhere, and logs in with it."""
    name, new = visit.person.name, visit.form.get("new", "")
    if new != visit.form.get("again", ""):
        return _password_page(visit, "两遍新密码不一样。")
    try:
        kept = hashed(new, name=name)
    except WeakPasswordError:
        return _password_page(visit, f"新密码须有 {SHORTEST} 至 {LONGEST} 个字符，且不能只是重复。")
    if not is_password_of(visit, name):
        return _password_page(visit, "现在的密码不对，或者账号已锁定。")
    with transaction(visit.desk.engine) as session:
        set_password(session, name, kept, visit.now, by=name)
    return RedirectResponse(LOGIN, 303)


def _password_page(visit: Visit, problem: str = "") -> Response:
    return visit.page("password", status=400 if problem else 200, problem=problem, shortest=SHORTEST)


def is_password_of(visit: Visit, name: str) -> bool:
    """Is what the form gives as password that of the account? It counts as an attempt to log in."""
    with transaction(visit.desk.engine) as session:
        kept = attempt(session, name, visit.now)
    # Outside of a transaction: comparing takes long on purpose.
    return matches(visit.form.get("password", ""), kept)
