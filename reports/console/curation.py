"""待整理: names that ads use and the catalogue does not know, and what a person makes of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast, get_args

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from config.catalogue.lookup import near_names
from reports.console.gate import Visit
from reports.console.passages import Piece, pieces
from reports.console.words import CHOICES, REFUSALS
from store.curation import (
    Choice,
    Decision,
    Quoted,
    decide,
    decisions,
    is_in_tray,
    quotes,
    unknown_credentials,
)
from store.database import snapshot, transaction

LISTED: Final = 50
"""Names that the tray shows, and decisions below it."""
_QUOTED: Final = 10
"""Ads that are quoted on the page of one name."""


@dataclass(frozen=True, slots=True)
class ShownName:
    """A name of the tray, with ads that use it."""

    name: str
    ads: int
    first_seen: datetime
    last_seen: datetime
    quoted: tuple[tuple[Piece, ...], ...]


def show(visit: Visit) -> Response:
    catalogue = visit.desk.law.catalogue
    with snapshot(visit.desk.engine) as session:
        found = [
            ShownName(
                each.name, each.ads, each.first_seen, each.last_seen,
                tuple(map(_marked, quotes(session, each.name))),
            )
            for each in unknown_credentials(session, limit=LISTED)
            if catalogue.find(each.name) is None
        ]  # fmt: skip
        decided = decisions(session)[:LISTED]
        return visit.page(
            "curation",
            found=found,
            decided=decided,
            choices=CHOICES,
            names={each.qualification: _name_of(visit, each.qualification) for each in decided},
            taken_over={each.name for each in decided if catalogue.find(each.name)},
        )


def show_name(visit: Visit) -> Response:
    return _page(visit, visit.query.get("name", ""))


def decide_name(visit: Visit) -> Response:
    """Keep what a person makes of a name; the catalogue itself is changed by a release alone."""
    form = visit.form
    name, choice = form.get("name", ""), form.get("choice", "")
    if choice not in get_args(Choice):
        raise HTTPException(400)
    problem, qualification = _qualification(visit) if choice == "alias" else ("", "")
    if problem or not form.get("why"):
        return _page(visit, name, problem=problem or REFUSALS["why"])
    decision = Decision(
        name=name, choice=cast("Choice", choice), qualification=qualification,
        by=visit.person.name, at=visit.now, why=form["why"],
    )  # fmt: skip
    with transaction(visit.desk.engine) as session:
        if not is_in_tray(session, name):
            raise HTTPException(404)
        decide(session, decision)
    return RedirectResponse("/curation", 303)


def _page(visit: Visit, name: str, *, problem: str = "") -> Response:
    with snapshot(visit.desk.engine) as session:
        if not is_in_tray(session, name):
            raise HTTPException(404)
        found = quotes(session, name, limit=_QUOTED)
        decided = decisions(session, {name})
        return visit.page(
            "credential",
            status=400 if problem else 200,
            name=name,
            quoted=[(each, _marked(each)) for each in found],
            decided=decided,
            names={each.qualification: _name_of(visit, each.qualification) for each in decided},
            near=near_names(visit.desk.law.catalogue, name),
            choices=CHOICES,
            problem=problem,
            typed=visit.form,
        )


def _qualification(visit: Visit) -> tuple[str, str]:
    """What is wrong with the row that an alias is to name, and its id."""
    catalogue, given = visit.desk.law.catalogue, visit.form.get("qualification", "")
    meanings = catalogue.candidates(given)
    if len(meanings) == 1:
        return "", meanings[0].qualification.id
    if not meanings:
        return "请写明目录中已有的条目：全称、别名或编号。", ""
    ids = "、".join(f"{each.qualification.id}（{each.qualification.name}）" for each in meanings)
    return f"“{given}”有多种含义，请写编号：{ids}。", ""


def _name_of(visit: Visit, qualification: str) -> str:
    """The name of a row; its id where the catalogue in use has it no more."""
    row = visit.desk.law.catalogue.qualifications.get(qualification)
    return row.name if row else qualification


def _marked(found: Quoted) -> tuple[Piece, ...]:
    return pieces(found.clause, (0, len(found.clause)), (found.start, found.end))
