"""The work list: what is asked for in the address, and the cases that answer it."""

from collections.abc import Mapping, Sequence
from typing import cast, get_args
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from config.bureaus import bureau_name
from config.weeks import Week
from reports.console.gate import Visit
from reports.console.words import VIEWS, refusals_in_chinese
from reports.wording import ACTIONS, SEVERITIES, STATUS
from store.database import snapshot
from store.jurisdiction import bureaus_within
from store.together import Together, Told
from store.work_list import Asked, View, WorkPage, work_list


def show(visit: Visit) -> Response:
    return listed(visit)


def listed(visit: Visit, *, told: Sequence[Told] = (), problem: str = "") -> Response:
    """One page of the list, with what became of the cases that were just decided on it.

    A week that is none is told, since people type it.
    """
    query = visit.query
    try:
        week = Week.parse(query["week"]) if query.get("week") else None
    except ValueError:
        problem = "周须写作 2026-W47 这样的形式。"
        return _page(visit, WorkPage((), more=False), told=told, problem=problem)
    with snapshot(visit.desk.engine) as session:
        found = work_list(session, _asked(visit, week), after=query.get("after", ""))
    return _page(visit, found, told=told, problem=problem)


def _page(visit: Visit, found: WorkPage, *, told: Sequence[Told], problem: str) -> Response:
    area = visit.person.bureau
    return visit.page(
        "work",
        status=400 if problem else 200,
        found=found,
        told=[(each.number, refusals_in_chinese(each.refused)) for each in told],
        problem=problem,
        query=visit.query,
        views={name: (told, _address(visit.query, view=name)) for name, told in VIEWS.items()},
        view=visit.query.get("view") or "open",
        this_page=_address(visit.query, after=visit.query.get("after", "")),
        next_page=_address(visit.query, after=found.lines[-1].number) if found.more else "",
        bureaus={code: bureau_name(code) for code in bureaus_within(area)},
        severities=SEVERITIES,
        statuses=STATUS,
        together={name: ACTIONS[name] for name in get_args(Together)},
    )


def _asked(visit: Visit, week: Week | None) -> Asked:
    query, area = visit.query, visit.person.bureau
    view, severity, bureau = query.get("view") or "open", query.get("severity", ""), query.get("bureau", "")
    if view not in VIEWS or severity not in {"", *SEVERITIES}:
        raise HTTPException(400)
    if bureau and bureau not in bureaus_within(area):
        raise HTTPException(404)
    return Asked(
        area=area,
        person=visit.person.name,
        today=visit.now.date(),
        view=cast("View", view),
        words=query.get("words", ""),
        bureau=bureau,
        employer=query.get("employer", ""),
        qualification=query.get("qualification", ""),
        severity=severity,
        week=week,
        board=query.get("board", ""),
    )


def _address(query: Mapping[str, str], **changed: str) -> str:
    """The address of the list as it is asked for, but for what is changed; a page is not kept."""
    asked = {**query, "after": ""} | changed
    return f"/cases?{urlencode({name: value for name, value in asked.items() if value})}"
