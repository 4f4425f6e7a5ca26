"""What may be done with a case, by whom, and by when the next step is due (config/casework.yaml)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from config.bureaus import UnknownBureauError, bureau_name
from config.tables import read_yaml
from config.workdays import workdays

FILE: Final = Path(__file__).parent / "casework.yaml"
Asked = Literal["bureau", "inspectors", "approver", "document", "outcome", "recipient"]
Verdict = Literal["confirmed", "false_alarm", "undecided"]
Looking = Literal["begin", "judge", "passed", "failed"]
_INSPECTORS: Final = 2
_Text = Annotated[str, Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Status(_Data):
    """Where a case stands."""

    name: _Text
    """In Chinese."""
    open: bool
    """Whether somebody still has something to do."""


class Due(_Data):
    """The next step, and how many working days there are for it."""

    days: int = Field(ge=1)
    step: _Text = Field(alias="for")
    extends: bool = False
    """Counted from the day that is due so far, not from today."""
    adjustable: bool = False
    """Whether who acts may set another number of days."""


class Action(_Data):
    """One thing that may be done with a case."""

    name: _Text
    """In Chinese."""
    start: frozenset[str] = Field(alias="from", min_length=1)
    to: str = ""
    """Empty where the status stays."""
    who: Literal["reviewer", "officer"]
    not_by: str = ""
    """An action that must have been somebody else's."""
    asks: tuple[Asked, ...] = ()
    due: Due | None = None
    clock: Literal["stop", "pause", "resume"] | None = None
    once: bool = False
    clues: Verdict | None = None
    rechecks: Looking | None = None


class Rechecks(_Data):
    """When the ads of a case are looked at again, after its correction is reported."""

    days: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    """Calendar days after it."""
    misses: int = Field(ge=2)
    """So many, each on another day, make an ad a removed one."""
    tries: int = Field(ge=2)
    """After so many a person has to look."""

    @model_validator(mode="after")
    def _more_tries_than_misses(self) -> Self:
        if self.tries < self.misses:
            raise ValueError("tries: at least as many as misses")
        return self


class Objections(_Data):
    """What holds for objections (异议)."""

    days: int = Field(ge=1)
    """Working days for an answer."""
    remind: int = Field(ge=1)
    """Working days before its last one, on which the bureau is reminded."""


class Escalation(_Data):
    """Who is told of a late step, once it is so many working days late."""

    reminded: int = Field(ge=1)
    """The bureau."""
    to_section: int
    """Whoever heads its section."""
    to_above: int
    """The bureau above."""

    @model_validator(mode="after")
    def _from_below(self) -> Self:
        if not self.reminded < self.to_section < self.to_above:
            raise ValueError("reminded, to_section, to_above: each later than the one before")
        return self

    def days(self, kind: str) -> int:
        """Of the news of this kind (`store.deliveries`)."""
        days: int = getattr(self, kind)
        return days


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What is due, and when."""

    due: date | None = None
    step: str = ""
    arranged: bool = True
    """Whether the holidays until then are known; else the day may yet move."""
    paused_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What looking again has come to; each counts one ad on one of its days."""

    open: int = 0
    """Not passed."""
    for_people: int = 0
    """Of these, those that the machine has done with."""
    failed: int = 0
    """Of these, those that found something."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case as an action finds it."""

    status: str
    clock: Clock
    done: tuple[tuple[str, str], ...]
    """Actions and their actors since the case was last suspected, oldest first."""
    looks: Looks = Looks()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who acts, why, and what the action asks for."""

    by: str
    why: str
    days: int | None = None
    asked: Mapping[str, str]
    """Names of inspectors are joined by 、."""


class Casework(_Data):
    """The statuses and actions, which fit together."""

    statuses: Mapping[str, Status]
    actions: Mapping[str, Action]
    outcomes: Mapping[str, Mapping[str, _Text]]
    """Action → code → its Chinese wording."""
    rechecks: Rechecks
    objections: Objections
    escalation: Escalation

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        for name, action in self.actions.items():
            for status in sorted(action.start | ({action.to} - {""})):
                if status not in self.statuses:
                    raise ValueError(f"actions.{name}: no such status: {status}")
            if action.not_by and action.not_by not in self.actions:
                raise ValueError(f"actions.{name}.not_by: no such action: {action.not_by}")
            if action.due and action.clock:
                raise ValueError(f"actions.{name}: either due or clock")
            if "outcome" in action.asks and not self.outcomes.get(name):
                raise ValueError(f"actions.{name}.asks: there are no outcomes.{name}")
        return self

    @property
    def final(self) -> frozenset[str]:
        """The statuses from which no action leads on."""
        return frozenset(self.statuses).difference(*(action.start for action in self.actions.values()))

    def allowed(self, standing: Standing) -> Iterator[str]:
        """The actions that the case as it stands admits, whoever acts."""
        return (name for name, action in self.actions.items() if not any(_barred(action, name, standing)))

    def refusals(self, name: str, standing: Standing, given: Given) -> Iterator[str]:
        """All reasons why `name` cannot be done now and so, each as a sentence."""
        action = self.actions.get(name)
        if action is None:
            yield f"no such action: {name}; there are {', '.join(self.actions)}"
            return
        yield from _barred(action, name, standing)
        if action.not_by and given.by in {actor for done, actor in standing.done if done == action.not_by}:
            yield f"by: {given.by} did {action.not_by}; {name} is for somebody else"
        yield from _unnamed(given)
        yield from self._unanswered(action, name, given)

    def _unanswered(self, action: Action, name: str, given: Given) -> Iterator[str]:
        for field in action.asks:
            if not given.asked.get(field, "").strip():
                yield f"{field}: {name} needs it"
        for needless in sorted(given.asked.keys() - set(action.asks)):
            yield f"{needless}: {name} does not ask for it"
        if given.days is not None and not (action.due and action.due.adjustable and given.days > 0):
            yield f"days: {name} does not let the number of days be set, or it is below one"
        known = self.outcomes.get(name, {})
        if given.asked.get("outcome") and "outcome" in action.asks and given.asked["outcome"] not in known:
            yield f"outcome: no such outcome of {name}; there are {', '.join(known)}"
        yield from _wrong(given.asked)


def _barred(action: Action, name: str, standing: Standing) -> Iterator[str]:
    """Why the case as it stands does not admit the action."""
    if standing.status not in action.start:
        yield f"status: {name} is for {', '.join(sorted(action.start))}; the case is {standing.status}"
    if action.once and any(done == name for done, _ in standing.done):
        yield f"action: {name} was done already, and can be done once"
    paused = standing.clock.paused_on is not None
    if action.clock == "pause" and (paused or standing.clock.due is None):
        yield "action: the clock is paused already, or nothing is due"
    if action.clock == "resume" and not paused:
        yield "action: the clock is not paused"
    if action.rechecks == "passed" and standing.looks.open:
        yield f"rechecks: {standing.looks.open} have not passed; {name} is for afterwards"
    if action.rechecks == "judge" and not standing.looks.for_people:
        yield "rechecks: none waits for a person"
    if action.rechecks == "failed" and not standing.looks.failed:
        yield "rechecks: none has found anything"


def _unnamed(given: Given) -> Iterator[str]:
    if not given.by.strip():
        yield "by: who acts has to be named"
    if not given.why.strip():
        yield "why: a reason has to be given"


def _wrong(asked: Mapping[str, str]) -> Iterator[str]:
    names = {name.strip() for name in asked.get("inspectors", "").split("、")} - {""}
    if asked.get("inspectors") and len(names) < _INSPECTORS:
        yield f"inspectors: {_INSPECTORS} different persons have to be named, with 、 between"
    if asked.get("bureau"):
        try:
            bureau_name(asked["bureau"])
        except UnknownBureauError as error:
            yield f"bureau: {error}"


def clock_after(action: Action, clock: Clock, day: date, *, days: int | None = None) -> Clock:
    """The clock once `action` is done on `day`; `days` stands in place of the action's own number."""
    if action.due:
        start = clock.due if action.due.extends and clock.due else day
        end = workdays().after(start, days or action.due.days)
        paused_on = clock.paused_on if action.due.extends else None
        return Clock(due=end.day, step=action.due.step, arranged=end.arranged, paused_on=paused_on)
    if action.clock == "stop":
        return Clock()
    if action.clock == "pause":
        return replace(clock, paused_on=day)
    if action.clock == "resume":
        return _resumed(clock, day)
    return clock


def _resumed(clock: Clock, day: date) -> Clock:
    """The clock with as many working days more as it was held."""
    held = workdays().between(clock.paused_on, day) if clock.paused_on else 0
    if held < 1 or clock.due is None:
        return replace(clock, paused_on=None)
    end = workdays().after(clock.due, held)
    return replace(clock, due=end.day, arranged=end.arranged, paused_on=None)


@lru_cache(maxsize=1)
def casework(file: Path = FILE) -> Casework:
    """The statuses and actions of `file`.

    Raises:
        DataError: the file is not as expected; names file, line and field.
    """
    return read_yaml(file, Casework)
