"""The ledger of a run that looks again at ads: which pages it asks for, and what each came to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from crawlers.board import Board
from crawlers.evidence import Keeper
from crawlers.ledger import StoredLedger
from crawlers.masking import mask
from crawlers.normalise import normalise
from crawlers.posting import Origin, Posting, storable
from crawlers.recheck.judge import Page, Read, look_at
from store.database import transaction
from store.rechecks import Answer, Asked, Look, note, take
from store.targets import Due, Entry, Noted, Visit


@dataclass(frozen=True, slots=True)
class Examiner:
    """What answers are examined with."""

    asked: Mapping[str, Asked]
    """By the id of the ad."""
    read: Read
    keeper: Keeper | None
    """Keeps what was received, if anything is kept."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page held."""

    postings: Sequence[Posting]
    """Those that are marked up in it."""
    text: str
    """What people see of it."""
    ended: str
    """Its words that say that the posting has ended; empty where there are none."""
    origins: Sequence[Origin]
    """The answer as evidence."""


class RecheckLedger(StoredLedger):
    """The ads of one host. What a run takes is not due any more that day, whatever becomes of the run."""

    def __init__(
        self, engine: Engine, board: Board, examiner: Examiner, *, run_id: str, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(engine, board, run_id=run_id, clock=clock)
        self._examiner = examiner
        self._waiting = {ad: each.url for ad, each in examiner.asked.items()}

    def listed(self, entries: Sequence[Entry]) -> Noted:  # noqa: ARG002 - the ledger's
        """Nothing: no list is asked for."""
        return Noted()

    def take(self, most: int) -> list[Due]:
        wanted = list(self._waiting)[:most]
        with transaction(self._engine) as session:
            taken = take(session, wanted, self._clock())
        pages = {ad: self._waiting.pop(ad) for ad in wanted}
        return [Due(key=ad, url=pages[ad]) for ad in wanted if ad in taken]

    def left(self) -> int:
        return len(self._waiting)

    def visited(self, visits: Sequence[Visit]) -> None:
        """Nothing: what an answer came to is noted as it comes."""

    def answered(self, ad_id: str, answer: Answered) -> None:
        """The page of an ad was had."""
        now = self._clock()
        ads = [normalise(each, run_id=self._run[1], now=now)[0] for each in answer.postings]
        page = Page(ads, mask(storable(answer.text))[0], answer.ended, self._kept(answer.origins))
        asked = self._examiner.asked[ad_id]
        self._note(ad_id, look_at(page, asked, self._examiner.read), now)

    def failed(self, ad_id: str, answer: Answer, why: str, origins: Sequence[Origin]) -> None:
        """A page could not be had, or its host says that there is none."""
        look = Look(answer, why, self._kept(origins))
        self._note(ad_id, dict.fromkeys(self._examiner.asked[ad_id].demands, look), self._clock())

    def _note(self, ad_id: str, looks: Mapping[str, Look], now: datetime) -> None:
        with transaction(self._engine) as session:
            note(session, ad_id, looks, now)

    def _kept(self, origins: Sequence[Origin]) -> str:
        """The id of what was received, once it is kept; empty where nothing is."""
        keeper = self._examiner.keeper
        if keeper is None or not origins:
            return ""
        keeper.keep(self._run[1], [each.original for each in origins])
        return origins[0].original.id
