"""The end of runs: what is published, what is held, and what people make of it. Real store, real log."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from crawlers.board import Board
from crawlers.closing import Closing, release
from crawlers.door import Door
from crawlers.expect import Expect
from crawlers.health import FELL, health
from crawlers.items import Refused
from crawlers.ledger import StoredLedger
from crawlers.outlet import Staged
from crawlers.pipelines import Intake
from crawlers.posting import Posting
from events import topics
from events.ids import ad_id
from events.log import Log, Message, NotDelivered
from events.types import JobAd
from store.crawl_models import Target
from store.crawl_status import runs_of
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.intake import Outcome, finish_run, start_run
from store.models import Run, Sighting
from store.staging import NotHeld, decisions_on, discard, held_run, held_runs
from store.targets import Entry, Visit
from tests.factory import Clock

DAY = timedelta(days=1)
BOARD = Board(
    id="board",
    name="某招聘网",
    engine="jsonld-sitemap",
    start=("https://jobs.example.cn/sitemap.xml",),
    hosts=("jobs.example.cn",),
)


class Crawls:
    """Runs over one board, each a day after the one before, without Scrapy."""

    def __init__(self, engine: Engine, log: Log) -> None:
        self.clock = Clock()
        self.engine = engine
        self.producer = log.producer()

    def run(self, numbers: Iterable[int], *, expect: Expect | None = None, **given: str) -> Outcome:
        """A complete run that finds these postings, each on a page of its own."""
        self.clock.now += DAY
        board = BOARD.model_copy(update={"expect": expect or Expect(), "recheck": 0.5})
        with transaction(self.engine) as session:
            began = start_run(session, kind="crawl", source="board", now=self.clock.now)
        ledger = StoredLedger(self.engine, board, run_id=began, clock=self.clock)
        door = Door(self.engine, Staged(self.engine, began), run_id=began, clock=self.clock)
        intake = Intake(door, ledger)
        self._read(intake, list(numbers), given)
        outcome = Outcome("complete", {**door.counts, **ledger.counts})
        closing = Closing(self.engine, self.producer, began, self.clock)
        ended = closing.close(board, outcome, intake.measures, intake.issues)
        with transaction(self.engine) as session:
            finish_run(session, began, ended, now=self.clock.now)
        self.issues = list(intake.issues.lines())
        return ended

    def _read(self, intake: Intake, numbers: Sequence[int], given: dict[str, str]) -> None:
        for start in range(0, len(numbers), 500):
            entries = [Entry(key=f"/{n}", url=f"https://a.example/{n}") for n in numbers[start : start + 500]]
            intake.ledger.listed(entries)
        for number in numbers:
            intake.take(posting(number, **given))
            intake.take(Visit(key=f"/{number}", answer="read", ads=(ad_id("board", f"A{number}"),)))
        intake.take(Refused(place="https://a.example/x", reason="the page holds no posting"))
        intake.flush()

    def decision(self, why: str = "看过了") -> Decision:
        self.clock.now += timedelta(hours=1)
        return Decision("王五", why, self.clock.now)


@pytest.fixture
def crawls(engine: Engine, log: Log) -> Crawls:
    return Crawls(engine, log)


def posting(number: int, **given: str) -> Posting:
    fields = {"title": "会计", "text": f"文字{number}", "company": "某公司", "city": "北京"} | given
    place = f"https://a.example/{number}"
    return Posting(
        source="board",
        source_kind="crawl",
        source_ad_id=f"A{number}",
        place=place,
        url=place,
        **fields,  # type: ignore[arg-type]
    )


def collected(log: Log) -> list[JobAd]:
    consumer = log.consumer("reader", [topics.COLLECTED])
    ads = [JobAd.decode(record.value) for record in consumer.poll(timeout=0.2, max_records=10_000)]
    consumer.close()
    return ads


def the_held(engine: Engine) -> Run:
    with snapshot(engine) as session:
        (run,) = held_runs(session)
        session.expunge(run)
    return run


def read_pages(engine: Engine) -> int:
    with snapshot(engine) as session:
        query = select(func.count()).select_from(Target).where(Target.fetched_at.is_not(None))
        return session.scalar(query) or 0


def test_a_good_run_is_published_whole_and_its_pages_count_as_read(
    crawls: Crawls, engine: Engine, log: Log
) -> None:
    outcome = crawls.run(range(450))
    assert (outcome.status, outcome.note, outcome.counts["accepted"]) == ("complete", "", 450)
    assert len(collected(log)) == 450
    assert read_pages(engine) == 450
    second = crawls.run(range(450))
    assert (second.counts["accepted"], second.counts["duplicate"]) == (0, 450)
    assert crawls.issues == [
        {
            "level": "warning",
            "kind": "rejected",
            "message": "the page holds no posting",
            "field": "",
            "url": "https://a.example/x",
            "place": "",
            "example": "",
            "count": 1,
        }
    ]


def test_ten_times_as_many_ads_at_once_are_held_and_nothing_changes(
    crawls: Crawls, engine: Engine, log: Log
) -> None:
    crawls.run(range(30))
    before = collected(log)
    burst = crawls.run(range(330))
    assert burst.status == "held"
    assert (burst.counts["accepted"], burst.counts["held"]) == (0, 300)
    assert burst.note.startswith("held: 330 ads, more than 10 times those of the last good run, 30")
    assert collected(log) == before
    assert read_pages(engine) == 30
    assert next(line["kind"] for line in crawls.issues) == "expectation"
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Sighting)) == 30
        assert health(runs_of(session, "board")).state == "held"


def test_a_good_run_takes_the_place_of_one_that_is_held(crawls: Crawls, engine: Engine, log: Log) -> None:
    crawls.run(range(30))
    crawls.run(range(30), title="")
    held = the_held(engine)
    assert "title is filled in 0% of 30 postings" in held.note
    assert crawls.run(range(31)).status == "complete"
    with snapshot(engine) as session:
        assert [(each.action, each.actor) for each in decisions_on(session, held.id)] == [
            ("held", "qingdan"),
            ("superseded", "qingdan"),
        ]
        assert not held_runs(session)
    assert all(ad.title for ad in collected(log))


def test_a_person_releases_a_run(crawls: Crawls, engine: Engine, log: Log) -> None:
    crawls.run(range(30))
    crawls.run(range(330))
    run = the_held(engine)
    outcome = release(engine, crawls.producer, run.id[:8], crawls.decision())
    assert (outcome.status, outcome.counts["accepted"]) == ("complete", 300)
    assert len(collected(log)) == 330
    assert read_pages(engine) == 330
    with snapshot(engine) as session:
        released = decisions_on(session, run.id)[-1]
        assert (released.action, released.actor, released.why) == ("released", "王五", "看过了")
        assert health(runs_of(session, "board")).state == "live"
    # It is a standard for the next runs.
    assert crawls.run(range(330)).status == "complete"
    with pytest.raises(NotHeld):
        release(engine, crawls.producer, run.id, crawls.decision())


def test_a_person_discards_a_run_and_the_pages_that_only_it_named(
    crawls: Crawls, engine: Engine, log: Log
) -> None:
    crawls.run(range(30))
    crawls.run(range(330))
    with transaction(engine) as session:
        run = held_run(session, the_held(engine).id)
        assert discard(session, run, "discarded", crawls.decision("垃圾信息")) == 300
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Target)) == 30
        found = health(runs_of(session, "board"))
        assert (found.state, found.last and found.last.status) == ("degraded", "discarded")
    assert len(collected(log)) == 30
    assert crawls.run(range(30)).status == "complete"


def test_what_was_seen_again_since_is_not_published_by_a_late_release(
    crawls: Crawls, engine: Engine, log: Log
) -> None:
    crawls.run(range(30))
    assert crawls.run(range(30), expect=Expect(min_ads=40), title="旧标题").status == "held"
    run = the_held(engine)
    with transaction(engine) as session:  # as if another run, cut short, had read one of the pages since
        session.get_one(Sighting, ad_id("board", "A7")).last_seen = crawls.clock.now + DAY
    assert release(engine, crawls.producer, run.id, crawls.decision()).counts["accepted"] == 29
    assert {ad.source_ad_id for ad in collected(log) if ad.title == "旧标题"} == {
        f"A{n}" for n in range(30) if n != 7
    }


class Away:
    """A log that takes nothing."""

    def publish(self, messages: Iterable[Message]) -> None:
        raise NotDelivered(f"{len(list(messages))} messages")

    def close(self) -> None:
        """Nothing was opened."""


def test_a_release_that_the_log_does_not_take_can_be_repeated(crawls: Crawls, engine: Engine) -> None:
    crawls.run(range(30), expect=Expect(max_ads=10))
    run = the_held(engine)
    with pytest.raises(NotDelivered):
        release(engine, Away(), run.id, crawls.decision())
    assert the_held(engine).id == run.id
    assert release(engine, crawls.producer, run.id, crawls.decision()).counts["accepted"] == 30


def test_a_field_that_is_filled_less_than_before_makes_the_board_degraded(
    crawls: Crawls, engine: Engine
) -> None:
    crawls.run(range(30))
    outcome = crawls.run(range(31), company="")
    assert outcome.status == "complete"
    assert outcome.note == f"{FELL}company is filled in 0% of the postings, 100% before"
    with snapshot(engine) as session:
        assert health(runs_of(session, "board")).state == "degraded"
    # The standard stays: a run that fell is none.
    assert crawls.run(range(31), company="").note.startswith(FELL)
    assert crawls.run(range(31)).note == ""
