"""The end of a run: it is measured and judged, and what it brought is published, or held for a person.

Nothing of a run is published before. A run that does not meet its expectations changes nothing: no ad goes
out, no page counts as read, nothing is missed. It waits in the database, as `held`, until a person releases
or discards it, or a complete run over the same source takes its place.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawlers.board import Board
from crawlers.health import FELL
from crawlers.issues import Issue, Issues
from crawlers.judgement import broken, falls
from crawlers.measures import Measures
from events.log import Message, Producer
from events.topics import COLLECTED
from events.types import JobAd
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.intake import Outcome, finish_run, remember
from store.run_profiles import Ending, Profile, good_profiles, note_profile, profile_of
from store.staging import (
    HELD,
    Waiting,
    ads_on_board,
    count_waiting,
    discard,
    forget_ads,
    held_run,
    held_runs,
    note_decision,
    outdated,
    take_visits,
    waiting_ads,
)
from store.targets import RunMark, count_misses, note_visits

US: Final = "qingdan"
"""Who decides where no person does."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What it takes to end a run."""

    engine: Engine
    producer: Producer
    run_id: str
    clock: Callable[[], datetime]

    def close(self, board: Board, outcome: Outcome, measures: Measures, issues: Issues) -> Outcome:
        """Judge a crawl that came to `outcome`, and publish or hold what it brought; how it ends by that.

        Raises:
            NotDelivered: the log was away for too long. What is left waits for the next run.
        """
        profile, earlier = self._measured(board.id, measures, outcome.counts.get("accepted", 0))
        entire = outcome.status == "complete" and outcome.whole
        faults = broken(board.expect, profile, earlier, entire=entire)
        fallen = [] if faults else falls(board.expect, profile, earlier)
        good = outcome.status == "complete" and not faults and not fallen
        with transaction(self.engine) as session:
            ending = Ending(status=outcome.status, whole=outcome.whole, good=good)
            note_profile(session, self.run_id, profile, ending)
        _noted(issues, faults, fallen)
        ended = self._held(outcome, faults) if faults else self._published(outcome, fallen, board.id)
        if entire:
            self._take_the_place_of_held_runs(board.id)
        return ended

    def _measured(self, source: str, measures: Measures, own: int) -> tuple[Profile, Sequence[Profile]]:
        with snapshot(self.engine) as session:
            accepted = count_waiting(session, self.run_id)
            # Ads that an earlier run left waiting were never measured by this one.
            if accepted != own:
                for ad in self._left_by_others(session):
                    measures.posting(ad)
            ads = ads_on_board(session, source, self.run_id)
            return measures.profile(ads=ads, accepted=accepted), good_profiles(session, source)

    def _left_by_others(self, session: Session) -> Iterator[JobAd]:
        after = 0
        while waiting := waiting_ads(session, self.run_id, after=after):
            yield from (each.ad for each in waiting if each.ad.run_id != self.run_id)
            after = waiting[-1].number

    def _held(self, outcome: Outcome, faults: Sequence[str]) -> Outcome:
        why = "; ".join(faults)
        with transaction(self.engine) as session:
            waiting = count_waiting(session, self.run_id)
            note_decision(session, self.run_id, HELD, Decision(US, why, self.clock()))
        counts = {**outcome.counts, "accepted": 0, "changed": 0, "held": waiting}
        note = "; ".join(filter(None, (f"held: {why}", outcome.note)))
        return replace(outcome, status="held", counts=counts, note=note)

    def _published(self, outcome: Outcome, fallen: Sequence[str], source: str) -> Outcome:
        counts = Counter(outcome.counts)
        counts["accepted"] = 0
        counts.update(let_go(self.engine, self.producer, RunMark(source, self.run_id, self.clock())))
        note = "; ".join(filter(None, (outcome.note, FELL + ", ".join(fallen) if fallen else "")))
        return replace(outcome, counts=dict(counts), note=note)

    def _take_the_place_of_held_runs(self, source: str) -> None:
        decision = Decision(US, f"the complete run {self.run_id} took its place", self.clock())
        with transaction(self.engine) as session:
            for run in held_runs(session, source):
                discard(session, run, "superseded", decision)


def _noted(issues: Issues, faults: Sequence[str], fallen: Sequence[str]) -> None:
    for fault in faults:
        issues.note(Issue(level="error", kind="expectation", message=fault))
    for fall in fallen:
        issues.note(Issue(level="warning", kind="fall", field=fall.partition(" ")[0], message=fall))


def let_go(engine: Engine, producer: Producer, run: RunMark) -> Counter[str]:
    """Publish what a run has waiting, then note what its pages answered.

    Returns how many ads were `accepted`, have `gone` and are `back`. Where a process dies between the log and
    the database, one batch is published again, under the same event ids.

    Raises:
        NotDelivered: the log does not take them; the rest waits.
    """
    counts = Counter(accepted=0, gone=0, back=0)
    while waiting := _waiting(engine, run.run_id):
        counts["accepted"] += _ads_let_go(engine, producer, waiting)
    more = True
    while more:
        more = _visits_let_go(engine, run, counts)
    return counts


def _waiting(engine: Engine, run_id: str) -> list[Waiting]:
    with snapshot(engine) as session:
        return waiting_ads(session, run_id)


def _ads_let_go(engine: Engine, producer: Producer, waiting: Sequence[Waiting]) -> int:
    """Publish one batch; returns how many of it were no older than what the log has."""
    with snapshot(engine) as session:
        stale = outdated(session, [each.ad for each in waiting])
    fresh = [each.ad for each in waiting if each.ad.event_id not in stale]
    producer.publish([Message(COLLECTED, ad.key, ad.encode()) for ad in fresh])
    with transaction(engine) as session:
        remember(session, fresh)
        forget_ads(session, waiting)
    return len(fresh)


def _visits_let_go(engine: Engine, run: RunMark, counts: Counter[str]) -> bool:
    """Note one batch of visits, and count what they say; was there any?"""
    with transaction(engine) as session:
        batch = take_visits(session, run.run_id)
        for visits in batch.together:
            mark = replace(run, now=visits[0].noted_at)
            counts.update(
                note_visits(session, mark, [each.visit for each in visits], due_at=visits[0].due_at)
            )
    return batch.taken > 0


def release(engine: Engine, producer: Producer, name: str, decision: Decision) -> Outcome:
    """Publish what the held run `name` (its id, or how it begins) brought, as if it had been good.

    Raises:
        NotHeld: no run of this name waits.
        NotDelivered: the log does not take it; the run stays held, and can be released again.
    """
    with snapshot(engine) as session:
        run = held_run(session, name)
        mark, counts, note = RunMark(run.source, run.id, run.started_at), Counter(run.counts), run.note
        measured = profile_of(session, run.id)
    counts.pop("held", None)
    counts.update(let_go(engine, producer, mark))
    status, whole = (measured[1].status, measured[1].whole) if measured else ("incomplete", False)
    with transaction(engine) as session:
        note_decision(session, mark.run_id, "released", decision)
        if status == "complete" and whole:
            counts["gone"] += count_misses(session, mark.source, since=mark.now)
        if measured:
            note_profile(session, mark.run_id, measured[0], replace(measured[1], good=status == "complete"))
        note = f"released by {decision.actor}: {decision.why}" + (f"; {note}" if status != "complete" else "")
        outcome = Outcome(
            "complete" if status == "complete" else "incomplete", dict(counts), note, whole=whole
        )
        finish_run(session, mark.run_id, outcome, now=decision.at)
    return outcome
