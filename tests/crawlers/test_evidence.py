"""What ads are read from is kept before they are let out: pages, lists, attachments, files, pushed items."""

import gzip
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from config.settings import CHINA
from crawlers.board import Board
from crawlers.door import Door
from crawlers.evidence import Keeper
from crawlers.originals import of_item
from crawlers.outlet import Published
from crawlers.posting import Origin, Posting
from crawlers.push.api import push_api
from crawlers.push.desk import Desk
from crawlers.push.slices import slices
from crawlers.run import House, crawl
from events.log import Log, NotDelivered
from events.types import JobAd
from store.database import snapshot, transaction
from store.evidence_bytes import kept_bytes
from store.evidence_models import Capture, EvidencePiece
from store.push import add_key
from tests.crawlers.pushing import AD, Service, listening
from tests.crawlers.serving import Answer, Site, collected, open_database, open_log, posting_page, serving
from tests.crawlers.test_notices import BINARY, CLERK, HEAD, NURSE, TITLE, entries, link, notice, workbook
from tests.crawlers.test_notices import board as notices_board

NOON = datetime(2026, 11, 18, 12, tzinfo=CHINA)


def noon() -> datetime:
    return NOON


def in_eight_days() -> datetime:
    return NOON + timedelta(days=8)


def house(clock: Callable[[], datetime] = noon) -> House:
    return House(open_database, open_log, clock, evidence=True)


def captures() -> dict[str, Capture]:
    engine = open_database()
    with snapshot(engine) as session:
        rows = {row.id: row for row in session.scalars(select(Capture))}
        session.expunge_all()
    engine.dispose()
    return rows


def bytes_of(capture: Capture) -> bytes:
    with snapshot(open_database()) as session:
        return b"".join(kept_bytes(session, capture.sha256))


def contents() -> int:
    """How many different bytes are kept."""
    with snapshot(open_database()) as session:
        return session.scalar(select(func.count(EvidencePiece.sha256.distinct()))) or 0


def shown(ad: JobAd) -> list[tuple[Capture, str]]:
    rows = captures()
    return [(rows[each.capture], each.locator) for each in ad.evidence]


@pytest.mark.usefixtures("home")
def test_a_page_is_kept_as_it_was_received() -> None:
    body = posting_page(1).body.replace("文字".encode(), "电话13812345678".encode())
    headers = {
        "ETag": '"a"', "Set-Cookie": "id=1", "X-Secret": "1", "Content-Encoding": "gzip",
        "Content-Type": "text/html; charset=UTF-8",
    }  # fmt: skip
    page, moved = Answer(gzip.compress(body), headers=headers), Answer(b"", 302, {"Location": "/2"})
    with serving({"/1": page, "/old": moved, "/2": posting_page(2)}) as site:
        site.sitemap("/1", "/old")
        assert crawl(site.board(), house()).complete
    ((capture, locator),), ((redirected, _),) = map(shown, collected())
    assert bytes_of(capture) == body, "transfer and content coding undone, nothing else"
    assert "13812345678" not in collected()[0].text
    assert (capture.url, capture.answered_url, locator) == (f"{site.base}/1", f"{site.base}/1", "")
    assert (capture.media_type, capture.charset, capture.length) == ("text/html", "utf-8", len(body))
    assert (capture.status, capture.tls, capture.address) == (200, False, "127.0.0.1")
    assert (capture.fetched_at, capture.seen_at) == (NOON, NOON)
    assert {"ETag", "Date", "Content-Type", "Server"} <= set(capture.headers)
    assert not {"Set-Cookie", "X-Secret"} & set(capture.headers)
    assert capture.request["method"] == "GET"
    assert capture.request["headers"]["User-Agent"].startswith("Qingdan/")
    assert (redirected.url, redirected.answered_url) == (f"{site.base}/old", f"{site.base}/2")


def listing(site: Site, rows: int) -> Board:
    """A board whose list says it all, asked for by POST."""
    jobs = [{"id": str(number), "title": f"岗位{number}", "text": "持证上岗"} for number in range(rows)]
    site.answers['/list {"page": 1}'] = Answer(json.dumps({"jobs": jobs}).encode())
    return site.board(
        engine="listing",
        start=[],
        listing={
            "request": {"url": f"{site.base}/list", "method": "POST", "json": {"page": 1}},
            "container": "json",
            "items": "jobs",
            "fields": {"id": "id", "title": "title", "text": "text"},
        },
    )


@pytest.mark.usefixtures("home")
def test_a_list_of_many_ads_is_kept_once() -> None:
    with serving() as site:
        assert crawl(listing(site, 50), house()).outcome.counts["accepted"] == 50
    ads = collected()
    assert len(ads) == 50
    assert len({ad.evidence for ad in ads}) == len(captures()) == contents() == 1
    ((capture, _),) = shown(ads[0])
    assert capture.request["method"] == "POST"
    assert json.loads(capture.request["body"]) == {"page": 1}


def in_sixteen_days() -> datetime:
    return NOON + timedelta(days=16)


@pytest.mark.usefixtures("home")
def test_bytes_are_confirmed_and_not_kept_again_until_the_ad_changes() -> None:
    answers: dict[str, Answer | list[Answer]] = {
        "/1": Answer(posting_page(1).body, headers={"ETag": '"a"'}),
        "/2": posting_page(2),
        "/3": Answer(posting_page(3).body, headers={"ETag": '"c"'}),
    }
    with serving(answers) as site:
        site.sitemap("/1", "/2", "/3")
        crawl(site.board(), house())
        first = captures()
        # The third page looks different, and its posting is the same: its bytes are nobody's evidence.
        site.answers["/3"] = Answer(posting_page(3).body + b"<p>3 visitors", headers={"ETag": '"d"'})
        done = crawl(site.board(), house(in_eight_days))
        assert (done.outcome.counts["unchanged"], done.outcome.counts["duplicate"]) == (1, 2)
        assert captures().keys() == first.keys()
        assert contents() == 3

        site.answers["/2"] = Answer(posting_page(2).body.replace("文字".encode(), "新文字".encode()))
        crawl(site.board(), house(in_sixteen_days))
    seen = {row.url.removeprefix(site.base): row.seen_at for row in captures().values() if row.id in first}
    assert seen == {"/1": in_sixteen_days(), "/2": in_eight_days(), "/3": NOON}
    old, new = (shown(ad)[0][0] for ad in collected() if ad.source_ad_id == "2")
    assert (old.fetched_at, new.fetched_at) == (NOON, in_sixteen_days())
    assert "新文字".encode() in bytes_of(new)
    assert contents() == 4


@pytest.mark.usefixtures("home")
def test_a_position_is_shown_by_its_table_and_its_notice() -> None:
    table = workbook([TITLE], HEAD, NURSE, CLERK)
    answers = {
        "/list": entries(("/t/1.html", TITLE)),
        "/t/1.html": notice(link("/f/a.xlsx", "岗位表.xlsx")),
        "/f/a.xlsx": Answer(table, headers=BINARY),
    }
    with serving(answers) as site:
        assert crawl(notices_board(site, "/list"), house()).outcome.counts["accepted"] == 2
        found = [shown(ad) for ad in collected()]
        assert [[(row.url.removeprefix(site.base), at) for row, at in each] for each in found] == [
            [("/f/a.xlsx", "岗位表.xlsx:Sheet!3"), ("/t/1.html", "")],
            [("/f/a.xlsx", "岗位表.xlsx:Sheet!4"), ("/t/1.html", "")],
        ]
    assert bytes_of(found[0][0][0]) == table
    assert found[0][0][0].charset == ""


@pytest.fixture
def log(home: Path) -> Iterator[Log]:  # noqa: ARG001 - the log lies there
    log = open_log()
    yield log
    log.close()


@pytest.fixture
def engine(home: Path) -> Iterator[Engine]:  # noqa: ARG001 - the database lies there
    engine = open_database()
    yield engine
    engine.dispose()


def door(engine: Engine, log: Log, *, keeping: bool = True) -> Door:
    outlet = Published(engine, log.producer())
    keeper = Keeper(engine) if keeping else None
    return Door(engine, outlet, run_id="run", clock=noon, keeper=keeper)


def posting(number: int, data: bytes) -> Posting:
    return Posting(
        source="board", source_kind="push", source_ad_id=str(number), place=f"ads[{number}]",
        text=f"文字{number}", origins=(Origin(of_item(data, NOON, sender="key")),),
    )  # fmt: skip


def test_what_there_is_no_room_for_is_not_let_out(engine: Engine, log: Log) -> None:
    into = door(engine, log)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # what is there stays
    postings = [posting(1, b"a"), posting(2, os.urandom(1 << 20))]
    with pytest.raises(NotDelivered, match="evidence of 2 originals"):
        into.admit(postings)
    assert (collected(), captures(), contents()) == ([], {}, 0)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    into.admit(postings)
    assert len(collected()) == len(captures()) == contents() == 2


def test_a_file_that_has_gone_lets_nothing_out(engine: Engine, log: Log, home: Path) -> None:
    into = door(engine, log)
    into.hand_in(home / "drop.jsonl")
    with pytest.raises(FileNotFoundError):
        into.admit([posting(1, b"a"), replace(posting(2, b""), origins=())])
    assert (collected(), captures(), contents()) == ([], {}, 0)


def test_bytes_are_kept_before_the_log_has_the_ad(engine: Engine, log: Log) -> None:
    class Watching:
        """A producer that looks at the evidence when it is asked to publish."""

        def publish(self, messages: object) -> None:
            assert messages
            seen.append((len(captures()), contents()))

        def close(self) -> None:
            """Nothing is held."""

    seen: list[tuple[int, int]] = []
    into = door(engine, log)
    watched = Door(
        engine, Published(engine, Watching()), run_id="run", clock=noon,
        keeper=Keeper(engine),
    )  # fmt: skip
    watched.admit([posting(1, b"a")])
    assert seen == [(1, 1)]
    into.admit([posting(1, b"a")])
    assert len(captures()) == 1, "known by now"


def test_without_a_keeper_nothing_is_kept(engine: Engine, log: Log, home: Path) -> None:
    into = door(engine, log, keeping=False)
    into.hand_in(home / "drop.jsonl")
    into.admit([replace(posting(1, b"a"), origins=())])
    assert [ad.evidence for ad in collected()] == [()]
    assert (captures(), contents(), into.evidence_clock) == ({}, 0, None)


def test_a_file_is_kept_once_however_many_batches_it_gives(engine: Engine, log: Log, home: Path) -> None:
    file = home / "drop.jsonl.gz"
    file.write_bytes(gzip.compress(b"rows"))
    into = door(engine, log)
    into.hand_in(file)
    rows = [replace(posting(n, b""), place=f"drop.jsonl:{n}", origins=()) for n in range(3)]
    for row in rows:
        into.admit([row])
    ads = collected()
    assert [[at for _, at in shown(ad)] for ad in ads] == [[f"drop.jsonl:{n}"] for n in range(3)]
    (capture,) = captures().values()
    assert (capture.name, capture.url, capture.length) == ("drop.jsonl.gz", "", file.stat().st_size)
    assert bytes_of(capture) == file.read_bytes()
    again = door(engine, log)
    again.hand_in(file)
    again.admit(rows)
    assert len(captures()) == 1


def test_a_pushed_ad_is_kept_as_it_stood_in_its_request(engine: Engine, log: Log) -> None:
    with transaction(engine) as session:
        key = add_key(session, name="某网站", source="board-a", token="board-a", now=NOON)
    desk = Desk(engine, log.producer(), clock=noon, keeper=Keeper(engine))
    with listening(push_api(desk)) as base:
        first, second = json.dumps(AD), json.dumps(AD | {"id": "8"}, indent=1, ensure_ascii=False)
        body = f'{{"ads": [{first}, {{"id": 9}},\n {second}]}}'.encode()
        headers = {"Authorization": "Bearer board-a", "Idempotency-Key": "1"}
        assert Service(base, engine).ask("/v1/ads", body, **headers)[1]["accepted"] == 2
    found = [shown(ad) for ad in collected()]
    assert [bytes_of(capture).decode() for ((capture, _),) in found] == [first, second]
    assert {(capture.sender, capture.media_type, capture.url) for ((capture, _),) in found} == {
        (key, "application/json", "")
    }


ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(
    items=st.lists(ITEMS, max_size=5),
    indent=st.sampled_from([None, 0, 2, "\t"]),
    ascii_only=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
)
def test_items_are_cut_out_of_a_body_as_they_stand(
    items: list[object], indent: int | str | None, *, ascii_only: bool, encoding: str
) -> None:
    text = json.dumps({"ads": items}, indent=indent, ensure_ascii=ascii_only)
    found = slices(f" \n{text}\r ".encode(encoding, "surrogatepass"))
    assert [json.loads(each.decode("utf-8", "surrogatepass")) for each in found] == items
    assert all(each.decode("utf-8", "surrogatepass") in text for each in found)


def test_of_a_name_that_stands_twice_the_last_counts() -> None:
    body = b'{"ads" : [1, 2] , "ads":[{"id" : "7"} ]}'
    assert json.loads(body)["ads"] == [{"id": "7"}]
    assert slices(body) == [b'{"id" : "7"}']
