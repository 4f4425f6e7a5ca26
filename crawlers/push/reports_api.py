"""Public reports over HTTP: POST /v1/reports for anybody, and what became of a report by its receipt."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from config.serving import body_of, sender
from crawlers.public.desk import ReportDesk
from crawlers.public.report import MAX_BYTES, Report, ReportError, read_report
from crawlers.public.status import WORDS, of_matter, status_of
from events.log import NotDelivered
from store.database import snapshot
from store.public_reports import UnknownReceipt
from store.report_standings import standing_of

logger = structlog.get_logger()

_FORM: Final = "application/x-www-form-urlencoded"
_ANSWERS: Final[Mapping[int | str, dict[str, Any]]] = {
    400: {"description": "No report: the body is not as expected."},
    408: {"description": "The body took too long."},
    413: {"description": f"More than {MAX_BYTES} bytes."},
    429: {"description": "Too many reports from one address, or altogether."},
    503: {"description": "Neither the log nor the database has room; nothing was taken in."},
}


@dataclass(frozen=True, kw_only=True)
class ReportLimits:
    """How many reports are taken in. Each process counts for itself."""

    per_minute: int = 5
    """Of one address."""
    per_day: int = 30
    """Of one address."""
    altogether: int = 120
    """Of all addresses, in a minute."""
    questions: int = 60
    """What may be asked about receipts from one address, in a minute."""


class Gate:
    """Counts requests by address. Addresses are kept in memory only, and for a day at most."""

    def __init__(self, limits: ReportLimits) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._reports = (RateLimitItemPerMinute(limits.per_minute), RateLimitItemPerDay(limits.per_day))
        self._altogether = RateLimitItemPerMinute(limits.altogether)
        self._questions = RateLimitItemPerMinute(limits.questions)

    def pass_report(self, request: Request) -> None:
        """Let a report pass, or answer 429."""
        address = sender(request)
        for limit in self._reports:
            self._pass(limit, "report", address)
        self._pass(self._altogether, "all", "")

    def pass_question(self, request: Request) -> None:
        """Let a question about a receipt pass, or answer 429."""
        self._pass(self._questions, "question", sender(request))

    def _pass(self, limit: RateLimitItem, *names: str) -> None:
        if self._limiter.hit(limit, *names):
            return
        free_at = self._limiter.get_window_stats(limit, *names).reset_time
        wait = max(1, int(free_at - time.time()) + 1)
        raise HTTPException(429, "too many requests; come again later", {"Retry-After": str(wait)})


def _schema() -> dict[str, Any]:
    schema = Report.model_json_schema()
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


routes: Final = APIRouter(prefix="/v1/reports")


def _desk(request: Request) -> ReportDesk:
    desk: ReportDesk = request.app.state.report_desk
    return desk


_Desk = Annotated[ReportDesk, Depends(_desk)]


@routes.post("", status_code=202, responses=dict(_ANSWERS), openapi_extra=_schema())
async def report_ad(request: Request, desk: _Desk) -> JSONResponse:
    """Report an ad by its address or its words, as JSON or as the fields of a form. No key is needed.

    202 with a receipt, by which one may ask what became of it. `homepage` is to be left empty.
    """
    request.app.state.report_gate.pass_report(request)
    body = await body_of(request, most=MAX_BYTES)
    try:
        report = read_report(body, form=_is_form(request, body))
    except ReportError as error:
        raise HTTPException(400, str(error)) from error
    if report.homepage:
        # A program filled in what no person sees. It gets the answer it expects, and learns nothing.
        logger.info("a report by a program was left out")
        return _answer(desk.token())
    try:
        given = await run_in_threadpool(desk.take, report, channel="web")
    except NotDelivered as error:
        raise HTTPException(503, "no room at the moment", {"Retry-After": "60"}) from error
    return _answer(given.receipt)


def _is_form(request: Request, body: bytes) -> bool:
    """Many clients call everything that they post a form, JSON too."""
    said = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return said == _FORM and not body.lstrip().startswith((b"{", b"["))


def _answer(receipt: str) -> JSONResponse:
    # The same for a report that somebody had made before: who asks may not learn what others reported.
    return JSONResponse({"receipt": receipt, "status": "received", "words": WORDS["received"]}, 202)


@routes.get("/{receipt}", responses={404: {"description": "No report has this receipt."}, 429: _ANSWERS[429]})
def show_report(request: Request, receipt: str, desk: _Desk) -> dict[str, str]:
    """What became of a report: its status, and that of the page or text it is about; nothing else."""
    request.app.state.report_gate.pass_question(request)
    try:
        with snapshot(desk.engine) as session:
            found = standing_of(session, receipt)
    except UnknownReceipt as error:
        raise HTTPException(404, str(error)) from error
    status, matter = status_of(found), of_matter(found)
    return {
        "receipt": receipt,
        "status": status,
        "words": WORDS[status],
        "of": matter,
        "of_words": WORDS[matter],
    }
