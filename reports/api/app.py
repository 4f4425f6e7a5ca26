"""The application: all resources, and the document that describes them."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message

from config.serving import body_of
from reports.api import cases, objections, overviews, people, platforms, tasks, together
from reports.api.gate import Resource
from reports.api.platforms import PlatformResource
from reports.api.problems import described, refused, schemas, unreadable
from reports.console.gate import ANYBODY, EVERY_ROLE, LARGEST_FORM, Desk
from reports.console.pack import Zip

ROOT: Final = "/v1"
"""Where the console serves it."""

_ALWAYS: Final = (401, 403, 422, 429)
"""Refusals that every request may meet."""
_DEED: Final = (400, 404, 408, 409, 413)
"""Refusals that what changes something may meet beside those."""
_HANDED: Final = frozenset({"reviewer", "officer", "admin"})
_ANSWERING: Final = frozenset({"reviewer", "officer"})

RESOURCES: Final = (
    Resource("GET", "/cases", cases.list_cases, EVERY_ROLE, (404,)),
    Resource("GET", "/cases/{number}", cases.show_case, EVERY_ROLE, (404,)),
    Resource(
        "POST",
        "/cases/{number}/actions/{action}",
        cases.act_in_case,
        frozenset({"reviewer", "officer"}),
        _DEED,
    ),
    Resource("POST", "/decisions", together.act_in_cases, frozenset({"reviewer"}), _DEED),
    Resource("POST", "/cases/{number}/pack", cases.take_pack, _HANDED, _DEED, form=Zip),
    Resource("GET", "/objections", objections.list_objections, EVERY_ROLE),
    Resource("GET", "/objections/{objection}", objections.show_objection, EVERY_ROLE, (404,)),
    Resource("POST", "/objections/{objection}/answer", objections.answer_objection, _ANSWERING, _DEED),
    Resource("POST", "/objections/{objection}/contact", objections.show_contact, _ANSWERING, (*_DEED, 503)),
    Resource(
        "POST",
        "/objections/{objection}/case",
        objections.name_case,
        frozenset({"reviewer"}),
        _DEED,
        nationwide=True,
    ),
    Resource("GET", "/catalogue", overviews.look_up_name, EVERY_ROLE),
    Resource("GET", "/rules", overviews.list_rules, EVERY_ROLE, (404,), nationwide=True),
    Resource("GET", "/sources", overviews.list_sources, EVERY_ROLE, (404, 503), nationwide=True),
    Resource("GET", "/curation", tasks.list_names, EVERY_ROLE, (404,), nationwide=True),
    Resource(
        "POST", "/curation/decisions", tasks.decide_name, frozenset({"reviewer"}), _DEED, nationwide=True
    ),
    Resource("GET", "/dead-letters", tasks.list_letters, frozenset({"admin"}), (404,), nationwide=True),
    Resource(
        "POST",
        "/dead-letters/{letter}/actions/{deed}",
        tasks.settle_letter,
        frozenset({"admin"}),
        _DEED,
        nationwide=True,
    ),
    Resource("GET", "/accounts", people.list_accounts, frozenset({"admin"})),
    Resource("GET", "/account-events", people.list_account_events, frozenset({"admin"})),
    Resource("GET", "/reads", people.list_reads, frozenset({"admin"})),
)
FOR_PLATFORMS: Final = (
    PlatformResource("GET", "/platform/notices", platforms.list_notices, ANYBODY),
    PlatformResource("GET", "/platform/notices/{number}", platforms.show_notice, ANYBODY, (404, 503)),
    PlatformResource("POST", "/platform/notices/{number}/replies", platforms.reply_to_notice, ANYBODY, _DEED),
)
"""Those for which the token of a board is needed, and no account's will do."""


class _Route(APIRoute):
    """Reads no body that is longer than one may be."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_limited(request: Request) -> Response:
            body = await body_of(request, most=LARGEST_FORM)

            async def receive() -> Message:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handle(Request(request.scope, receive))

        return handle_limited


class _Application(FastAPI):
    """Describes the form of refusals too, which FastAPI does not gather by itself."""

    def openapi(self) -> dict[str, Any]:
        told = super().openapi()
        told["components"]["schemas"] |= schemas()
        return told


def api(desk: Desk) -> FastAPI:
    """The application; whoever starts it also closes what `desk` holds."""
    app = _undesked()
    app.state.desk = desk
    return app


def document() -> dict[str, Any]:
    """The description of the interface in OpenAPI 3.1."""
    return _undesked().openapi()


def _undesked() -> FastAPI:
    app = _Application(
        title="Qingdan: cases",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{ROOT}/openapi.json",
        exception_handlers={HTTPException: refused, RequestValidationError: unreadable},
    )
    router = APIRouter(prefix=ROOT, route_class=_Route)
    for each in (*RESOURCES, *FOR_PLATFORMS):
        router.add_api_route(
            each.path,
            each.answer,
            methods=[each.method],
            operation_id=each.answer.__name__,
            response_class=each.form,
            dependencies=[each.guard()],
            responses=described(*_ALWAYS, *each.refusals),
        )
    app.include_router(router)
    return app
