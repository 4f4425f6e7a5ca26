"""The application: all pages, and beside them the interface for programs."""

from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from reports.api.app import ROOT, api
from reports.console import (
    batch,
    case,
    catalogue,
    curation,
    dead,
    entrance,
    notices,
    objections,
    pack,
    people,
    reports,
    rules,
    second_factor,
    sign,
    sources,
    work,
)
from reports.console.gate import ANYBODY, EVERY_ROLE, FACTOR, LOGIN, Desk, Page, Visit, error_page
from reports.console.provider import RETURN
from reports.headers import with_headers
from reports.sign_links import PATH as SIGN
from reports.templating import environment

STYLE: Final = "/console.css"


def _home(_visit: Visit) -> Response:
    return RedirectResponse(entrance.FIRST, 303)


def _style(_visit: Visit) -> Response:
    return Response(environment().get_template("console/console.css").render(), media_type="text/css")


PAGES: Final = (
    Page("GET", "/", _home, EVERY_ROLE),
    Page("GET", STYLE, _style, ANYBODY),
    Page("GET", LOGIN, entrance.ask, ANYBODY),
    Page("POST", LOGIN, entrance.come_in, ANYBODY),
    Page("GET", f"{LOGIN}/provider", entrance.go_to_provider, ANYBODY),
    Page("GET", RETURN, entrance.come_from_provider, ANYBODY),
    Page("POST", "/logout", entrance.leave, ANYBODY),
    Page("GET", "/password", entrance.ask_password, EVERY_ROLE),
    Page("POST", "/password", entrance.change_password, EVERY_ROLE),
    Page("GET", FACTOR, second_factor.show, EVERY_ROLE),
    Page("POST", FACTOR, second_factor.set_up, EVERY_ROLE),
    Page("POST", f"{FACTOR}/remove", second_factor.remove, EVERY_ROLE),
    Page("GET", "/cases", work.show, EVERY_ROLE),
    Page("POST", "/cases", batch.decide, frozenset({"reviewer"})),
    Page("GET", "/cases/{number}", case.show, EVERY_ROLE),
    Page("POST", "/cases/{number}/pack", pack.hand_out, frozenset({"reviewer", "officer", "admin"})),
    Page("POST", "/cases/{number}/{action}", case.do, frozenset({"reviewer", "officer"})),
    Page("GET", "/objections", objections.show, EVERY_ROLE),
    Page("GET", "/objections/{objection}", objections.show_one, EVERY_ROLE),
    Page(
        "POST", "/objections/{objection}/answer", objections.give_answer, frozenset({"reviewer", "officer"})
    ),
    Page(
        "POST", "/objections/{objection}/contact", objections.show_contact, frozenset({"reviewer", "officer"})
    ),
    Page(
        "POST", "/objections/{objection}/case", objections.name_case, frozenset({"reviewer"}), nationwide=True
    ),
    Page("GET", f"{SIGN}/{{link}}", sign.show, ANYBODY),
    Page("POST", f"{SIGN}/{{link}}", sign.do, ANYBODY),
    Page("GET", "/notices", notices.show, EVERY_ROLE),
    Page("POST", "/notices", notices.make, frozenset({"reviewer"})),
    Page("GET", "/notices/{notice}", notices.show_one, EVERY_ROLE),
    Page("POST", "/notices/{notice}/issue", notices.issue, frozenset({"reviewer"})),
    Page("POST", "/notices/{notice}/drop", notices.give_up, frozenset({"reviewer"})),
    Page("POST", "/notices/{notice}/remind", notices.remind, frozenset({"reviewer"})),
    Page("POST", "/notices/{notice}/reply", notices.take_reply, frozenset({"reviewer", "officer"})),
    Page(
        "POST",
        "/notices/{notice}/list",
        notices.take_filled,
        frozenset({"reviewer", "officer"}),
        takes_file=True,
    ),
    Page("GET", "/notices/{notice}/{document}", notices.hand_out, EVERY_ROLE),
    Page("GET", "/reports", reports.show, EVERY_ROLE),
    Page("GET", "/reports/{report}/{file}", reports.hand_out, EVERY_ROLE),
    Page("GET", "/catalogue", catalogue.show, EVERY_ROLE),
    Page("GET", "/curation", curation.show, EVERY_ROLE, nationwide=True),
    Page("GET", "/curation/name", curation.show_name, EVERY_ROLE, nationwide=True),
    Page("POST", "/curation/name", curation.decide_name, frozenset({"reviewer"}), nationwide=True),
    Page("GET", "/sources", sources.show, EVERY_ROLE, nationwide=True),
    Page("GET", "/rules", rules.show, EVERY_ROLE, nationwide=True),
    Page("GET", "/dead", dead.show, frozenset({"admin"}), nationwide=True),
    Page("GET", "/dead/{letter}", dead.show_letter, frozenset({"admin"}), nationwide=True),
    Page("POST", "/dead/{letter}/{deed}", dead.do, frozenset({"admin"}), nationwide=True),
    Page("GET", "/accounts", people.show, frozenset({"admin"})),
    Page("GET", "/reads", people.show_reads, frozenset({"admin"})),
)


def console(desk: Desk) -> ASGIApp:
    """The application, with the interface for programs; whoever starts it also closes what `desk` holds."""
    pages = Starlette(
        routes=[page.route(desk) for page in PAGES], exception_handlers={HTTPException: error_page}
    )
    programs = api(desk)

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        # Not a `Mount`, which takes no path with a line break in it: even those are answered in JSON.
        for_programs = scope["type"] == "http" and scope["path"].startswith(f"{ROOT}/")
        await (programs if for_programs else pages)(scope, receive, send)

    return with_headers(either)
