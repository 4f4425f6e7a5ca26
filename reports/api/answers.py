"""What is told of cases. Codes are those of the database; docs/api.md names the lists of them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from config.casework import Asked
from reports.api.gate import Answer


class Line(Answer):
    """A case, as lists of cases tell it."""

    number: str
    status: str
    severity: str
    """The gravest among its clues that stand: red, orange, yellow or grey; empty where none stands."""
    bureau: str
    employer: str
    """Empty where the ad names none."""
    name: str
    """Of the qualification."""
    clues: int
    """Those that stand."""
    added: int
    """Those of them that were found after people had judged the others."""
    opened_at: datetime


class ListedCase(Line):
    """A case of the work list."""

    follows: bool
    """It takes up what was found after another case had ended."""
    step: str
    """The next step, in Chinese; empty where nothing is due."""
    due: date | None
    paused: bool


class Cases(Answer):
    """One page of the work list, the newest cases first."""

    cases: tuple[ListedCase, ...]
    after: str
    """Ask for this `after` to get the next page; empty on the last one."""


class ToldClue(Answer):
    """A clue with its evidence."""

    id: str
    quote: str
    text: str
    """Title or text of the ad: `start`, `end` and `clause_start` are places in it, in characters."""
    start: int
    end: int
    """Of the quote; the character before it is the last."""
    clause: str
    clause_start: int
    kind: str
    strength: str
    cue: str
    """The words by which the strength was told."""
    rule: str
    policy_row: str
    rules_version: str
    basis: tuple[str, ...]
    """Ids of the legal texts."""
    edition: str
    """Of the catalogue."""
    suggestion: str
    title: str
    posted: date | None
    valid_through: date | None
    source: str
    url: str
    acting_for: str
    """The employer for whom the poster hires, where the ad names one."""
    first_seen: datetime
    last_seen: datetime | None
    withdrawn_at: datetime | None
    for_review: bool
    """It counts nowhere until a person has confirmed it, since the rule that found it was suspended."""
    gone: bool
    """Its ad is no longer at its source."""


class ToldLook(Answer):
    """One ad of the case on one of the days on which it is looked at again after the correction."""

    days: int
    """After the correction."""
    due_on: date
    next_on: date | None
    """When the machine looks next; none once it has done with it."""
    outcome: str
    looked_at: datetime | None
    title: str
    url: str
    found_url: str
    """Of the ad in which the posting was published again; empty where there is none."""
    waits_for_people: bool
    """The machine has done with it, and it has not passed."""


class ToldDeed(Answer):
    """One line of the history."""

    at: datetime
    actor: str
    action: str
    reason: str
    given: Mapping[str, Any]


class ToldAction(Answer):
    """An action that the case admits, for the role of the account."""

    action: str
    name: str
    """In Chinese."""
    asks: tuple[Asked, ...]
    """What has to be given in `asked`."""
    outcomes: Mapping[str, str]
    """Where it asks for an outcome: each code with its meaning, in Chinese."""
    barred: tuple[str, ...]
    """Why this account may not do it; empty where it may."""


class ToldCase(Line):
    """A case with all that is known of it."""

    qualification: str
    """Id in the catalogue, or the name as found for one that the catalogue does not know."""
    division: str | None
    before: str
    """Number of the case that had ended before this one began, where the account may see it."""
    followed_by: str
    """Number of the case that follows this one, where the account may see it."""
    step: str
    due: date | None
    paused_on: date | None
    evidence: tuple[ToldClue, ...]
    """The first clues, oldest first, withdrawn ones too."""
    left_off: int
    """Clues that are not among them."""
    looks: tuple[ToldLook, ...]
    history: tuple[ToldDeed, ...]
    """Oldest first."""
    actions: tuple[ToldAction, ...]


class Done(Answer):
    """A case after an action."""

    number: str
    status: str
    step: str
    due: date | None
    repeated: bool
    """The same was asked under this key before; nothing was done now."""
