"""The gate that every request for a public page goes through: limit, form, then the page.

There is no account, session or cookie here: what a page answers depends on nothing but the request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.serving import sender
from nlp.reader import Reader
from reports.forms import form_of, storable
from reports.limits import Gate, Sort
from reports.public.words import ERRORS
from reports.templating import environment

LARGEST_FORM: Final = 256 * 1024
"""Bytes: an ad of 20,000 Chinese characters takes nine bytes for each."""


@dataclass(frozen=True, slots=True)
class Intake:
    """How what people bring forward is taken in: pages mask and encrypt nothing, and write no event."""

    objection: Callable[[Mapping[str, str], datetime], str]
    """Keeps what a form holds, which came at a moment; gives its receipt."""
    report: Callable[[Mapping[str, str]], str]
    """The same; `ValueError` names the field of what is no report."""
    report_told: Callable[[str], str]
    """Where the report with a receipt stands; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What pages work with."""

    engine: Engine
    reader: Reader
    clock: Callable[[], datetime]
    intake: Intake
    gate: Gate = field(default_factory=Gate)
    pages: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(8))
    readings: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    """Ads are read by one thread at a time: more would not be faster, and pages would wait for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request."""

    desk: Desk
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what templates print
        """The page of reports/templates/public/`template`.html.j2."""
        text = environment().get_template(f"public/{template}.html.j2").render(now=self.now, **values)
        return HTMLResponse(text, status)


@dataclass(frozen=True, slots=True)
class Page:
    method: Literal["GET", "POST"]
    path: str
    answer: Callable[[Visit], Response]
    limit: Sort = "look"
    """As what it counts; one that counts as `check` reads ads."""

    def route(self, desk: Desk) -> Route:
        async def endpoint(request: Request) -> Response:
            desk.gate.let_pass(self.limit, sender(request))
            form = await form_of(request, most=LARGEST_FORM) if self.method == "POST" else {}
            visit = Visit(
                desk=desk,
                now=desk.clock(),
                path=storable(request.path_params),
                query=storable(request.query_params),
                form=form,
            )
            lane = desk.readings if self.limit == "check" else desk.pages
            return await to_thread.run_sync(partial(self.answer, visit), limiter=lane)

        return Route(self.path, endpoint, methods=[self.method])


def error_page(_request: Request, error: Exception) -> Response:
    """The page for a request that is refused."""
    assert isinstance(error, HTTPException)
    told, hint = ERRORS[error.status_code]
    text = environment().get_template("public/error.html.j2").render(told=told, hint=hint)
    return HTMLResponse(text, error.status_code, headers=error.headers)
