"""The application: all resources, and the document that describes them."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import Message

from config.serving import body_of
from reports.api import cases
from reports.api.gate import Resource, only
from reports.api.problems import described, refused, schemas, unreadable
from reports.console.gate import EVERY_ROLE, LARGEST_FORM, Desk

ROOT: Final = "/v1"
"""Where the console serves it."""

RESOURCES: Final = (
    Resource("GET", "/cases", cases.list_cases, EVERY_ROLE, (404,)),
    Resource("GET", "/cases/{number}", cases.show_case, EVERY_ROLE, (404,)),
    Resource(
        "POST",
        "/cases/{number}/actions/{action}",
        cases.act_in_case,
        frozenset({"reviewer", "officer"}),
        (400, 404, 408, 409, 413),
    ),
)

_ALWAYS: Final = (401, 403, 422)
"""Refusals that every request may meet."""


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


def api(desk: Desk) -> FastAPI:
    """The application; whoever starts it also closes what `desk` holds."""
    app = _undesked()
    app.state.desk = desk
    return app


def document() -> dict[str, Any]:
    """The description of the interface in OpenAPI 3.1."""
    return _undesked().openapi()


def _undesked() -> FastAPI:
    app = FastAPI(
        title="Qingdan: cases",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{ROOT}/openapi.json",
        exception_handlers={HTTPException: refused, RequestValidationError: unreadable},
    )
    router = APIRouter(prefix=ROOT, route_class=_Route)
    for each in RESOURCES:
        router.add_api_route(
            each.path,
            each.answer,
            methods=[each.method],
            operation_id=each.answer.__name__,
            dependencies=[only(each.roles)],
            responses=described(*_ALWAYS, *each.refusals),
        )
    app.include_router(router)
    # FastAPI does not gather the form of refusals by itself.
    app.openapi()["components"]["schemas"] |= schemas()
    return app
