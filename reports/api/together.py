"""One action in many cases of the area at once, each as by itself: a refusal holds up no other."""

from typing import Annotated

from pydantic import Field

from config.casework import Given
from reports.api.cases import fault
from reports.api.gate import Answer, Asking, Caller, Text, Why
from reports.api.problems import Fault
from store.together import Deed, Together, act_together
from store.work_list import PAGE


class SharedDeed(Asking):
    """What is done in many cases, and why."""

    action: Together
    numbers: Annotated[tuple[Text, ...], Field(min_length=1, max_length=PAGE)]
    """Of the cases."""
    why: Why


class ToldOutcome(Answer):
    """What became of one case."""

    number: str
    errors: tuple[Fault, ...]
    """Why it is as it was; empty where the action is done."""


class Outcomes(Answer):
    """What became of each case, in the order of the request."""

    outcomes: tuple[ToldOutcome, ...]


def act_in_cases(given: SharedDeed, caller: Caller) -> Outcomes:
    """Do one action in many cases. What the account did there last is not done again, and counts as done."""
    person = caller.person
    deed = Deed(given.action, Given(by=person.name, why=given.why, asked={}), caller.now)
    told = act_together(caller.desk.engine, given.numbers, deed, area=person.bureau)
    return Outcomes(
        outcomes=tuple(
            ToldOutcome(number=each.number, errors=tuple(map(fault, each.refused))) for each in told
        )
    )
