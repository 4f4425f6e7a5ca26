"""Logging in and out, and changing one's password."""

from typing import Final

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from reports.console.gate import LOGIN, Visit, set_cookie
from reports.console.provider import Provider, ProviderError
from store.accounts import admit, admit_by_provider, attempt, log_out, refuse, set_password
from store.database import transaction
from store.passwords import LONGEST, SHORTEST, WeakPasswordError, hashed, matches
from store.second_factors import passes

logger = structlog.get_logger()

FIRST: Final = "/cases"
"""Where one comes after logging in."""
_WRONG: Final = "用户名、密码或验证码不对，或者账号已停用、已锁定。多次不成功后账号锁定十五分钟。"


def ask(visit: Visit) -> Response:
    return RedirectResponse(FIRST, 303) if visit.visitor else _login_page(visit)


def come_in(visit: Visit) -> Response:
    """Log in; the browser gets another token, so that one known to somebody else is of no use."""
    name = visit.form.get("name", "")
    is_right = is_password_of(visit, name)
    with transaction(visit.desk.engine) as session:
        if not (is_right and passes(session, name, visit.form.get("code", ""), visit.now)):
            refuse(session, name, visit.now, address=visit.address)
            return _login_page(
                visit, "用户名、密码或验证码不对，或者账号已停用、已锁定。多次不成功后账号锁定十五分钟。"
            )
        token = visit.desk.new_token()
        log_out(session, visit.token, visit.now, address=visit.address)
        admit(session, name, token, visit.now, address=visit.address)
    return set_cookie(RedirectResponse(FIRST, 303), token)


def go_to_provider(visit: Visit) -> Response:
    """Have the account service of the organisation ask who this is."""
    provider = _provider(visit)
    try:
        return RedirectResponse(provider.question(visit.token), 303)
    except ProviderError as error:
        return _not_known(visit, error)


def come_from_provider(visit: Visit) -> Response:
    """Log in whom the service names, if there is such an account; the browser gets another token here too."""
    provider = _provider(visit)
    try:
        name = provider.name(visit.token, visit.query, visit.now)
    except ProviderError as error:
        return _not_known(visit, error)
    token = visit.desk.new_token()
    with transaction(visit.desk.engine) as session:
        log_out(session, visit.token, visit.now, address=visit.address)
        if not admit_by_provider(session, name, token, visit.now, address=visit.address):
            refuse(session, name, visit.now, address=visit.address)
            return _login_page(visit, "统一身份认证的身份在本系统没有可用的账号，请联系管理员。")
    return set_cookie(RedirectResponse(FIRST, 303), token)


def _provider(visit: Visit) -> Provider:
    if visit.desk.provider is None:
        raise HTTPException(404)
    return visit.desk.provider


def _not_known(visit: Visit, error: ProviderError) -> Response:
    logger.warning("the account service named nobody", reason=str(error))
    return _login_page(visit, "统一身份认证没有成功，请重试，或者用本系统的密码登录。")


def _login_page(visit: Visit, problem: str = "") -> Response:
    name = visit.form.get("name", "")
    has_provider = visit.desk.provider is not None
    status = 403 if problem else 200
    return visit.page("login", status=status, name=name, problem=problem, has_provider=has_provider)


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
