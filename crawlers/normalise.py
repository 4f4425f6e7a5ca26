"""From a posting to an ad: masked, placed and dated, and its terms read; no log and no database."""

from datetime import date, datetime, timedelta

from config.posters import poster_of, poster_owned
from crawlers.dates import AHEAD, TOMORROW, UnreadableDate, is_relative, read_date
from crawlers.employers import acting_for
from crawlers.masking import mask
from crawlers.places import locate, locate_all
from crawlers.posting import Posting, storable
from crawlers.terms import terms_of
from events.ids import stable_id
from events.types import JobAd, PosterType
from store.intake import EXCERPT, Refusal


def normalise(posting: Posting, *, run_id: str, now: datetime) -> tuple[JobAd, list[Refusal]]:
    """The ad in a posting that was observed `now`, and what could not be used of it."""
    title, text, company, city = (
        mask(storable(field)) for field in (posting.title, posting.text, posting.company, posting.city)
    )
    posted, valid_through, notes = _dates(posting, now.date())
    content_hash = _content_hash(posting, posted)
    ad = JobAd(
        event_id=JobAd.id_for(posting.source, posting.source_ad_id, content_hash),
        source=storable(posting.source),
        source_kind=posting.source_kind,
        source_ad_id=storable(posting.source_ad_id),
        run_id=run_id,
        observed_at=now,
        url=storable(posting.url),
        title=title[0],
        text=text[0],
        company=company[0],
        city=city[0],
        division=locate(posting.city),
        divisions=locate_all(posting.city),
        posted=posted,
        valid_through=valid_through,
        salary=mask(storable(posting.salary))[0],
        poster=_poster(posting),
        acting_for=acting_for(f"{title[0]}\n{text[0]}", company=company[0]),
        terms=terms_of(posting),
        masked=title[1] + text[1] + company[1] + city[1],
        raw_sha256=posting.raw_sha256,
        content_hash=content_hash,
    )
    return ad, notes


def _content_hash(posting: Posting, posted: date | None) -> str:
    """Over what makes a new version. 3天前 will be 4天前 tomorrow, so the day that is meant stands for it."""
    dated = str(posted) if is_relative(posting.posted) else posting.posted
    besides = posting.employment, posting.headcount, posting.education, posting.experience
    return stable_id(
        posting.title, posting.text, posting.company, posting.city, dated, posting.salary,
        *(besides if any(besides) else ()),
    )  # fmt: skip


def _poster(posting: Posting) -> PosterType:
    """What the source says of its poster, else what the employer's name tells, else its ownership."""
    if posting.poster != "unknown":
        return posting.poster
    return poster_of(posting.company) or poster_owned(posting.ownership) or "unknown"


def _dates(posting: Posting, today: date) -> tuple[date | None, date | None, list[Refusal]]:
    """When it was posted, until when it holds, and what is wrong with either."""
    posted, notes = _date(posting, "posted", today, TOMORROW)
    valid_through, more = _date(posting, "valid_through", today, AHEAD)
    if posted and valid_through and valid_through < posted:
        more = [_undated(posting, "valid_through", f"{valid_through} lies before the posting on {posted}")]
        valid_through = None
    return posted, valid_through, notes + more


def _date(posting: Posting, field: str, today: date, ahead: timedelta) -> tuple[date | None, list[Refusal]]:
    try:
        return read_date(getattr(posting, field), observed=today, ahead=ahead), []
    except UnreadableDate as error:
        return None, [_undated(posting, field, str(error))]


def _undated(posting: Posting, field: str, problem: str) -> Refusal:
    reason = f"{problem}; the ad was accepted without this date"
    return keepable(Refusal(posting.place, reason, field, getattr(posting, field)))


def keepable(refusal: Refusal) -> Refusal:
    """`refusal` as it may be stored: masked before it is cut, so that no half of a contact is left."""
    masked = mask(storable(refusal.excerpt[: 4 * EXCERPT]))[0]
    return Refusal(
        place=storable(refusal.place),
        reason=mask(storable(refusal.reason))[0],
        field=storable(refusal.field),
        excerpt=masked[:EXCERPT],
    )
