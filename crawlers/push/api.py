"""The HTTP interface for pushed ads: POST /v1/ads, and the receipts of batches."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from config.serving import BatchError, body_of
from crawlers.public.desk import ReportDesk
from crawlers.push import reports_api
from crawlers.push.batch import MAX_BYTES, PushedBatch
from crawlers.push.desk import Desk, OtherContent, UnknownAd
from events.log import NotDelivered
from store.database import snapshot
from store.push import Pushed, key_id_of, receipt, source_of

PER_MINUTE: Final = 120
"""Requests that one source may make in a minute."""
LONGEST_NAME: Final = 200
"""Characters of an idempotency key."""
_ANSWERS: Final[Mapping[int | str, dict[str, Any]]] = {
    400: {"description": "No batch: the body or the idempotency key is not as expected."},
    401: {"description": "No key, or one that is unknown or revoked."},
    408: {"description": "The body took too long."},
    409: {"description": "Another batch came under this idempotency key before."},
    413: {"description": f"More than {MAX_BYTES} bytes."},
    429: {"description": "Too many requests in a minute."},
    503: {"description": "Neither the log nor the database has room; nothing was taken in."},
}


def _schema() -> dict[str, Any]:
    """The schema of a batch, for the description of the interface: bodies are read one ad at a time."""
    schema = PushedBatch.model_json_schema()
    kinds = schema.pop("$defs")
    schema["properties"]["ads"]["items"] = {"anyOf": [kinds["PushedAd"], kinds["WithdrawnAd"]]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_bearer: Final = HTTPBearer(
    auto_error=False, description="The key that `qingdan intake key add` showed once."
)
routes: Final = APIRouter(prefix="/v1")


def push_api(
    desk: Desk,
    *,
    per_minute: int = PER_MINUTE,
    reports: ReportDesk | None = None,
    limits: reports_api.ReportLimits | None = None,
) -> FastAPI:
    """The application; it takes public `reports` in too where there is a desk for them.

    Whoever starts it also closes what the desks hold.
    """
    app = FastAPI(title="Qingdan: pushed ads", version="1", docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.state.limiter = MovingWindowRateLimiter(MemoryStorage())
    app.state.allowed = RateLimitItemPerMinute(per_minute)
    app.include_router(routes)
    if reports is not None:
        app.state.report_desk = reports
        app.state.report_gate = reports_api.Gate(limits or reports_api.ReportLimits())
        app.include_router(reports_api.routes)
    return app


def _source(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """The source that the request's key is for."""
    state = request.app.state
    with snapshot(state.desk.engine) as session:
        found = source_of(session, given.credentials if given is not None else "")
    if found is None:
        raise HTTPException(401, "no key, or one that is unknown or revoked", {"WWW-Authenticate": "Bearer"})
    if not state.limiter.hit(state.allowed, found):
        raise HTTPException(429, "too many requests in a minute", {"Retry-After": "60"})
    request.state.sender = key_id_of(given.credentials if given is not None else "")
    return found


_Pusher = Annotated[str, Depends(_source)]


@routes.post("/ads", status_code=202, responses=dict(_ANSWERS), openapi_extra=_schema())
async def push_ads(request: Request, pusher: _Pusher) -> JSONResponse:
    """Hand in 1 to 500 ads. The header `Idempotency-Key` names the batch: the same again changes nothing.

    202 with a receipt: what is accepted is in the log, or durably on its way. `errors` names the ads that
    were not taken in, and the dates that could not be read.
    """
    name = request.headers.get("Idempotency-Key", "").strip()
    if not name or len(name) > LONGEST_NAME:
        raise HTTPException(400, f"the header Idempotency-Key is expected, 1 to {LONGEST_NAME} characters")
    body = await body_of(request, most=MAX_BYTES)
    take = partial(request.app.state.desk.take, sender=request.state.sender)
    try:
        taken = await run_in_threadpool(take, pusher, name, body)
    except BatchError as error:
        raise HTTPException(400, str(error)) from error
    except OtherContent as error:
        raise HTTPException(409, str(error)) from error
    except NotDelivered as error:
        raise HTTPException(503, "no room at the moment", {"Retry-After": "60"}) from error
    return JSONResponse(_shown(taken.receipt) | {"repeated": taken.repeated}, status_code=202)


@routes.delete(
    "/ads/{ad_id:path}",
    status_code=202,
    responses={401: _ANSWERS[401], 404: {"description": "No ad of yours has this id."}, 429: _ANSWERS[429]},
)
def withdraw_ad(request: Request, ad_id: str, pusher: _Pusher) -> JSONResponse:
    """Take one ad back, by the id it was pushed under. What was found in it stays; pushed again it is back.

    202 with a receipt; the same one as long as the ad stays withdrawn.
    """
    try:
        taken = request.app.state.desk.withdraw(pusher, ad_id)
    except UnknownAd as error:
        raise HTTPException(404, str(error)) from error
    return JSONResponse(_shown(taken.receipt) | {"repeated": taken.repeated}, status_code=202)


@routes.get("/receipts/{receipt_id}", responses={404: {"description": "No receipt of yours has this id."}})
def show_receipt(request: Request, receipt_id: str, pusher: _Pusher) -> dict[str, Any]:
    """What became of a batch."""
    with snapshot(request.app.state.desk.engine) as session:
        found = receipt(session, pusher, receipt_id)
    if found is None:
        raise HTTPException(404, f"no receipt {receipt_id[:64]!r}")
    return _shown(found)


def _shown(noted: Pushed) -> dict[str, Any]:
    return {"receipt": noted.receipt, **noted.result}
