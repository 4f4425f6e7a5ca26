"""Deciding many cases of the work list at once, each as from its own page: a refusal holds up no other."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from config.casework import Given
from reports.console.gate import Visit
from reports.console.words import ERRORS, refusals_in_chinese
from reports.console.work import TOGETHER, Told, listed
from store.casework import RefusedError, act, standing_of
from store.database import transaction
from store.jurisdiction import is_within
from store.work_list import PAGE

_TICKED: Final = "case:"
"""Begins the name of the box of a case."""
_NONE_CHOSEN: Final = "请先勾选案件，或选“本页全部”。"


def decide(visit: Visit) -> Response:
    """Do one action in the cases ticked, or in all that the page listed, and tell what became of each."""
    numbers, action = _chosen(visit.form), visit.form.get("action", "")
    if action not in TOGETHER or len(numbers) > PAGE:
        raise HTTPException(400)
    if not numbers:
        return listed(visit, problem=_NONE_CHOSEN)
    return listed(visit, told=[Told(number, _refused(visit, number, action)) for number in numbers])


def _chosen(form: Mapping[str, str]) -> Sequence[str]:
    """Numbers of cases. The form has those that the page listed, since nobody has seen what came in later."""
    if form.get("whole"):
        return tuple(dict.fromkeys(form.get("listed", "").split()))
    return tuple(name.removeprefix(_TICKED) for name in form if name.startswith(_TICKED))


def _refused(visit: Visit, number: str, action: str) -> tuple[str, ...]:
    """Do the action in one case; why it was not done, if it was not."""
    given = Given(by=visit.person.name, why=visit.form.get("why", ""), asked={})
    try:
        with transaction(visit.desk.engine) as session:
            if not is_within(session, number, visit.person.bureau, lock=True):
                return (ERRORS[404],)
            # A form that is sent twice finds its own work done.
            if standing_of(session, number).done[-1:] != ((action, visit.person.name),):
                act(session, number, action, given, visit.now)
    except RefusedError as error:
        return refusals_in_chinese(error.reasons)
    return ()
