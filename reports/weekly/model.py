"""The weekly report as data, in the order of reading. Every format is written from this and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from config.weeks import Week

Edition = Literal["internal", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Ads with a clue per 10,000 ads, with the 95 % Wilson interval."""

    per_10000: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of the totals, and how it compares with the week before."""

    label: str
    value: int
    unit: str
    change: str
    """In words; empty where no comparison makes sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPoint:
    week: Week
    ads: int
    """0 means that nothing was collected; then no figure of that week is shown."""
    clues: int
    clue_ads: int
    rate: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A labelled number with its share of the whole."""

    label: str
    count: int
    share: float
    """In per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesUse:
    edition: str
    rules_version: str
    ads: int


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
    """Distinct ads that were new or had changed in the week, and have been read."""
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
    precision: str
    for_review: int
    """Clues of the week that wait for a person, since their rule is suspended; in no other count."""
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
    """Clues of the week before."""
    share: float
    """Of the week's clues, in per cent."""


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
class BoardLine:
    source: str
    state: str
    """State of its runs of the week, in Chinese."""
    ads: int
    clue_ads: int
    clues: int
    rejected: int | None
    rate: Rate | None


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
    """One case with the clues it got this week."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PackLine:
    """What one rule pack found in the week: hints, which are no clues and in no other figure."""

    name: str
    """In Chinese."""
    advice: str
    ads: int
    employers: int
    previous: int
    """Ads of the week before."""


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
class Progress:
    opened: int
    open_cases: int
    statuses: tuple[Count, ...]
    ages: tuple[Count, ...]
    alerts: tuple[Count, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingAgain:
    outcomes: tuple[Count, ...]
    """Ads looked at in the week, by what was found."""
    for_people: int
    """Ads that wait for a person, whenever they were looked at."""
    relapses: int
    """Cases that people have ended as relapses in the week."""


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
class Report:
    edition: Edition
    week: Week
    bureau: str
    """Name of the bureau it is made for."""
    division: str
    division_name: str
    as_of: datetime | None
    empty: bool
    """Nothing was collected in the week."""
    key_points: tuple[str, ...]
    coverage: Coverage
    figures: tuple[Figure, ...]
    trend: tuple[WeekPoint, ...]
    qualifications: tuple[QualificationLine, ...]
    other_qualifications: int
    """Qualifications below the top of the list."""
    unknown: tuple[UnknownLine, ...]
    unknown_total: int
    region_level: str
    """What a region is here: 省份, 市 or 县区; empty where the division has no children."""
    regions: tuple[RegionLine, ...]
    boards: tuple[BoardLine, ...]
    cases: tuple[CaseLine, ...]
    """Empty in the public edition."""
    omitted_cases: int
    packs: tuple[PackLine, ...]
    hints: tuple[HintLine, ...]
    """Empty in the public edition."""
    omitted_hints: int
    progress: Progress
    looks: LookingAgain
    legal: tuple[LegalText, ...]
    minimum_ads: int
    """Ads below which no rate and no rank is given."""
