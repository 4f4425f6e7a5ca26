"""The door: everything that enters passes here, masked, dated, placed, deduplicated and published."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from crawlers.evidence import Keeper
from crawlers.normalise import keepable, normalise
from crawlers.originals import of_file
from crawlers.outlet import Outlet
from crawlers.posting import Origin, Posting, storable
from events.types import PUBLIC_REPORTS, JobAd, Shown
from store.database import transaction
from store.evidence import Original
from store.intake import Refusal, reject


class Door:
    """Lets the postings of one run in; where they go from here, its outlet says."""

    def __init__(
        self,
        engine: Engine,
        outlet: Outlet,
        *,
        run_id: str,
        clock: Callable[[], datetime],
        keeper: Keeper | None = None,
    ) -> None:
        """`keeper` keeps what the postings were read from; without one nothing is kept."""
        self.counts: Counter[str] = Counter(accepted=0, changed=0, duplicate=0, rejected=0, undated=0)
        """Postings accepted, duplicate and rejected; `changed` and `undated` are among the accepted."""
        self.refusals: list[Refusal] = []
        """What the last call to `admit`, `refuse` or `refuse_all` kept for inspection."""
        self._engine = engine
        self._outlet = outlet
        self._run_id = run_id
        self._clock = clock
        self._keeper = keeper
        self._handed_in: Original | None = None

    @property
    def evidence_clock(self) -> Callable[[], datetime] | None:
        """For those who make originals: when they were received. None where none are kept."""
        return self._clock if self._keeper is not None else None

    def hand_in(self, path: Path) -> None:
        """The postings that follow, as far as they name no origin, stand in this file."""
        self._handed_in = of_file(path, self._clock()) if self._keeper is not None else None

    def admit(self, postings: Sequence[Posting]) -> None:
        """Let one batch in; what is no ad is refused, what was let in before is counted as duplicate.

        Raises:
            NotDelivered: the outlet did not take the batch; nothing of it is remembered.
        """
        now = self._clock()
        ads: list[JobAd] = []
        undated: dict[str, list[Refusal]] = {}
        origins: dict[str, tuple[Origin, ...]] = {}
        refused: list[Refusal] = []
        for posting in postings:
            if reason := _unusable(posting):
                refused.append(
                    keepable(Refusal(posting.place, reason, excerpt=posting.title or posting.text))
                )
                continue
            ad, notes = normalise(posting, run_id=self._run_id, now=now)
            ads.append(ad)
            undated.setdefault(ad.event_id, notes)
            origins.setdefault(ad.event_id, self._origins(posting))
        fresh, changed = self._outlet.new_or_changed(ads)
        fresh = self._with_evidence(fresh, origins)
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

    def _origins(self, posting: Posting) -> tuple[Origin, ...]:
        if posting.origins or self._handed_in is None:
            return posting.origins
        return (Origin(self._handed_in, posting.place),)

    def _with_evidence(
        self, fresh: Sequence[JobAd], origins: Mapping[str, tuple[Origin, ...]]
    ) -> list[JobAd]:
        """The `fresh` ads with what shows them, which is kept; the others are noted to have come again."""
        if self._keeper is None:
            return list(fresh)
        showing = {ad.event_id: origins[ad.event_id] for ad in fresh}
        self._keeper.keep(self._run_id, (each.original for found in showing.values() for each in found))
        known = (found for name, found in origins.items() if name not in showing)
        self._keeper.seen_again((each.original for found in known for each in found), self._clock())
        return [ad.model_copy(update={"evidence": _shown(showing[ad.event_id])}) for ad in fresh]

    def refuse(self, place: str, reason: str, *, field: str = "", excerpt: str = "") -> None:
        """Keep something that is no posting for inspection, and count it."""
        self.refuse_all([Refusal(place, reason, field, excerpt)])

    def refuse_all(self, refusals: Iterable[Refusal], *, counted: str = "rejected") -> None:
        """Keep many at once; they are masked here, and counted under `counted`."""
        self.refusals = [keepable(each) for each in refusals]
        if not self.refusals:
            return
        with transaction(self._engine) as session:
            reject(session, self._run_id, self.refusals)
        self.counts[counted] += len(self.refusals)


def _shown(origins: Iterable[Origin]) -> tuple[Shown, ...]:
    return tuple(Shown(capture=each.original.id, locator=storable(each.locator)) for each in origins)


def _unusable(posting: Posting) -> str:
    if not posting.source_ad_id:
        return "no id: the source must give each posting one"
    if not posting.title.strip() and not posting.text.strip():
        return "neither title nor text"
    if (posting.source == PUBLIC_REPORTS) != (posting.source_kind == "report"):
        return f"the source {PUBLIC_REPORTS} is for what the public reports, and for nothing else"
    return ""
