"""The report on a week or month as data, in the order of reading.

Every format is written from this and nothing else.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from config.months import Period
from reports.pack.annexes import Annexes
from reports.weekly.figures import Rate
from reports.weekly.wording import TITLES, number_of

Edition = Literal["internal", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of the totals, and how it compares with the period before."""

    label: str
    value: int
    unit: str
    change: str
    """In words; empty where no comparison makes sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPoint:
    period: Period
    ads: int
    """0 means that nothing was collected; then no figure of that period is shown."""
    clues: int
    clue_ads: int
    rate: Rate | None
    opened: int
    """Cases that were opened in the period, as are those of the next three."""
    confirmed: int
    excluded: int
    """False alarms."""
    ended: int
    """Ended in another way."""
    open_cases: int
    """Those open at the end of the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A labelled number with its share of the whole."""

    label: str
    count: int
    share: float
    """In per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesUse:
    """What one set of rules found: two in one period show what the change of rules does to the figures."""

    edition: str
    rules_version: str
    ads: int
    rate: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What the public reported; in no other count, rate or comparison of the report."""

    received: int | None
    """Reports that came in; None below the nation."""
    ads: int
    clues: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendedRule:
    """A rule whose clues wait for a person."""

    rule: str
    since: datetime
    confirmed: int
    cases: int
    """Of so many decided cases, so many were confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was looked at, with which rules."""

    read: int
    """Distinct ads that were new or had changed in the period, and have been read."""
    waiting: int | None
    """Ads let in and not read yet; None for a bureau below the nation, as is `rejected`."""
    unclear: int
    """Ads whose place of work is unknown."""
    rejected: int | None
    """Postings refused at the door; they belong to no area."""
    postings: int
    """What the ads read come to when the publications of one posting count once."""
    postings_with_clue: int
    """Those of them of which an ad has a new clue."""
    reported: Reported
    incomplete: tuple[str, ...]
    """Boards with a run that did not finish."""
    rules: tuple[RulesUse, ...]
    method_change: str
    withdrawn: int
    """Clues that a change of the rules withdrew in the period, whenever they were found."""
    excluded: int
    """Clues of the period that a person ruled out; in no other count."""
    precision: str
    for_review: int
    """Clues of the period that wait for a person, since their rule is suspended; in no other count."""
    suspended: tuple[SuspendedRule, ...]
    verdicts: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationLine:
    rank: int
    name: str
    kind: str
    """Code of the kind, see `events.types.Kind`."""
    status: str
    """The kind in Chinese."""
    edition: str
    clues: int
    ads: int
    employers: int
    previous: int
    """Clues of the period before."""
    share: float
    """Of the period's clues, in per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLine:
    name: str
    ads: int
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionLine:
    """A child of the bureau's division; `code` is empty for what lies in no known child."""

    rank: int | None
    """None below the minimum sample: such a region has no rate and no place in the order."""
    code: str
    name: str
    ads: int
    clue_ads: int
    clues: int
    rate: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Ads of confirmed cases whose fifth working day after the confirmation lies in the period."""

    due: int
    gone: int
    """Those of them that their board had no more by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    source: str
    state: str
    """State of its runs of the period, in Chinese."""
    ads: int
    clue_ads: int
    clues: int
    rejected: int | None
    rate: Rate | None
    removal: Removal
    cases: int
    """Cases with clues of the period."""
    repeated: int
    """Those of them that follow a case that had ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A clause as published, cut where the credential stands."""

    before: str
    credential: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdLink:
    title: str
    source: str
    """What people call it, with a word on an ad that is no longer there."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case with the clues it got in the period."""

    number: str
    status: str
    severity: str
    """Code: red, orange, yellow or grey."""
    employer: str
    acting_for: tuple[str, ...]
    """The employers for whom that one hires by the ads' own words."""
    place: str
    qualification: str
    kind: str
    kind_label: str
    ads: int
    postings: int
    """The ads, those that are publications of one posting counted once."""
    quotes: tuple[Quote, ...]
    links: tuple[AdLink, ...]
    more_ads: int
    """Ads beyond the ones linked."""
    suggestion: str
    handler: str
    """Name of the bureau that has the case; empty where it is another's, as is `due`."""
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """What one rule pack found in the period: hints, which are no clues and in no other figure."""

    name: str
    """In Chinese."""
    advice: str
    ads: int
    employers: int
    previous: int
    """Ads of the period before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HintLine:
    """One employer, or an ad without one, at one place with the ads in which a pack found something."""

    pack: str
    """Name of the pack."""
    employer: str
    place: str
    ads: int
    quotes: tuple[str, ...]
    links: tuple[AdLink, ...]
    more_ads: int
    """Ads beyond the ones linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """The cases of the bureaus in a child of the division; `code` is empty for the bureau's own."""

    code: str
    name: str
    open_cases: int
    suspected: int
    """Not judged yet; with the next four these are the open ones."""
    confirmed: int
    """Confirmed, and not signed for."""
    verifying: int
    ordered: int
    corrected: int
    overdue: int
    """Those of the open ones whose step was due before the report's day."""
    ended: int
    """In the period, without false alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    """Those of the period, and those that wait."""

    received: int
    upheld: int
    rejected: int
    waiting: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    opened: int
    open_cases: int
    overdue: int
    units: tuple[UnitLine, ...]
    objections: Objections
    statuses: tuple[Count, ...]
    ages: tuple[Count, ...]
    alerts: tuple[Count, ...]

    @property
    def late(self) -> tuple[str, ...]:
        """The units that have overdue cases."""
        return tuple(unit.name for unit in self.units if unit.overdue)

    @property
    def timely(self) -> tuple[str, ...]:
        """Those that ended cases in the period and have none that is overdue."""
        return tuple(unit.name for unit in self.units if unit.ended and not unit.overdue)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingAgain:
    outcomes: tuple[Count, ...]
    """Ads looked at in the period, by what was found."""
    for_people: int
    """Ads that wait for a person, whenever they were looked at."""
    relapses: int
    """Cases that people have ended as relapses in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalText:
    """A text that a verdict of this report rests on."""

    id: str
    citation: str
    addressee: str
    """Whom the text binds; empty where unknown."""
    quote: str
    """The words relied on; empty where the policy holds none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What makes a report one that was issued: nothing of it changes any more."""

    version: int
    """1, or more where it corrects the one before."""
    corrects: str = ""
    """Number of the report that it corrects."""
    reason: str = ""
    """Why that was corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    edition: Edition
    period: Period
    issue: Issue | None
    """None for a draft."""
    bureau: str
    """Name of the bureau it is made for."""
    division: str
    division_name: str
    as_of: datetime | None
    empty: bool
    """Nothing was collected in the period."""
    key_points: tuple[str, ...]
    coverage: Coverage
    figures: tuple[Figure, ...]
    trend: tuple[PeriodPoint, ...]
    qualifications: tuple[QualificationLine, ...]
    other_qualifications: int
    """Qualifications below the top of the list."""
    unknown: tuple[UnknownLine, ...]
    unknown_total: int
    region_level: str
    """What a region is here: 省份, 市 or 县区; empty where the division has no children."""
    regions: tuple[RegionLine, ...]
    cities: tuple[RegionLine, ...]
    """For a month of more than a city: the cities with a rate, in its order."""
    boards: tuple[BoardLine, ...]
    cases: tuple[CaseLine, ...]
    """Empty in the public edition."""
    packs: tuple[PackLine, ...]
    hints: tuple[HintLine, ...]
    """Empty in the public edition."""
    progress: Progress
    looks: LookingAgain
    legal: tuple[LegalText, ...]
    minimum_ads: int
    """Ads below which no rate and no rank is given."""
    annexes: Annexes | None = None
    """None where no evidence packs go with the report."""

    @property
    def title(self) -> str:
        return TITLES[type(self.period)]

    @property
    def number(self) -> str:
        """What it is cited by; a draft's says that it is one."""
        return number_of(self.division, self.period, self.edition, self.issue.version if self.issue else None)
