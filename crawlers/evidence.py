"""Keeping what ads were read from, before they are let out (docs/evidence.md)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Engine

from events.log import NotDelivered
from store.database import transaction
from store.errors import DatabaseFull
from store.evidence import Original, note_captures, note_seen_again
from store.evidence_bytes import keep_bytes

_REMEMBERED: Final = 500
"""Originals of the last batch that are known to be kept: a list or a file gives ads to many batches."""


class Keeper:
    """Keeps originals: their bytes, and the note of how they came."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: frozenset[str] = frozenset()

    def keep(self, run_id: str, originals: Iterable[Original]) -> None:
        """Keep originals of ads that are about to be let out; once this returns, they outlast a power cut.

        Raises:
            NotDelivered: the database has no room for them; the ads must not be let out.
            OSError: a file that was handed in cannot be read; nor must they then.
        """
        offered = {original.id: original for original in originals}
        fresh = [original for name, original in offered.items() if name not in self._kept]
        if fresh:
            try:
                with transaction(self._engine, durable=True) as session:
                    keep_bytes(session, (original.content for original in fresh))
                    note_captures(session, run_id, fresh)
            except DatabaseFull as error:
                raise NotDelivered(f"evidence of {len(fresh)} originals: {error}") from error
        if offered:
            self._kept = frozenset(list(offered)[-_REMEMBERED:])

    def seen_again(self, originals: Iterable[Original], now: datetime) -> None:
        """Note of originals whose ads were all known that they came again, where the same bytes are kept."""
        met = {each.content.sha256: each for each in originals if each.id not in self._kept}
        if met:
            with transaction(self._engine) as session:
                note_seen_again(session, met.values(), now=now)
