"""Looking again at ads: real pages from a real server, by the manners of every crawl, day after day."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from cli.recheck import open_read
from crawlers.board import load_boards
from crawlers.by_host import HostRun, Hosts
from crawlers.recheck.fetch import recheck
from crawlers.run import House
from store.audit import breaks
from store.database import snapshot, transaction
from store.evidence_models import Capture
from store.evidence_retention import Retention, trim
from store.intake import remember
from store.models import CaseEvent, Clue
from store.permits import Stop, stop_board
from store.recheck_models import Recheck
from store.withdrawn_ads import withdraw
from tests.corrected import correct
from tests.crawlers.serving import Answer, Site, collected, open_database, open_log, runs, serving
from tests.factory import WEDNESDAY, job_ad
from tests.recorded import add, migrated, violation

DEMAND, LAWFUL = "任职要求：须持有会计从业资格证。", "任职要求：熟悉会计准则。"
SAID = {"qualification": "old:会计从业资格"}


@dataclass
class Later:
    """So many days after the correction."""

    days: int = 7
    _ticks: Iterator[int] = field(default_factory=count)

    def __call__(self) -> datetime:
        return WEDNESDAY + timedelta(days=self.days, seconds=next(self._ticks))


@dataclass
class Bureau:
    """A store of corrected cases, one for each ad, and what looking again makes of them."""

    engine: Engine
    clock: Later
    site: Site

    def correct(self, *urls: str) -> None:
        """Take ads at these addresses, each of an employer of its own, as far as their correction."""
        add(
            self.engine,
            *(
                violation(number, url=url, company=f"第{number}公司", said=SAID)
                for number, url in enumerate(urls, start=1)
            ),
        )
        correct(self.engine, WEDNESDAY)

    def look(self, *, day: int = 7, most: int = 100) -> list[HostRun | int]:
        self.clock.days = day
        house = House(open_database, open_log, self.clock, evidence=True)
        hosts = Hosts(load_boards(), self.site.base.removeprefix("http://"))
        return list(recheck(house, open_read, hosts, most=most))

    def found(self) -> dict[str, str]:
        """What looking at the ads on the seventh day came to, by their paths."""
        with snapshot(self.engine) as session:
            assert not list(breaks(session))
            rows = session.scalars(select(Recheck).where(Recheck.days == 7)).all()
            return {row.url.removeprefix(self.site.base): row.outcome for row in rows}

    def told(self) -> list[str]:
        with snapshot(self.engine) as session:
            mine = select(CaseEvent).where(CaseEvent.action == "rechecked").order_by(CaseEvent.at)
            return [each.reason for each in session.scalars(mine)]


@pytest.fixture
def bureau(home: Path) -> Iterator[Bureau]:
    (home / "qingdan.db").write_bytes(migrated())
    engine = open_database()
    with serving() as site:
        yield Bureau(engine, Later(), site)
    engine.dispose()


def page(text: str, company: str) -> Answer:
    node = {
        "@type": "JobPosting",
        "title": "会计",
        "description": text,
        "hiringOrganization": {"name": company},
    }
    return Answer(f'<script type="application/ld+json">{json.dumps(node)}</script>'.encode())


def test_what_pages_say_decides_what_looking_again_comes_to(bureau: Bureau) -> None:
    pages = {
        "/still": page(DEMAND, "第1公司"),
        "/lawful": page(LAWFUL, "第2公司"),
        "/other": page(DEMAND, "别家公司"),
        "/words": Answer(f"<h1>会计</h1><p>{DEMAND}</p>".encode()),
        "/prose": Answer("<h1>招聘首页</h1>".encode()),
        "/ended": Answer("<p>该职位已下线</p>".encode()),
        "/private": page(DEMAND, "第7公司"),
        "/refused": Answer(status=403),
        "/missing": Answer(b"gone for good", 404),
    }
    bureau.site.answers |= pages | {"/robots.txt": Answer(b"User-agent: *\nDisallow: /private")}
    bureau.correct(*(bureau.site.base + path for path in pages), "")
    assert bureau.look(day=6) == [0]
    assert bureau.site.paths == []
    known, run = bureau.look()
    assert known == 1
    assert isinstance(run, HostRun)
    assert bureau.found() == {
        "/still": "still", "/lawful": "lawful", "/other": "manual", "/words": "still", "/prose": "manual",
        "/ended": "missed", "/private": "forbidden", "/refused": "forbidden", "/missing": "missed",
        "": "manual",
    }  # fmt: skip
    assert "/private" not in bureau.site.paths
    assert collected() == []  # what is looked at is not let in as an ad
    told = " ".join(bureau.told())
    assert "整改后第7日：仍然存在（页面上的招聘信息写明“须持有会计从业资格证" in told
    assert "整改后第7日：须人工查看（没有网址）" in told
    asked = list(bureau.site.paths)
    assert bureau.look() == [0]  # the same day again: nothing is asked, nothing is noted
    assert (bureau.site.paths, len(bureau.told())) == (asked, 10)
    bureau.look(day=8)
    assert {name: what for name, what in bureau.found().items() if what == "removed"} == {
        "/ended": "removed", "/missing": "removed",
    }  # fmt: skip
    assert sorted(bureau.site.paths[len(asked) :]) == ["/ended", "/missing", "/refused", "/robots.txt"]
    _kept_as_long_as_the_clue(bureau)


def _kept_as_long_as_the_clue(bureau: Bureau) -> None:
    """Both answers that the page is missing are kept, and given up once the clue is withdrawn for long."""
    rule = Retention(now=WEDNESDAY + timedelta(days=900), days=30, case_days=30)
    missing = select(Capture).where(Capture.url == f"{bureau.site.base}/missing")
    trim(bureau.engine, rule)
    with snapshot(bureau.engine) as session:
        assert [(each.status, each.removed_at) for each in session.scalars(missing)] == [(404, None)] * 2
    with transaction(bureau.engine) as session:
        session.execute(update(Clue).values(withdrawn_at=WEDNESDAY))
    trim(bureau.engine, rule)
    with snapshot(bureau.engine) as session:
        assert all(each.removed_at for each in session.scalars(missing))


def test_a_stop_or_another_host_of_this_machine_is_respected(bureau: Bureau) -> None:
    bureau.correct(f"{bureau.site.base}/1", "http://127.0.0.1:1/2", "http://169.254.169.254/3")
    with transaction(bureau.engine) as session:
        stop_board(session, Stop("recheck", "王某", "暂停", WEDNESDAY))
    put_off = [run.put_off for run in bureau.look() if isinstance(run, HostRun)]
    assert sorted(put_off) == [
        "127.0.0.1:1 is not on the public web", "stopped by 王某: 暂停", "stopped by 王某: 暂停",
    ]  # fmt: skip
    assert bureau.site.paths == []
    assert bureau.found()["/1"] == ""
    with snapshot(bureau.engine) as session:
        assert sorted(session.scalars(select(Recheck.tries).where(Recheck.days == 7))) == [0, 0, 1]


def test_a_run_that_dies_before_it_asks_has_not_looked(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.site.answers["/1"] = page(LAWFUL, "第1公司")
    bureau.correct(f"{bureau.site.base}/1")
    monkeypatch.setenv("QINGDAN_RULES", "/nowhere")
    _, run = bureau.look()
    assert isinstance(run, HostRun)
    assert "exit code" in run.outcome.note
    assert bureau.found() == {"/1": ""}
    monkeypatch.delenv("QINGDAN_RULES")
    bureau.look()
    assert bureau.found() == {"/1": "lawful"}
    assert [(each.kind, each.status) for each in runs()] == [
        ("recheck", "incomplete"),
        ("recheck", "complete"),
    ]


def test_what_the_publisher_takes_back_is_removed_on_the_second_day(bureau: Bureau) -> None:
    bureau.correct("")
    with transaction(bureau.engine) as session:
        remember(session, [job_ad(1)])
        withdraw(session, "board", ["A1"], WEDNESDAY)
    assert bureau.look() == [1]
    assert bureau.found() == {"": "missed"}
    bureau.look(day=8)
    assert bureau.found() == {"": "removed"}
