"""What waits for the verdict on a run, on SQLite and on PostgreSQL."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from store.crawl_models import Target
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.intake import Outcome, finish_run, remember, start_run
from store.models import Run
from store.run_profiles import Ending, Profile, good_profiles, note_profile, profile_of
from store.staging import (
    BATCH,
    NotHeld,
    ads_on_board,
    count_waiting,
    decisions_on,
    discard,
    forget_ads,
    held_run,
    left_over,
    outdated,
    stage_ads,
    stage_visits,
    staged_content,
    take_over,
    take_visits,
    waiting_ads,
)
from store.targets import Entry, RunMark, Visit, note_listed, note_visits, take_due
from tests.factory import WEDNESDAY, job_ad

DAY = timedelta(days=1)


def begun(engine: Engine, day: int = 0, *, status: str = "running") -> RunMark:
    """A run over the board on a day of its own."""
    now = WEDNESDAY + day * DAY
    with transaction(engine) as session:
        run_id = start_run(session, kind="crawl", source="board", now=now)
        session.get_one(Run, run_id).status = status
    return RunMark("board", run_id, now)


def pages(*names: str) -> list[Entry]:
    return [Entry(key=name, url=f"https://a.example/{name}") for name in names]


def read(engine: Engine, run: RunMark, *names: str) -> None:
    """List pages and stage what they answered: an ad each."""
    with transaction(engine) as session:
        note_listed(session, run, pages(*names))
        take_due(session, run, most=100)
        visits = [Visit(key=name, answer="read", etag=name, ads=(name,)) for name in names]
        stage_visits(session, run, visits, due_at=run.now + 7 * DAY)


def test_ads_wait_in_their_order_and_are_forgotten_by_number(engine: Engine) -> None:
    run, other = begun(engine), begun(engine, 1)
    ads = [job_ad(number) for number in range(BATCH + 5)]
    with transaction(engine) as session:
        stage_ads(session, run.run_id, ads)
        stage_ads(session, other.run_id, [job_ad(1, text="另一个")])
    with transaction(engine) as session:
        first = waiting_ads(session, run.run_id)
        assert [each.ad for each in first] == ads[:BATCH]
        assert [each.ad for each in waiting_ads(session, run.run_id, after=first[-1].number)] == ads[BATCH:]
        forget_ads(session, first)
        assert [each.ad for each in waiting_ads(session, run.run_id)] == ads[BATCH:]
        assert (count_waiting(session, run.run_id), count_waiting(session, other.run_id)) == (5, 1)


def test_the_newest_staged_content_of_an_ad_counts_within_its_run(engine: Engine) -> None:
    run = begun(engine)
    old, new = job_ad(1), job_ad(1, text="须持有会计证")
    with transaction(engine) as session:
        stage_ads(session, run.run_id, [old, new, job_ad(2)])
        found = staged_content(session, run.run_id, [old.ad_id, "unknown"])
        assert found == {old.ad_id: new.content_hash}
        assert staged_content(session, "another", [old.ad_id]) == {}


def test_what_was_seen_later_or_is_in_the_log_already_is_outdated(engine: Engine) -> None:
    same, older, newer, new = job_ad(1), job_ad(2), job_ad(3), job_ad(4)
    with transaction(engine) as session:
        remember(session, [same])
        remember(session, [job_ad(2, text="新的", observed_at=WEDNESDAY + DAY)])
        remember(session, [job_ad(3, text="旧的", observed_at=WEDNESDAY - DAY)])
        assert outdated(session, [same, older, newer, new]) == {same.event_id, older.event_id}


def test_a_run_takes_over_what_another_left_that_broke_off(engine: Engine) -> None:
    left, held = begun(engine), begun(engine, 1, status="held")
    read(engine, left, "a", "b")
    read(engine, held, "c")
    with transaction(engine) as session:
        stage_ads(session, left.run_id, [job_ad(1), job_ad(2)])
        stage_ads(session, held.run_id, [job_ad(3)])
        assert left_over(session, "board") == 2
    following = begun(engine, 2)
    with transaction(engine) as session:
        changed = Entry(key="b", url="https://a.example/b", list_hash="changed")
        note_listed(session, following, [*pages("a", "c", "d"), changed])
        assert take_over(session, following) == 2
        assert [due.key for due in take_due(session, following, most=9)] == ["c", "d", "b"]
        assert count_waiting(session, held.run_id) == 1
        assert [
            each.visit.key for group in take_visits(session, following.run_id).together for each in group
        ] == ["a"]
        assert take_over(session, following) == 0


def test_visits_of_one_moment_come_together_and_late_ones_are_dropped(engine: Engine) -> None:
    run = begun(engine)
    read(engine, run, "a", "b")
    later = RunMark("board", run.run_id, run.now + timedelta(minutes=1))
    read(engine, later, "c")
    newer = begun(engine, 3)
    with transaction(engine) as session:
        note_visits(session, newer, [Visit(key="b", answer="gone")], due_at=newer.now)
    with transaction(engine) as session:
        batch = take_visits(session, run.run_id)
        assert batch.taken == 3
        told = [
            [(each.visit.key, each.visit.ads, each.noted_at) for each in group] for group in batch.together
        ]
        assert told == [[("a", ("a",), run.now)], [("c", ("c",), later.now)]]
        assert take_visits(session, run.run_id).taken == 0


def test_the_ads_on_a_board_are_those_found_and_those_on_pages_that_rest(engine: Engine) -> None:
    before, run = begun(engine), begun(engine, 1)
    with transaction(engine) as session:
        note_listed(session, before, pages("rests", "changes", "missing"))
        visits = [Visit(key=key, answer="read", ads=("x", "y")) for key in ("rests", "changes", "missing")]
        note_visits(session, before, visits, due_at=before.now + 7 * DAY)
        note_listed(session, run, pages("rests", "changes", "new"))
        found = [Visit(key="changes", answer="read", ads=("x",)), Visit(key="new", answer="read", ads=("z",))]
        stage_visits(session, run, found, due_at=run.now + 7 * DAY)
    with snapshot(engine) as session:
        assert ads_on_board(session, "board", run.run_id) == 2 + 1 + 1
        assert ads_on_board(session, "board", "nobody") == 0


def test_what_is_discarded_leaves_the_pages_of_others_due(engine: Engine) -> None:
    before, run = begun(engine), begun(engine, 1, status="held")
    with transaction(engine) as session:
        note_listed(session, before, pages("known", "unread"))
        note_visits(session, before, [Visit(key="known", answer="read", ads=("x",))], due_at=before.now)
    read(engine, run, "known", "unread", "only here")
    with transaction(engine) as session:
        stage_ads(session, run.run_id, [job_ad(1)])
        assert discard(session, held_run(session, run.run_id), "discarded", decision()) == 1
    with transaction(engine) as session:
        assert take_visits(session, run.run_id).taken == 0
        assert set(session.scalars(select(Target.key))) == {"known", "unread"}
        assert count_waiting(session, run.run_id) == 0
        found = session.get_one(Run, run.run_id)
        assert (found.status, found.note) == ("discarded", "discarded by 王五: 垃圾信息; ")
        assert [each.why for each in decisions_on(session, run.run_id)] == ["垃圾信息"]
        with pytest.raises(NotHeld):
            held_run(session, run.run_id)


def decision(at: datetime = WEDNESDAY + 2 * DAY) -> Decision:
    return Decision("王五", "垃圾信息", at)


def test_a_run_is_named_by_how_its_id_begins_unless_two_do(engine: Engine) -> None:
    runs = [begun(engine, day, status="held").run_id for day in range(2)]
    with snapshot(engine) as session:
        assert held_run(session, runs[0]).id == runs[0]
        with pytest.raises(NotHeld, match="more than one"):
            held_run(session, "")
        with pytest.raises(NotHeld, match="no held run"):
            held_run(session, "%")


def test_the_last_good_runs_of_a_source_are_the_standard(engine: Engine) -> None:
    runs = [begun(engine, day) for day in range(10)]
    for day, run in enumerate(runs):
        with transaction(engine) as session:
            ending = Ending(status="complete", whole=True, good=day != 8)
            note_profile(session, run.run_id, Profile(ads=day, filled={"title": day}), ending)
            note_profile(session, run.run_id, Profile(ads=day, filled={"title": day}), ending)
            finish_run(session, run.run_id, Outcome("complete", {}), now=run.now)
    with snapshot(engine) as session:
        assert [each.ads for each in good_profiles(session, "board")] == [9, 7, 6, 5, 4, 3, 2]
        assert good_profiles(session, "board", kind="file") == []
        assert good_profiles(session, "another") == []
        bad = Ending(status="complete", whole=True, good=False)
        assert profile_of(session, runs[8].run_id) == (Profile(ads=8, filled={"title": 8}), bad)
        assert profile_of(session, "unknown") is None
