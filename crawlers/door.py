"""The door: everything that enters passes here, masked, dated, placed, deduplicated and published."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine

from config.posters import poster_of
from crawlers.dates import UnreadableDate, read_date
from crawlers.masking import mask
from crawlers.outlet import Outlet
from crawlers.places import locate
from crawlers.posting import Posting
from events.ids import stable_id
from events.types import JobAd, PosterType
from store.database import transaction
from store.intake import EXCERPT, Refusal, reject

_REPLACEMENT: Final = "\ufffd"


class Door:
    """Lets the postings of one run in; where they go from here, its outlet says."""

    def __init__(
        self,
        engine: Engine,
        outlet: Outlet,
        *,
        run_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        self.counts: Counter[str] = Counter(accepted=0, changed=0, duplicate=0, rejected=0, undated=0)
        """Postings accepted, duplicate and rejected; `changed` and `undated` are among the accepted."""
        self.refusals: list[Refusal] = []
        """What the last call to `admit`, `refuse` or `refuse_all` kept for inspection."""
        self._engine = engine
        self._outlet = outlet
        self._run_id = run_id
        self._clock = clock

    def admit(self, postings: Sequence[Posting]) -> None:
        """Let one batch in; what is no ad is refused, what was let in before is counted as duplicate.

        Raises:
            NotDelivered: the outlet did not take the batch; nothing of it is remembered.
        """
        now = self._clock()
        ads: list[JobAd] = []
        undated: dict[str, list[Refusal]] = {}
        refused: list[Refusal] = []
        for posting in postings:
            if reason := _unusable(posting):
                refused.append(
                    _keepable(Refusal(posting.place, reason, excerpt=posting.title or posting.text))
                )
                continue
            ad, notes = self._ad(posting, now)
            ads.append(ad)
            undated.setdefault(ad.event_id, notes)
        fresh, changed = self._outlet.new_or_changed(ads)
        self._outlet.let_out(ads, fresh)
        notes = [note for ad in fresh for note in undated[ad.event_id]]
        if refused or notes:
            with transaction(self._engine) as session:
                reject(session, self._run_id, refused + notes)
        self.refusals = refused + notes
        self.counts.update(
            accepted=len(fresh),
            changed=sum(ad.ad_id in changed for ad in fresh),
            duplicate=len(ads) - len(fresh),
            rejected=len(refused),
            undated=len(notes),
        )

    def refuse(self, place: str, reason: str, *, field: str = "", excerpt: str = "") -> None:
        """Keep something that is no posting for inspection, and count it."""
        self.refuse_all([Refusal(place, reason, field, excerpt)])

    def refuse_all(self, refusals: Iterable[Refusal], *, counted: str = "rejected") -> None:
        """Keep many at once; they are masked here, and counted under `counted`."""
        self.refusals = [_keepable(each) for each in refusals]
        if not self.refusals:
            return
        with transaction(self._engine) as session:
            reject(session, self._run_id, self.refusals)
        self.counts[counted] += len(self.refusals)

    def _ad(self, posting: Posting, now: datetime) -> tuple[JobAd, list[Refusal]]:
        title, text, company, city = (
            mask(storable(field)) for field in (posting.title, posting.text, posting.company, posting.city)
        )
        posted, late = _date(posting, "posted", now.date())
        valid_through, early = _date(posting, "valid_through", now.date())
        content_hash = stable_id(
            posting.title, posting.text, posting.company, posting.city, posting.posted, posting.salary
        )
        ad = JobAd(
            event_id=JobAd.id_for(posting.source, posting.source_ad_id, content_hash),
            source=storable(posting.source),
            source_kind=posting.source_kind,
            source_ad_id=storable(posting.source_ad_id),
            run_id=self._run_id,
            observed_at=now,
            url=storable(posting.url),
            title=title[0],
            text=text[0],
            company=company[0],
            city=city[0],
            division=locate(posting.city),
            posted=posted,
            valid_through=valid_through,
            salary=mask(storable(posting.salary))[0],
            poster=_poster(posting),
            masked=title[1] + text[1] + company[1] + city[1],
            raw_sha256=posting.raw_sha256,
            content_hash=content_hash,
        )
        return ad, late + early


def _poster(posting: Posting) -> PosterType:
    """What the source says of its poster, else what the employer's name tells."""
    return posting.poster if posting.poster != "unknown" else poster_of(posting.company) or "unknown"


def _unusable(posting: Posting) -> str:
    if not posting.source_ad_id:
        return "no id: the source must give each posting one"
    if not posting.title.strip() and not posting.text.strip():
        return "neither title nor text"
    return ""


def _date(posting: Posting, field: str, today: date) -> tuple[date | None, list[Refusal]]:
    written: str = getattr(posting, field)
    try:
        return read_date(written, observed=today), []
    except UnreadableDate as error:
        reason = f"{error}; the ad was accepted without this date"
        return None, [_keepable(Refusal(posting.place, reason, field, written))]


def storable(text: str) -> str:
    """`text` with NUL and lone surrogates replaced one for one: no database or encoder takes them."""
    if "\0" in text:
        text = text.replace("\0", _REPLACEMENT)
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(_REPLACEMENT if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def _keepable(refusal: Refusal) -> Refusal:
    """`refusal` as it may be stored: masked before it is cut, so that no half of a contact is left."""
    masked = mask(storable(refusal.excerpt[: 4 * EXCERPT]))[0]
    return Refusal(
        place=storable(refusal.place),
        reason=mask(storable(refusal.reason))[0],
        field=storable(refusal.field),
        excerpt=masked[:EXCERPT],
    )
