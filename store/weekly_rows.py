"""The plain rows that a report is made from; no database object leaves the store with them.

What they say of the week holds for the month of the circular as well.
"""

from dataclasses import dataclass
from datetime import date, datetime

from config.months import Period
from store.feedback import RuleRecord
from store.hints import Hint
from store.recheck_lines import PeriodOfLooks


@dataclass(frozen=True, slots=True)
class Scope:
    period: Period
    root: str
    """Division code at the root of the subtree; "000000" for the nation with all unclear areas."""


@dataclass(frozen=True, slots=True)
class PeriodCount:
    """One point of the trend. `ads` 0 means that nothing was collected, not that nothing was found."""

    period: Period
    ads: int
    clues: int
    clue_ads: int
    """Those of the ads with at least one new clue."""


@dataclass(frozen=True, slots=True)
class AdCount:
    """Distinct ads read in the week, by place and board; every ad is in exactly one row."""

    division: str | None
    source: str
    ads: int
    clue_ads: int
    """Those of them with at least one new clue."""


@dataclass(frozen=True, slots=True)
class PostingCount:
    """Ads of the week, those that are publications of one posting counted once."""

    read: int
    with_clue: int
    """Those of them of which an ad has a new clue."""


@dataclass(frozen=True, slots=True)
class ClueRow:
    """A clue first seen in the week that stands: neither withdrawn nor ruled out by a person."""

    id: str
    case_number: str
    case_status: str
    case_follows: str
    """Number of the case that had ended before this one began; empty where there is none."""
    employer_id: str | None
    employer: str
    """Empty where the ad names none."""
    acting_for: str
    """The employer for whom that one hires by the ad's own words; empty where they name none."""
    ad_id: str
    posting: str
    """The posting that the ad is a publication of."""
    title: str
    url: str
    source: str
    gone: bool
    """The ad is no longer at its source; what was found in it stays."""
    division: str | None
    quote: str
    clause: str
    quote_start: int
    """Where the quote starts within the clause, in characters."""
    qualification: str
    name: str
    kind: str
    edition: str
    severity: str
    basis: tuple[str, ...]
    ended_by: str
    """What to cite where `basis` says that the paper was cancelled."""
    suggestion: str
    confirmed: bool
    """A person has confirmed it."""


@dataclass(frozen=True, slots=True)
class ReportedRows:
    """What the public reported: in no other count, because people report what they take to be wrong."""

    received: int | None
    """Reports that came in; None below the nation, since a report belongs to no area."""
    ads: int
    """Distinct reported ads read in the week."""
    clues: tuple[ClueRow, ...]


@dataclass(frozen=True, slots=True)
class CaseRow:
    number: str
    status: str
    opened_at: datetime
    bureau: str
    """Code of the bureau that it belongs to."""
    due: date | None
    """The last day for its next step; None also while its time is stopped."""
    confirmed_at: datetime | None
    """When people last made a case of it (成案), whatever became of it."""
    ended_at: datetime | None
    """When it came to a status in which nothing is left to do; None while it has another."""


@dataclass(frozen=True, slots=True)
class ObjectionCounts:
    """Objections against the cases of the subtree; for the nation also those whose case is not known."""

    received: int
    """In the period, as are the next two."""
    upheld: int
    rejected: int
    waiting: int
    """Now, as are those that are overdue."""
    overdue: int


@dataclass(frozen=True, slots=True)
class RemovalCount:
    """Ads of one board whose fifth working day after the confirmation of their case lies in the period."""

    source: str
    due: int
    gone: int
    """Those that the board did not have any more after that day."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """A source that was crawled, or that files came from, in the week."""

    source: str
    kind: str
    status: str
    """Of its latest run."""
    rejected: int
    """What it refused (`store.weekly.runs` says of which runs)."""


@dataclass(frozen=True, slots=True)
class RulesCount:
    """Ads of the week whose newest reading was made with one edition and one set of rules."""

    edition: str
    rules_version: str
    ads: int
    clue_ads: int
    """Those of them with at least one new clue."""


@dataclass(frozen=True, slots=True)
class UnknownName:
    name: str
    ads: int
    """Distinct ads of the week that name it."""
    new: bool
    """No ad in the subtree named it before this week."""


@dataclass(frozen=True, slots=True)
class PeriodRows:
    """Everything the report of one scope is made from."""

    scope: Scope
    as_of: datetime | None
    """The latest observation in the subtree before the week's end; None when there is none at all."""
    day: date
    """The day of the latest observation anywhere; what was due before it is overdue."""
    trend: tuple[PeriodCount, ...]
    ads: tuple[AdCount, ...]
    postings: PostingCount
    waiting: int | None
    """Ads let in and not read yet; None below the nation."""
    clues: tuple[ClueRow, ...]
    reported: ReportedRows
    withdrawn: int
    """Clues that a change of the rules withdrew in the week."""
    excluded: int
    """Clues of the week that a person ruled out; they are in no other figure."""
    for_review: int
    """Clues of the week that wait for a person; they are in no other figure either."""
    suspended: tuple[RuleRecord, ...]
    """The rules that found them: those that are suspended now."""
    hints: tuple[Hint, ...]
    previous_hints: dict[str, int]
    """Ads with a new hint in the week before, by pack."""
    previous_qualifications: dict[str, int]
    """Clues of the week before, by qualification."""
    verdicts: dict[str, int]
    """Ads of the week by the verdict of their newest reading."""
    rules: tuple[RulesCount, ...]
    previous_rules: tuple[RulesCount, ...]
    cases: tuple[CaseRow, ...]
    """All cases of the subtree's bureaus opened before the week's end."""
    objections: ObjectionCounts
    removals: tuple[RemovalCount, ...]
    runs: tuple[RunRow, ...]
    unknown: tuple[UnknownName, ...]
    deliveries: dict[str, int]
    """Alerts made out in the week to bureaus of the subtree, by status."""
    looks: PeriodOfLooks
    """What looking again has found."""
