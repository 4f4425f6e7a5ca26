"""The gate that every request to the console goes through: form, token, account and role, then the page.

A page is data: its path, who may ask for it, and a function from a visit to a response.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from config.catalogue.demand import Law
from config.divisions import NATION
from events.types import DeadLetter
from reports.boards import BoardLine
from reports.console.provider import Provider
from reports.console.words import ERRORS
from reports.forms import Upload, form_of, storable, upload_of
from reports.limits import Gate
from reports.notice.replies import FilledList
from reports.templating import environment
from store.accounts import NOTED_EVERY, ROLES, Person, logged_in, seen
from store.database import snapshot, transaction

COOKIE: Final = "__Host-qingdan"
LOGIN: Final = "/login"
FACTOR: Final = "/second-factor"
LARGEST_FORM: Final = 64 * 1024
"""Bytes."""
LARGEST_FILE: Final = 2 * 1024 * 1024
"""Bytes of a form with a file; the list of a full notice has a twentieth of that."""

Roles = frozenset[str]
ANYBODY: Final[Roles] = frozenset()
"""Needs no account."""
EVERY_ROLE: Final[Roles] = frozenset(ROLES)


@dataclass(frozen=True, slots=True)
class Desk:
    """What pages work with."""

    engine: Engine
    law: Law
    clock: Callable[[], datetime]
    new_token: Callable[[], str]
    """Gives 256 random bits, as text."""
    boards: Callable[[], Sequence[BoardLine]]
    """How each board fares now; `reports.boards.UnreadableError` where its files cannot be read."""
    letter: Callable[[str], DeadLetter | None]
    """The dead letter with an id; None where the log has it no more, or is away."""
    strict: Roles = ANYBODY
    """Roles whose accounts must have a second factor."""
    provider: Provider | None = None
    """The account service of the organisation, where there is one."""
    gate: Gate = field(default_factory=Gate)
    """Counts what programs ask for, and whoever comes by a link to sign."""
    read_list: Callable[[str, bytes], FilledList] | None = None
    """Reads a list that came back, by the suffix of its name; may raise `UnreadableListError`."""
    sign_key: bytes = field(default=b"", repr=False)
    """Of the links by which letters are signed for; empty: there are none."""

    def asks_for_factor(self, person: Person) -> bool:
        """Has this person to set up a second factor first?"""
        return person.role in self.strict and not person.has_factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request, with who makes it."""

    desk: Desk
    token: str
    """Of the browser: that of a session, or of nobody yet."""
    visitor: Person | None
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    address: str
    file: Upload | None = None

    @property
    def person(self) -> Person:
        """Who is logged in; only pages that need an account may ask."""
        assert self.visitor is not None
        return self.visitor

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what templates print
        """The page of reports/templates/console/`template`.html.j2."""
        said = {"person": self.visitor, "csrf": form_token(self.token), "now": self.now}
        shared = {"roles": ROLES, "nation": NATION}
        text = environment().get_template(f"console/{template}.html.j2").render(**said, **shared, **values)
        return HTMLResponse(text, status)


@dataclass(frozen=True, slots=True)
class Page:
    method: Literal["GET", "POST"]
    path: str
    answer: Callable[[Visit], Response]
    roles: Roles
    nationwide: bool = False
    """Shows what belongs to no bureau, so it is there for accounts of the nation's only."""
    takes_file: bool = False

    def route(self, desk: Desk) -> Route:
        async def endpoint(request: Request) -> Response:
            form, file = await self._given(request)
            return await run_in_threadpool(_answer, self, desk, request, form, file)

        return Route(self.path, endpoint, methods=[self.method])

    async def _given(self, request: Request) -> tuple[Mapping[str, str], Upload | None]:
        if self.takes_file:
            return await upload_of(request, most=LARGEST_FILE)
        return await form_of(request, most=LARGEST_FORM) if self.method == "POST" else {}, None


def form_token(token: str) -> str:
    """What a form has to bring with it from the page: nobody else can reckon it from outside the browser."""
    return hashlib.sha256(f"form:{token}".encode()).hexdigest()


def set_cookie(response: Response, token: str) -> Response:
    """`response`, which gives the browser this token."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="lax", path="/")
    return response


def error_page(_request: Request, error: Exception) -> Response:
    """The page for a request that is refused."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    text = environment().get_template("console/error.html.j2").render(status=status, told=ERRORS[status])
    return HTMLResponse(text, status, headers=error.headers)


def _answer(
    page: Page, desk: Desk, request: Request, form: Mapping[str, str], file: Upload | None
) -> Response:
    visit = replace(_visit(desk, request, form), file=file)
    known = request.cookies.get(COOKIE, "")
    if page.method == "POST" and not (known and _brings_token(form, known)):
        raise HTTPException(403)
    if page.roles and visit.visitor is None:
        return RedirectResponse(LOGIN, 303)
    if page.roles and not page.path.startswith(FACTOR) and desk.asks_for_factor(visit.person):
        return RedirectResponse(FACTOR, 303)
    if page.roles and visit.person.role not in page.roles:
        raise HTTPException(403)
    if page.nationwide and visit.person.bureau != NATION:
        raise HTTPException(404)
    response = page.answer(visit)
    return response if known else set_cookie(response, visit.token)


def _visit(desk: Desk, request: Request, form: Mapping[str, str]) -> Visit:
    token = request.cookies.get(COOKIE) or desk.new_token()
    now = desk.clock()
    with snapshot(desk.engine) as session:
        visitor = logged_in(session, token, now)
    if visitor is not None and now >= visitor.seen_at + NOTED_EVERY:
        with transaction(desk.engine) as session:
            seen(session, token, now)
    return Visit(
        desk=desk,
        token=token,
        visitor=visitor,
        now=now,
        path=storable(request.path_params),
        query=storable(request.query_params),
        form=form,
        address=request.client.host if request.client else "",
    )


def _brings_token(form: Mapping[str, str], token: str) -> bool:
    return hmac.compare_digest(form.get("token", "").encode(), form_token(token).encode())
