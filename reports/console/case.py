"""The page of a case, and what is done from it: `store.casework` says what may be, and does it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from config.bureaus import bureau_name
from config.casework import Action, Asked, Given, Standing, casework
from config.catalogue.explanation import PARTS
from config.catalogue.model import Catalogue
from config.divisions import known
from config.policy import in_use
from reports.alerts.parts import UNCLEAR, place_of
from reports.citations import cited
from reports.console.gate import Visit
from reports.console.passages import Piece, pieces
from reports.console.words import STRENGTHS, refusals_in_chinese
from reports.wording import (
    ACTIONS,
    ACTORS,
    GIVEN,
    KINDS_IN_FULL,
    OBJECTION_STATES,
    SEVERITIES,
    STATUS,
    source_name,
)
from store.accounts import ROLES, Person
from store.case_file import CaseClue, CaseFile, open_case_file
from store.casework import RefusedError, act, standing_of
from store.database import snapshot, transaction
from store.jurisdiction import is_within
from store.likeness import ALIKE
from store.notices import notices_of_case
from store.objections import objections_to
from store.rechecks import CONCLUDED

MOST_CLUES: Final = 100
"""Clues that the page of one case sets out."""
MOST_LOOKS: Final = 300
"""Looks at its ads that it sets out."""
_DAYS_DIGITS: Final = 3
_WORDS: Final = {
    "actions": ACTIONS,
    "actors": ACTORS,
    "given": GIVEN,
    "kinds": KINDS_IN_FULL,
    "looks": CONCLUDED,
    "objections": OBJECTION_STATES,
    "severities": SEVERITIES,
    "statuses": STATUS,
    "strengths": STRENGTHS,
}


@dataclass(frozen=True, slots=True)
class ShownClue:
    """A clue with its evidence, as the page shows it."""

    clue: CaseClue
    pieces: tuple[Piece, ...]
    basis: tuple[str, ...]
    listed: str
    """What the edition of the catalogue says of the qualification."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that the case admits, and that is for this person's role."""

    name: str
    action: Action
    outcomes: Mapping[str, str]
    barred: tuple[str, ...]
    """Why this very person may not do it."""


def show(visit: Visit) -> Response:
    return _page(visit, visit.path["number"])


def do(visit: Visit) -> Response:
    """Do one action; one that is refused shows the page again, with the reasons and what was typed."""
    number, name = visit.path["number"], visit.path["action"]
    action = casework().actions.get(name)
    try:
        with transaction(visit.desk.engine) as session:
            if action is None or not is_within(session, number, visit.person.bureau, lock=True):
                raise HTTPException(404)
            if action.who != visit.person.role:
                raise HTTPException(403)
            act(session, number, name, _given(visit), visit.now)
    except RefusedError as error:
        return _page(visit, number, refused=refusals_in_chinese(error.reasons), tried=name)
    return RedirectResponse(f"/cases/{number}", 303)


def _given(visit: Visit) -> Given:
    """What the form says; a number of days that is none becomes 0, which is refused with the rest."""
    form = visit.form
    written = form.get("days", "")
    is_number = written.isascii() and written.isdecimal() and len(written) <= _DAYS_DIGITS
    return Given(
        by=visit.person.name,
        why=form.get("why", ""),
        days=(int(written) if is_number else 0) if written else None,
        asked={name: form[name] for name in get_args(Asked) if form.get(name)},
    )


def _page(visit: Visit, number: str, *, refused: Sequence[str] = (), tried: str = "") -> Response:
    area = visit.person.bureau
    with snapshot(visit.desk.engine) as session:
        found = open_case_file(session, number) if is_within(session, number, area) else None
        if found is None:
            raise HTTPException(404)
        found_standing = standing_of(session, number)
        objections = objections_to(session, number)
        notices = notices_of_case(session, number, area)
        before, after = (
            each if each and is_within(session, each, area) else ""
            for each in (found.line.follows, found.followed_by)
        )
    return visit.page(
        "case",
        status=409 if refused else 200,
        case=found,
        before=before,
        after=after,
        bureau=bureau_name(found.line.bureau),
        place=place_of(known(found.division)),
        clues=[_shown(clue, found, visit.desk.law.catalogue) for clue in found.clues[:MOST_CLUES]],
        looks=found.looks[:MOST_LOOKS],
        objections=objections,
        notices=notices,
        clock=found_standing.clock,
        offers=list(_offers(found_standing, visit.person)),
        others=list(_others(found_standing, visit.person)),
        refused=refused,
        tried=tried,
        typed=visit.form,
        source_name=source_name,
        area_name=_area_name,
        alike=ALIKE,
        outcomes=casework().outcomes,
        words=_WORDS,
    )


def _area_name(area: str) -> str:
    """`area` of a posting: a division from the province down, or the place as it was written."""
    return place_of(area) if known(area) else area or UNCLEAR


def _shown(clue: CaseClue, case: CaseFile, catalogue: Catalogue) -> ShownClue:
    clause = clue.clause_start, clue.clause_start + len(clue.clause)
    return ShownClue(
        clue,
        pieces(clue.text, clause, (clue.start, clue.end)),
        cited(clue.basis, clue.ended_by, in_use().bases),
        _listed(catalogue, clue.edition, case.qualification),
    )


def _listed(catalogue: Catalogue, edition_id: str, qualification: str) -> str:
    edition = next((each for each in catalogue.editions if each.id == edition_id), None)
    if edition is None:
        return edition_id
    item = edition.listings.get(qualification)
    told = f"{PARTS[item.part]}第{item.number}项“{item.name}”" if item else "未列入"
    return f"{edition.row.title}：{told}"


def _offers(standing: Standing, person: Person) -> Iterator[Offer]:
    work = casework()
    for name in work.allowed(standing):
        action = work.actions[name]
        if action.who == person.role:
            reasons = work.refusals(name, standing, Given(by=person.name, why="", asked={}))
            barred = refusals_in_chinese(each for each in reasons if each.startswith("by:"))
            yield Offer(name, action, work.outcomes.get(name, {}), barred)


def _others(standing: Standing, person: Person) -> Iterator[tuple[str, str]]:
    """Names of the actions that the case admits and that are for another role, with the name of that role."""
    work = casework()
    for action in (work.actions[name] for name in work.allowed(standing)):
        if action.who != person.role:
            yield action.name, ROLES[action.who]
