"""The plain rows that the weekly report is made from; no database object leaves the store with them."""

from dataclasses import dataclass
from datetime import datetime

from config.weeks import Week
from store.feedback import RuleRecord
from store.hints import Hint
from store.recheck_lines import WeekOfLooks


@dataclass(frozen=True, slots=True)
class Scope:
    week: Week
    root: str
    """Division code at the root of the subtree; "000000" for the nation with all unclear areas."""


@dataclass(frozen=True, slots=True)
class WeekCount:
    """One point of the trend. `ads` 0 means that nothing was collected, not that nothing was found."""

    week: Week
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


@dataclass(frozen=True, slots=True)
class UnknownName:
    name: str
    ads: int
    """Distinct ads of the week that name it."""
    new: bool
    """No ad in the subtree named it before this week."""


@dataclass(frozen=True, slots=True)
class WeekRows:
    """Everything the report of one scope is made from."""

    scope: Scope
    as_of: datetime | None
    """The latest observation in the subtree before the week's end; None when there is none at all."""
    trend: tuple[WeekCount, ...]
    ads: tuple[AdCount, ...]
    postings: PostingCount
    waiting: int | None
    """Ads let in and not read yet; None below the nation."""
    clues: tuple[ClueRow, ...]
    reported: ReportedRows
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
    """All cases opened before the week's end."""
    runs: tuple[RunRow, ...]
    unknown: tuple[UnknownName, ...]
    deliveries: dict[str, int]
    """Alerts made out in the week to bureaus of the subtree, by status."""
    looks: WeekOfLooks
    """What looking again has found."""
