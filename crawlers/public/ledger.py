"""The ledger of a run over reported pages: which it asks for, and what became of each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Engine

from crawlers.board import Board
from crawlers.ledger import StoredLedger
from crawlers.masking import mask
from crawlers.posting import storable
from crawlers.public.desk import EXCERPT
from store.database import transaction
from store.public_reports import note_collected, note_failed, note_manual, take_page
from store.targets import Due, Entry, Noted, Visit


class ReportedLedger(StoredLedger):
    """The pages of one host. What a run takes is counted as tried before anything is asked for."""

    def __init__(
        self,
        engine: Engine,
        board: Board,
        pages: Mapping[str, str],
        *,
        run_id: str,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(engine, board, run_id=run_id, clock=clock)
        self._waiting = dict(pages)

    def listed(self, entries: Sequence[Entry]) -> Noted:  # noqa: ARG002 - the ledger's
        """Nothing: no list names what people report."""
        return Noted()

    def take(self, most: int) -> list[Due]:
        now = self._clock()
        wanted = list(self._waiting)[:most]
        with transaction(self._engine) as session:
            taken = [matter for matter in wanted if take_page(session, matter, now)]
        pages = {matter: self._waiting.pop(matter) for matter in wanted}
        return [Due(key=matter, url=pages[matter]) for matter in taken]

    def left(self) -> int:
        return len(self._waiting)

    def visited(self, visits: Sequence[Visit]) -> None:
        with transaction(self._engine) as session:
            for visit in visits:
                if visit.answer == "read":
                    note_collected(session, visit.key, visit.ads)

    def failed(self, matter_id: str, why: str, *, for_good: bool) -> None:
        """The page of a report could not be had, or says that its posting has ended."""
        with transaction(self._engine) as session:
            note_failed(session, matter_id, why, for_good=for_good)

    def left_to_people(self, matter_id: str, why: str, text: str) -> None:
        """The page of a report says something, but no ad can be recognised in it."""
        excerpt = mask(storable(text))[0][:EXCERPT]
        with transaction(self._engine) as session:
            note_manual(session, matter_id, why, excerpt)
