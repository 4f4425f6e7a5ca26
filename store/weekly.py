"""What the weekly report asks of the store, for one scope: an ISO week or a month, and one division subtree.

"000000" sees everything, also what lies in no known area; any other root sees its own subtree and nothing
else. An ad belongs to every week in which a version of it was observed; a clue and a case belong to the week
in which they were first seen.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from config.divisions import NATION
from config.weeks import Week
from events.types import PUBLIC_REPORTS
from store.cases import FALSE_ALARM, counting, standing, told_verdict
from store.feedback import suspended_rules
from store.findings import hints
from store.hints import Hint, load_hints
from store.jurisdiction import lies_within, within
from store.models import (
    Ad,
    AdVersion,
    Case,
    Clue,
    Employer,
    Finding,
    Rejection,
    Run,
    Sighting,
    StoredReading,
    UnknownCredential,
)
from store.periods import in_period
from store.postings import posting, with_postings
from store.public_reports import reports_received
from store.recheck_lines import period_of_looks
from store.rechecks import RECHECK
from store.weekly_cases import cases, deliveries, objections, removals
from store.weekly_rows import (
    AdCount,
    ClueRow,
    PeriodCount,
    PeriodRows,
    PostingCount,
    ReportedRows,
    RulesCount,
    RunRow,
    Scope,
    UnknownName,
)
from store.withdrawn_ads import gone_ads

TREND: Final = 4
"""Periods of the trend line, the reported one last."""


def latest_week(session: Session) -> Week | None:
    """The week of the latest observed ad; None for a store without ads."""
    latest = session.scalar(select(func.max(AdVersion.observed_at)))
    return Week.of(latest) if latest else None


def gather(session: Session, scope: Scope) -> PeriodRows:
    """All rows of `scope`; read them in one snapshot, so that the figures agree with each other."""
    previous = Scope(scope.period.before(1), scope.root)
    day = (as_of(session, Scope(scope.period, NATION)) or scope.period.end).date()
    return PeriodRows(
        scope=scope,
        as_of=as_of(session, scope),
        day=day,
        trend=trend(session, scope),
        ads=ads_read(session, scope),
        postings=postings(session, scope),
        waiting=waiting_ads(session, scope),
        clues=new_clues(session, _new_clue(scope)),
        reported=reported(session, scope),
        withdrawn=withdrawn_clues(session, scope),
        excluded=excluded_clues(session, scope),
        for_review=clues_for_review(session, scope),
        suspended=suspended_rules(session),
        hints=new_hints(session, scope),
        previous_hints=hint_counts(session, previous),
        previous_qualifications=qualification_counts(session, previous),
        verdicts=verdicts(session, scope),
        rules=rules_used(session, scope),
        previous_rules=rules_used(session, previous),
        cases=cases(session, scope),
        objections=objections(session, scope, day),
        removals=removals(session, scope, day),
        runs=runs(session, scope),
        unknown=unknown_names(session, scope),
        deliveries=deliveries(session, scope),
        looks=period_of_looks(session, scope.period, within(scope.root)),
    )


def as_of(session: Session, scope: Scope) -> datetime | None:
    """The latest observation in the subtree before the week's end."""
    latest = select(func.max(AdVersion.observed_at)).where(AdVersion.observed_at < scope.period.end)
    if scope.root == NATION:
        return session.scalar(latest)
    # By the ads of the place, not back through the nation's versions until one of its own is met.
    of_ad = func.max(latest.where(AdVersion.ad_id == Ad.id).scalar_subquery())
    of_all = select(of_ad).where(lies_within(Ad.division, scope.root))
    return session.scalar(_observed_ads(scope, of_ad)) or session.scalar(of_all)


def trend(session: Session, scope: Scope) -> tuple[PeriodCount, ...]:
    """Ads and new clues of the period and the three before it, oldest first."""
    periods = [scope.period.before(distance) for distance in reversed(range(TREND))]

    def which(moment: InstrumentedAttribute[datetime]) -> ColumnElement[int | None]:
        return case(*((in_period(moment, period), place) for place, period in enumerate(periods)))

    observed, found = which(AdVersion.observed_at), which(Clue.first_seen)
    fresh = and_(_counted_clue(scope), _of_boards(Clue.source), Clue.first_seen >= periods[0].start)
    read = (
        select(observed, func.count(distinct(Ad.id)), _clue_ads())
        .select_from(Ad)
        .join(AdVersion, AdVersion.ad_id == Ad.id)
        .outerjoin(Clue, and_(Clue.ad_id == Ad.id, found == observed, fresh))
        .where(AdVersion.observed_at >= periods[0].start, observed.is_not(None))
        .where(lies_within(Ad.division, scope.root), _of_boards(Ad.source))
        .group_by(observed)
    )
    clues = select(found, func.count(Clue.id)).where(fresh, found.is_not(None)).group_by(found)
    ads = {place: counts for place, *counts in session.execute(read)}
    new = dict(_pairs(session, clues))
    return tuple(
        PeriodCount(period, ads.get(place, (0, 0))[0], new.get(place, 0), ads.get(place, (0, 0))[1])
        for place, period in enumerate(periods)
    )


def ads_read(session: Session, scope: Scope) -> tuple[AdCount, ...]:
    """Distinct ads with a version observed in the week, and how many of them have a new clue."""
    counted = _observed(scope, Ad.division, Ad.source, func.count(distinct(Ad.id)), _clue_ads())
    found = session.execute(_with_clues(counted, scope).group_by(Ad.division, Ad.source))
    return tuple(sorted((AdCount(*row) for row in found), key=lambda row: (row.division or "", row.source)))


def postings(session: Session, scope: Scope) -> PostingCount:
    """What the same ads come to when the publications of one posting count once."""
    with_clue = func.count(distinct(case((Clue.id.is_not(None), posting()))))
    counted = with_postings(_observed(scope, func.count(distinct(posting())), with_clue))
    return PostingCount(*session.execute(_with_clues(counted, scope)).one())


def _clue_ads() -> ColumnElement[int]:
    return func.count(distinct(Clue.ad_id))


def _with_clues(ads: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    # Joined to the ads instead of counted apart, so that the part can never exceed the whole.
    return ads.outerjoin(Clue, and_(Clue.ad_id == Ad.id, _new_clue(scope)))


def waiting_ads(session: Session, scope: Scope) -> int | None:
    """Ads that the door let in during the week and no stage has read yet; only the nation can know.

    What has not been read has no place of work, so no bureau below could count its own.
    """
    if scope.root != NATION:
        return None
    counted = (
        select(func.count(Sighting.ad_id))
        .outerjoin(Ad, Ad.id == Sighting.ad_id)
        .where(in_period(Sighting.first_seen, scope.period), Ad.id.is_(None))
    )
    return session.scalar(counted) or 0


def new_clues(session: Session, *which: ColumnElement[bool]) -> tuple[ClueRow, ...]:
    """These clues, in the order in which they were seen."""
    version = AdVersion.title, AdVersion.acting_for
    before = aliased(Case)
    found = (
        select(Clue, Case.number, Case.status, before.number, posting(), Employer.name, *version, Ad)
        .join(Case, Case.id == Clue.case_id)
        .outerjoin(before, before.id == Case.follows)
        .join(Ad, Ad.id == Clue.ad_id)
        .join(AdVersion, AdVersion.id == Clue.version_id)
        .outerjoin(Employer, Employer.id == Clue.employer_id)
        .where(*which)
        .order_by(Clue.first_seen, Clue.id)
    )
    rows = session.execute(with_postings(found)).all()
    gone = gone_ads(session, {ad.id: (ad.source, ad.source_ad_id, ad.url) for *_, ad in rows})
    return tuple(_clue_row(*row, gone=row[0].ad_id in gone) for row in rows)


def reported(session: Session, scope: Scope) -> ReportedRows:
    """What the public reported in the week, and what was found in it."""
    period = scope.period
    counted = _observed_ads(scope, func.count(distinct(Ad.id))).where(~_of_boards(Ad.source))
    return ReportedRows(
        received=reports_received(session, period.start, period.end) if scope.root == NATION else None,
        ads=session.scalar(counted) or 0,
        clues=new_clues(session, _fresh_clue(scope), ~_of_boards(Clue.source)),
    )


def _clue_row(clue: Clue, *joined: Any, gone: bool) -> ClueRow:  # noqa: ANN401 - the columns of the query above
    number, status, follows, posting_id, employer, title, acting_for, ad = joined
    return ClueRow(
        id=clue.id,
        case_number=number,
        case_status=status,
        case_follows=follows or "",
        employer_id=clue.employer_id,
        employer=employer or "",
        acting_for=acting_for,
        ad_id=clue.ad_id,
        posting=posting_id,
        title=title,
        url=ad.url,
        source=clue.source,
        gone=gone,
        division=clue.division,
        quote=clue.quote,
        clause=clue.clause,
        quote_start=clue.start - clue.clause_start,
        qualification=clue.qualification,
        name=clue.name,
        kind=clue.kind,
        edition=clue.edition,
        severity=clue.severity,
        basis=tuple(str(each) for each in clue.basis),
        ended_by=clue.ended_by,
        suggestion=clue.suggestion,
        confirmed=clue.human_verdict is not None,
    )


def excluded_clues(session: Session, scope: Scope) -> int:
    """Clues first seen in the week that a person ruled out."""
    counted = select(func.count(Clue.id)).where(
        in_period(Clue.first_seen, scope.period),
        lies_within(Clue.division, scope.root),
        Clue.human_verdict == FALSE_ALARM,
        standing(),
        _of_boards(Clue.source),
    )
    return session.scalar(counted) or 0


def withdrawn_clues(session: Session, scope: Scope) -> int:
    """Clues that other rules than those that found them withdrew in the week."""
    counted = select(func.count(Clue.id)).where(
        in_period(Clue.withdrawn_at, scope.period),
        lies_within(Clue.division, scope.root),
        Clue.withdrawn_rules != Clue.rules_version,
        _of_boards(Clue.source),
    )
    return session.scalar(counted) or 0


def clues_for_review(session: Session, scope: Scope) -> int:
    """Clues first seen in the week that wait for a person, since the rule that found them is suspended."""
    counted = select(func.count(Clue.id)).where(
        in_period(Clue.first_seen, scope.period),
        lies_within(Clue.division, scope.root),
        Clue.held_by.is_not(None),
        Clue.human_verdict.is_(None),
        standing(),
    )
    return session.scalar(counted) or 0


def new_hints(session: Session, scope: Scope) -> tuple[Hint, ...]:
    """The hints of the week, in the order in which their ads were seen."""
    found = _hints_near(scope)
    return tuple(load_hints(session, found, _new_hint(found, scope)))


def hint_counts(session: Session, scope: Scope) -> dict[str, int]:
    """Ads with a new hint in the week, by pack."""
    found = _hints_near(scope)
    counted = select(found.c.pack, func.count(distinct(found.c.ad_id))).where(_new_hint(found, scope))
    return dict(sorted(_pairs(session, counted.group_by(found.c.pack))))


def _hints_near(scope: Scope) -> Subquery:
    """The hints of all ads with a version of the period and place: among them those that are new there."""
    lately = in_period(AdVersion.observed_at, scope.period), lies_within(AdVersion.division, scope.root)
    return hints(only=Finding.ad_id.in_(select(AdVersion.ad_id).where(*lately)))


def _new_hint(found: Subquery, scope: Scope) -> ColumnElement[bool]:
    return and_(in_period(found.c.first_seen, scope.period), lies_within(found.c.division, scope.root))


def qualification_counts(session: Session, scope: Scope) -> dict[str, int]:
    """New clues of the week by qualification."""
    counted = select(Clue.qualification, func.count()).where(_new_clue(scope)).group_by(Clue.qualification)
    return dict(sorted(_pairs(session, counted)))


def verdicts(session: Session, scope: Scope) -> dict[str, int]:
    """Ads of the week by the verdict of their newest reading."""
    told = told_verdict().label("told")
    counted = _observed(scope, told, func.count(distinct(Ad.id))).group_by(told)
    return dict(sorted(_pairs(session, counted)))


def rules_used(session: Session, scope: Scope) -> tuple[RulesCount, ...]:
    """The editions and rule versions of the newest readings of the ads of the week."""
    used = StoredReading.edition, StoredReading.rules_version
    counted = (
        _with_clues(_observed(scope, *used, func.count(distinct(Ad.id)), _clue_ads()), scope)
        .join(StoredReading, StoredReading.id == Ad.reading_id)
        .group_by(*used)
        .order_by(*used)
    )
    return tuple(RulesCount(*row) for row in session.execute(counted))


def runs(session: Session, scope: Scope) -> tuple[RunRow, ...]:
    """The sources that ran in the week, each as its latest run left it, without what people report.

    A run belongs to no area, so every bureau sees all of them. A crawl that is repeated meets the same pages,
    so what its latest run refused counts; files differ from run to run, so theirs count together.
    """
    began = in_period(Run.started_at, scope.period)
    found = select(Run).where(began, _of_boards(Run.source), Run.kind != RECHECK)
    by_source: dict[tuple[str, str], list[Run]] = {}
    for run in session.scalars(found.order_by(Run.started_at, Run.id)):
        by_source.setdefault((run.source, run.kind), []).append(run)
    return tuple(
        RunRow(source, kind, group[-1].status, _refused(session, group[-1:] if kind == "crawl" else group))
        for (source, kind), group in sorted(by_source.items())
    )


def _refused(session: Session, group: Sequence[Run]) -> int:
    """What `group` refused, the same line of the same file once."""
    refused = select(Rejection.place, Rejection.field, Rejection.reason)
    each = refused.where(Rejection.run_id.in_([run.id for run in group])).distinct().subquery()
    return session.scalar(select(func.count()).select_from(each)) or 0


def unknown_names(session: Session, scope: Scope) -> tuple[UnknownName, ...]:
    """Names of the curation tray that ads of the week use, the most frequent first."""
    counted = (
        _observed(scope, UnknownCredential.name, func.count(distinct(Ad.id)))
        .join(UnknownCredential, UnknownCredential.ad_id == Ad.id)
        .group_by(UnknownCredential.name)
    )
    older = (
        select(UnknownCredential.name)
        .join(Ad, Ad.id == UnknownCredential.ad_id)
        .where(Ad.first_seen < scope.period.start, lies_within(Ad.division, scope.root))
    )
    known = set(session.scalars(older))
    found = [UnknownName(name, ads, name not in known) for name, ads in _pairs(session, counted)]
    return tuple(sorted(found, key=lambda row: (-row.ads, row.name)))


def _observed(scope: Scope, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as SQLAlchemy's own select
    """`columns`, which count an ad once, over the ads of the subtree with a version of the week."""
    return _observed_ads(scope, *columns).where(_of_boards(Ad.source))


def _observed_ads(scope: Scope, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as above
    ads, same = select(*columns).select_from(Ad), AdVersion.ad_id == Ad.id
    lately = in_period(AdVersion.observed_at, scope.period)
    if scope.root == NATION:
        return ads.join(AdVersion, same).where(lately)
    # Joined, SQLite would go through the nation's versions of the week for each of many bureaus. That the
    # newest version is none before the week lets an index find the ads of a place (`ix_ads_place`).
    of_place = ads.where(lies_within(Ad.division, scope.root), Ad.latest_at >= scope.period.start)
    return of_place.where(exists().where(same, lately))


def _of_boards(source: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an ad came from a board or its publisher, and not from the public."""
    return source != PUBLIC_REPORTS


def _new_clue(scope: Scope) -> ColumnElement[bool]:
    return and_(_fresh_clue(scope), _of_boards(Clue.source))


def _fresh_clue(scope: Scope) -> ColumnElement[bool]:
    return and_(in_period(Clue.first_seen, scope.period), _counted_clue(scope))


def _counted_clue(scope: Scope) -> ColumnElement[bool]:
    return and_(
        lies_within(Clue.division, scope.root),
        counting(),
        or_(Clue.human_verdict.is_(None), Clue.human_verdict != FALSE_ALARM),
    )


def _pairs(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[tuple[Any, int]]:
    return [(row[0], row[1]) for row in session.execute(statement)]
