"""Deciding many cases of the work list at once, each as from its own page: a refusal holds up no other."""

from collections.abc import Mapping, Sequence
from typing import Final, cast, get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from config.casework import Given
from reports.console.gate import Visit
from reports.console.work import listed
from store.together import Deed, Together, act_together
from store.work_list import PAGE

_TICKED: Final = "case:"
"""Begins the name of the box of a case."""
_NONE_CHOSEN: Final = "请先勾选案件，或选“本页全部”。"


def decide(visit: Visit) -> Response:
    """Do one action in the cases ticked, or in all that the page listed, and tell what became of each."""
    numbers, action = _chosen(visit.form), visit.form.get("action", "")
    if action not in get_args(Together) or len(numbers) > PAGE:
        raise HTTPException(400)
    if not numbers:
        return listed(visit, problem=_NONE_CHOSEN)
    person = visit.person
    given = Given(by=person.name, why=visit.form.get("why", ""), asked={})
    deed = Deed(cast("Together", action), given, visit.now)
    return listed(visit, told=act_together(visit.desk.engine, numbers, deed, area=person.bureau))


def _chosen(form: Mapping[str, str]) -> Sequence[str]:
    """Numbers of cases. The form has those that the page listed, since nobody has seen what came in later."""
    if form.get("whole"):
        return tuple(dict.fromkeys(form.get("listed", "").split()))
    return tuple(name.removeprefix(_TICKED) for name in form if name.startswith(_TICKED))
