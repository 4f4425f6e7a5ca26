"""Intake that is held: what was pushed or dropped, and is too much or too poor to be published unseen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawlers.closing import US, let_go
from crawlers.expect import Expect
from crawlers.judgement import broken
from events.log import Producer
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.intake import Outcome
from store.run_profiles import Ending, Profile, good_profiles, note_profile
from store.staging import HELD, note_decision
from store.targets import RunMark

OF_FILES: Final = Expect(fill={"title": 0, "text": 0})
"""What is expected of a dropped file: no more than usual, and rows that can be read."""


def ended(counts: Mapping[str, int], fault: str, *, note: str = "") -> Outcome:
    """How an intake ended whose ads are published or, because of a `fault`, wait."""
    if not fault:
        return Outcome("incomplete" if note else "complete", counts, note)
    waiting = {**counts, "accepted": 0, "changed": 0, "held": counts["accepted"]}
    return Outcome("held", waiting, "; ".join(filter(None, (f"held: {fault}", note))))


@dataclass(frozen=True, slots=True)
class Dropped:
    """Files that were taken in while nobody watched, with their ads staged."""

    run: RunMark
    counts: Mapping[str, int]
    """Of the door."""
    failed: str = ""
    """Why files could not be read as a whole."""

    def close(self, engine: Engine, producer: Producer) -> Outcome:
        """Publish the ads or, where they are many more than ever or most rows are no ads, hold them.

        Raises:
            NotDelivered: the log was away for too long; the files are to be taken in again.
        """
        counts = self.counts
        read = counts["accepted"] + counts["duplicate"]
        profile = Profile(accepted=counts["accepted"], postings=read, rejected=counts["rejected"])
        with snapshot(engine) as session:
            earlier = good_profiles(session, self.run.source, kind="file")
        fault = "; ".join(broken(OF_FILES, profile, earlier, entire=False))
        outcome = ended(counts, fault, note=self.failed)
        if not fault:
            let_go(engine, producer, self.run)
        with transaction(engine) as session:
            if fault:
                note_held(session, self.run.run_id, outcome, self.run.now)
            else:
                ending = Ending(status=outcome.status, whole=False, good=outcome.status == "complete")
                note_profile(session, self.run.run_id, profile, ending)
        return outcome


def note_held(session: Session, run_id: str, outcome: Outcome, now: datetime) -> None:
    """Put on record why an intake is held, and that it is complete once a person releases it."""
    counts = outcome.counts
    note_decision(session, run_id, HELD, Decision(US, outcome.note.removeprefix("held: "), now))
    measured = Profile(accepted=counts["held"], postings=counts["held"] + counts["duplicate"])
    note_profile(session, run_id, measured, Ending(status="complete", whole=False, good=False))
