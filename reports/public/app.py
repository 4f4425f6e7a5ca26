"""The application: all public pages, and the interface for checks."""

from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp

from reports.headers import with_headers
from reports.public import catalogue, objection, report, self_check
from reports.public.check_api import check_api
from reports.public.gate import Desk, Page, Visit, error_page
from reports.templating import environment

STYLE: Final = "/style.css"


def _home(visit: Visit) -> Response:
    return visit.page("home")


def _style(_visit: Visit) -> Response:
    return Response(environment().get_template("console/console.css").render(), media_type="text/css")


PAGES: Final = (
    Page("GET", "/", _home),
    Page("GET", STYLE, _style),
    Page("GET", "/catalogue", catalogue.show),
    Page("GET", "/check", self_check.ask),
    Page("POST", "/check", self_check.check, "check"),
    Page("GET", "/report", report.ask),
    Page("POST", "/report", report.take, "write"),
    Page("GET", "/report/status", report.ask_receipt),
    Page("POST", "/report/status", report.tell),
    Page("GET", "/objection", objection.ask),
    Page("POST", "/objection", objection.take, "write"),
    Page("GET", "/objection/answer", objection.ask_receipt),
    Page("POST", "/objection/answer", objection.tell),
)


def public(desk: Desk) -> ASGIApp:
    """The application; whoever starts it also closes what `desk` holds."""
    routes = [*(page.route(desk) for page in PAGES), Mount("/v1", check_api(desk))]
    app = Starlette(routes=routes, exception_handlers={HTTPException: error_page})
    return with_headers(app)
