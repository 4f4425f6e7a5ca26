"""What the weekly report asks of the store, for one scope: an ISO week and one division subtree.

"000000" sees everything, also what lies in no known area; any other root sees its own subtree and nothing
else. An ad belongs to every week in which a version of it was observed; a clue and a case belong to the week
in which they were first seen.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, distinct, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from config.divisions import NATION
from config.weeks import Week
from events.types import PUBLIC_REPORTS
from store.cases import FALSE_ALARM, FOR_REVIEW, counting, shown_status, standing, told_verdict
from store.deliveries import CASE_EVENT
from store.feedback import suspended_rules
from store.findings import hints
from store.hints import Hint, load_hints
from store.models import (
    Ad,
    AdVersion,
    Case,
    Clue,
    Delivery,
    Employer,
    Rejection,
    Run,
    Sighting,
    StoredReading,
    UnknownCredential,
)
from store.postings import posting, with_postings
from store.public_reports import reports_received
from store.recheck_lines import week_of_looks
from store.rechecks import RECHECK
from store.weekly_rows import (
    AdCount,
    CaseRow,
    ClueRow,
    PostingCount,
    ReportedRows,
    RulesCount,
    RunRow,
    Scope,
    UnknownName,
    WeekCount,
    WeekRows,
)
from store.withdrawn_ads import gone_ads

TREND_WEEKS: Final = 4
"""Weeks of the trend line, the reported one last."""


def latest_week(session: Session) -> Week | None:
    """The week of the latest observed ad; None for a store without ads."""
    latest = session.scalar(select(func.max(AdVersion.observed_at)))
    return Week.of(latest) if latest else None


def gather(session: Session, scope: Scope) -> WeekRows:
    """All rows of `scope`; read them in one snapshot, so that the figures agree with each other."""
    previous = Scope(scope.week.before(1), scope.root)
    return WeekRows(
        scope=scope,
        as_of=as_of(session, scope),
        trend=trend(session, scope),
        ads=ads_read(session, scope),
        postings=postings(session, scope),
        waiting=waiting_ads(session, scope),
        clues=new_clues(session, _new_clue(scope)),
        reported=reported(session, scope),
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
        runs=runs(session, scope),
        unknown=unknown_names(session, scope),
        deliveries=deliveries(session, scope),
        looks=week_of_looks(session, scope.week, _within(Case.division, scope.root)),
    )


def as_of(session: Session, scope: Scope) -> datetime | None:
    """The latest observation in the subtree before the week's end."""
    return session.scalar(
        select(func.max(AdVersion.observed_at))
        .join(Ad, Ad.id == AdVersion.ad_id)
        .where(AdVersion.observed_at < scope.week.end, _within(Ad.division, scope.root))
    )


def trend(session: Session, scope: Scope) -> tuple[WeekCount, ...]:
    """Ads and new clues of the week and the three before it, oldest first."""
    weeks = [scope.week.before(distance) for distance in reversed(range(TREND_WEEKS))]
    return tuple(_week_count(session, Scope(week, scope.root)) for week in weeks)


def _week_count(session: Session, scope: Scope) -> WeekCount:
    counted = _with_clues(_observed(scope, func.count(distinct(Ad.id)), _clue_ads()), scope)
    ads, clue_ads = session.execute(counted).one()
    clues = session.scalar(select(func.count(Clue.id)).where(_new_clue(scope))) or 0
    return WeekCount(scope.week, ads, clues, clue_ads)


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
        .where(_in_week(Sighting.first_seen, scope.week), Ad.id.is_(None))
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
    week = scope.week
    counted = _observed_ads(scope, func.count(distinct(Ad.id))).where(~_of_boards(Ad.source))
    return ReportedRows(
        received=reports_received(session, week.start, week.end) if scope.root == NATION else None,
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
        _in_week(Clue.first_seen, scope.week),
        _within(Clue.division, scope.root),
        Clue.human_verdict == FALSE_ALARM,
        standing(),
        _of_boards(Clue.source),
    )
    return session.scalar(counted) or 0


def clues_for_review(session: Session, scope: Scope) -> int:
    """Clues first seen in the week that wait for a person, since the rule that found them is suspended."""
    counted = select(func.count(Clue.id)).where(
        _in_week(Clue.first_seen, scope.week),
        _within(Clue.division, scope.root),
        Clue.held_by.is_not(None),
        Clue.human_verdict.is_(None),
        standing(),
    )
    return session.scalar(counted) or 0


def new_hints(session: Session, scope: Scope) -> tuple[Hint, ...]:
    """The hints of the week, in the order in which their ads were seen."""
    found = hints()
    return tuple(load_hints(session, found, _new_hint(found, scope)))


def hint_counts(session: Session, scope: Scope) -> dict[str, int]:
    """Ads with a new hint in the week, by pack."""
    found = hints()
    counted = select(found.c.pack, func.count(distinct(found.c.ad_id))).where(_new_hint(found, scope))
    return dict(sorted(_pairs(session, counted.group_by(found.c.pack))))


def _new_hint(found: Subquery, scope: Scope) -> ColumnElement[bool]:
    return and_(_in_week(found.c.first_seen, scope.week), _within(found.c.division, scope.root))


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
        _observed(scope, *used, func.count(distinct(Ad.id)))
        .join(StoredReading, StoredReading.id == Ad.reading_id)
        .group_by(*used)
        .order_by(*used)
    )
    return tuple(RulesCount(*row) for row in session.execute(counted))


def cases(session: Session, scope: Scope) -> tuple[CaseRow, ...]:
    """All cases of the subtree opened before the week's end, with their present status; none for review."""
    found = (
        select(Case.number, shown_status(), Case.opened_at)
        .where(Case.opened_at < scope.week.end, _within(Case.division, scope.root))
        .where(shown_status() != FOR_REVIEW)
        .order_by(Case.opened_at, Case.number)
    )
    return tuple(CaseRow(*row) for row in session.execute(found))


def runs(session: Session, scope: Scope) -> tuple[RunRow, ...]:
    """The sources that ran in the week, each as its latest run left it, without what people report.

    A run belongs to no area, so every bureau sees all of them. A crawl that is repeated meets the same pages,
    so what its latest run refused counts; files differ from run to run, so theirs count together.
    """
    began = _in_week(Run.started_at, scope.week)
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
        .where(Ad.first_seen < scope.week.start, _within(Ad.division, scope.root))
    )
    known = set(session.scalars(older))
    found = [UnknownName(name, ads, name not in known) for name, ads in _pairs(session, counted)]
    return tuple(sorted(found, key=lambda row: (-row.ads, row.name)))


def deliveries(session: Session, scope: Scope) -> dict[str, int]:
    """Alerts made out in the week to bureaus of the subtree, by status."""
    counted = (
        select(Delivery.status, func.count())
        .where(_in_week(Delivery.created_at, scope.week), _within(Delivery.bureau, scope.root))
        .where(Delivery.kind != CASE_EVENT)
        .group_by(Delivery.status)
    )
    return dict(sorted(_pairs(session, counted)))


def _observed(scope: Scope, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as SQLAlchemy's own select
    """`columns` over the ads of the subtree joined with their versions of the week, without reported ads."""
    return _observed_ads(scope, *columns).where(_of_boards(Ad.source))


def _observed_ads(scope: Scope, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - as above
    return (
        select(*columns)
        .select_from(Ad)
        .join(AdVersion, AdVersion.ad_id == Ad.id)
        .where(_in_week(AdVersion.observed_at, scope.week), _within(Ad.division, scope.root))
    )


def _of_boards(source: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether an ad came from a board or its publisher, and not from the public."""
    return source != PUBLIC_REPORTS


def _new_clue(scope: Scope) -> ColumnElement[bool]:
    return and_(_fresh_clue(scope), _of_boards(Clue.source))


def _fresh_clue(scope: Scope) -> ColumnElement[bool]:
    return and_(
        _in_week(Clue.first_seen, scope.week),
        _within(Clue.division, scope.root),
        counting(),
        or_(Clue.human_verdict.is_(None), Clue.human_verdict != FALSE_ALARM),
    )


def _in_week(
    moment: ColumnElement[datetime] | InstrumentedAttribute[datetime], week: Week
) -> ColumnElement[bool]:
    return and_(moment >= week.start, moment < week.end)


def _within(division: ColumnElement[Any] | InstrumentedAttribute[Any], root: str) -> ColumnElement[bool]:
    # A range instead of LIKE, because an index serves it in SQLite and PostgreSQL alike.
    if root == NATION:
        return true()
    if root.endswith("00"):
        significant = root[:2] if root.endswith("0000") else root[:4]
        return division.between(significant.ljust(6, "0"), significant.ljust(6, "9"))
    return division == root


def _pairs(session: Session, statement: Select[*tuple[Any, ...]]) -> Sequence[tuple[Any, int]]:
    return [(row[0], row[1]) for row in session.execute(statement)]
