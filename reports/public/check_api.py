"""The HTTP interface for checks before publication: POST /v1/check, with or without a key."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from config.serving import BatchError, body_of, sender
from reports.public.check_batch import MAX_BYTES, Answers, Batch, check_batch
from reports.public.gate import Desk
from store.database import snapshot
from store.push import key_id_of, source_of

_ANSWERS: Final[Mapping[int | str, dict[str, Any]]] = {
    200: {"model": Answers, "description": "What is said of each ad."},
    400: {"description": "No batch: the body is not as expected."},
    401: {"description": "A key that is unknown or revoked; without any key fewer ads are judged."},
    408: {"description": "The body took too long."},
    413: {"description": f"More than {MAX_BYTES} bytes."},
    429: {"description": "Too much in a minute."},
}
_bearer: Final = HTTPBearer(
    auto_error=False, description="A publisher's key (`qingdan intake key add`); not needed."
)
_Key = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def _description() -> dict[str, Any]:
    """What FastAPI cannot tell: the schema of a batch, read one ad at a time; that no key is needed."""
    schema = Batch.model_json_schema()
    schema["properties"]["ads"]["items"] = schema.pop("$defs")["AdToCheck"]
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"requestBody": body, "security": [{}]}


routes: Final = APIRouter()


def check_api(desk: Desk) -> FastAPI:
    """The application, to be mounted at /v1."""
    app = FastAPI(title="Qingdan: checks before publication", version="1", docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.include_router(routes)
    return app


@routes.post("/check", response_class=Response, responses=dict(_ANSWERS), openapi_extra=_description())
async def check(request: Request, key: _Key) -> Response:
    """Judge 1 to 500 ads; each is answered in its place, with what is wrong where it cannot be judged.

    Nothing of them is kept.
    """
    desk: Desk = request.app.state.desk
    who = sender(request)
    desk.gate.let_pass("check" if key is None else "look", who)
    bearer = await to_thread.run_sync(_bearer_of, desk, key, limiter=desk.pages)
    body = await body_of(request, most=MAX_BYTES)
    desk.gate.let_pass("batch" if bearer else "text", bearer or who, cost=len(body))
    answered = await to_thread.run_sync(_answered, desk, body, limiter=desk.readings)
    return Response(answered, media_type="application/json")


def _bearer_of(desk: Desk, key: HTTPAuthorizationCredentials | None) -> str:
    """The id of a publisher's key; empty for a request without one."""
    if key is None:
        return ""
    with snapshot(desk.engine) as session:
        if source_of(session, key.credentials) is None:
            raise HTTPException(401, "an unknown or revoked key", {"WWW-Authenticate": "Bearer"})
    return key_id_of(key.credentials)


def _answered(desk: Desk, body: bytes) -> str:
    try:
        return check_batch(desk.reader, body, desk.clock().date()).model_dump_json()
    except BatchError as error:
        raise HTTPException(400, str(error)) from error
