"""Where ads go that the door lets in: into the log, or into the database until their run is judged."""

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine

from events.log import Message, Producer
from events.topics import COLLECTED
from events.types import JobAd
from store.database import transaction
from store.intake import new_or_changed, remember
from store.staging import stage_ads, staged_content


class Outlet(Protocol):
    """What the door asks of it."""

    def new_or_changed(self, ads: Sequence[JobAd]) -> tuple[list[JobAd], set[str]]:
        """The ads whose content was not let in before, and the ids of those known with other content."""

    def let_out(self, ads: Sequence[JobAd], fresh: Sequence[JobAd]) -> None:
        """Take the `fresh` ones among `ads` for good, and note that all were seen.

        Raises:
            NotDelivered: nothing was taken.
        """


class Published:
    """Into the log at once.

    An ad is published before it is remembered: a crash between the two sends it once more under the same
    event id, and nothing is lost.
    """

    def __init__(self, engine: Engine, producer: Producer) -> None:
        self._engine = engine
        self._producer = producer

    def new_or_changed(self, ads: Sequence[JobAd]) -> tuple[list[JobAd], set[str]]:
        with transaction(self._engine) as session:
            return new_or_changed(session, ads)

    def let_out(self, ads: Sequence[JobAd], fresh: Sequence[JobAd]) -> None:
        self._producer.publish([Message(COLLECTED, ad.key, ad.encode()) for ad in fresh])
        with transaction(self._engine) as session:
            remember(session, ads)


class Staged:
    """Into the database, where ads wait until their run is judged (crawlers/closing.py)."""

    def __init__(self, engine: Engine, run_id: str) -> None:
        self._engine = engine
        self._run_id = run_id

    def new_or_changed(self, ads: Sequence[JobAd]) -> tuple[list[JobAd], set[str]]:
        with transaction(self._engine) as session:
            staged = staged_content(session, self._run_id, sorted({ad.ad_id for ad in ads}))
            return new_or_changed(session, ads, staged=staged)

    def let_out(self, ads: Sequence[JobAd], fresh: Sequence[JobAd]) -> None:
        fresh_ids = {ad.ad_id for ad in fresh}
        others = [ad for ad in ads if ad.ad_id not in fresh_ids]
        with transaction(self._engine) as session:
            stage_ads(session, self._run_id, fresh)
            if others:
                staged = staged_content(session, self._run_id, sorted({ad.ad_id for ad in others}))
                # What the log has already was seen again, whatever becomes of this run.
                remember(session, [ad for ad in others if ad.ad_id not in staged])
