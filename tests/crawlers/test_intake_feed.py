"""XML feeds, whole and broken."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from crawlers.intake.columns import Columns
from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError, Row
from crawlers.intake.source import open_source
from crawlers.posting import Posting
from store.intake import Refusal

JOBS = """<jobs>
  <job><id>1</id><title>电工</title><description><![CDATA[<p>持证</p><p>值班</p>]]></description>
    <company><name>某厂</name></company><location><city>济南</city></location></job>
  <job><id>2</id><title>焊工 &amp; 铆工</title><description>懂图纸</description></job>
</jobs>"""


def read(file: Path) -> list[Row | Refusal]:
    with open_source(file) as source:
        return list(read_rows(source))


def written(folder: Path, content: bytes | str, name: str = "feed.xml") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("feed.xml", JOBS),
        ("feed.rss", f"<rss><channel><title>x</title>{JOBS}</channel></rss>"),
        (
            "feed.atom",
            JOBS.replace("<jobs>", "<jobs xmlns='urn:a' xmlns:b='urn:b'>").replace("title>", "b:title>"),
        ),
        ("feed.xml.gz", gzip.compress(JOBS.encode())),
        ("feed.xml", "\ufeff<?xml version='1.0' encoding='utf-8'?>\n" + JOBS),
        ("feed.xml", ("<?xml version='1.0' encoding='gb2312'?>" + JOBS).encode("gb18030")),
        ("feed.xml", JOBS.encode("gb18030")),
        ("feed.xml", ("<?xml version='1.0' encoding='utf-16'?>" + JOBS).encode("utf-16")),
        ("feed.xml", '<?xml version=\\"1.0\\" encoding=\\"klingon\\"?>' + JOBS),
    ],
)
def test_the_same_postings_in_every_form(tmp_path: Path, name: str, content: bytes | str) -> None:
    rows = read(written(tmp_path, content, name))
    assert [row.place for row in rows] == [f"{name}[1]", f"{name}[2]"]
    columns = Columns(name, "board-a")
    first, second = (columns.posting(row) for row in rows if isinstance(row, Row))
    assert isinstance(first, Posting)
    assert isinstance(second, Posting)
    assert (first.source_ad_id, first.title, first.text) == ("1", "电工", "持证\n值班")
    assert (first.company, first.city) == ("某厂", "济南")
    assert (second.title, second.text) == ("焊工 & 铆工", "懂图纸")


def test_a_feed_that_breaks_off_gives_what_it_has_and_says_where(tmp_path: Path) -> None:
    *rows, damage = read(written(tmp_path, JOBS[: JOBS.index("铆工")]))
    assert isinstance(damage, Refusal)
    assert isinstance(rows[0], Row)
    assert rows[0].cells["title"] == "电工"
    assert damage.reason.startswith("the feed is damaged at line 4: ")


def test_parts_that_come_again_stand_below_each_other(tmp_path: Path) -> None:
    (row,) = read(
        written(tmp_path, "<a><job><title>电工</title><need>持证</need><need>身体好</need></job></a>")
    )
    assert isinstance(row, Row)
    assert row.cells == {"title": "电工", "need": "持证\n身体好"}


def test_entities_are_not_followed(tmp_path: Path) -> None:
    text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><job><title>电工&x;</title></job></a>'
    (row,) = read(written(tmp_path, text))
    assert isinstance(row, Row)
    assert str(row.cells["title"]).startswith("电工")
    assert "\n" not in str(row.cells["title"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("没有标记", "no elements that look like postings"),
        ("<a><b>1</b></a>", "no elements that look like postings"),
        ("<rss><channel><title>只有标题</title></channel></rss>", "no elements that look like postings"),
    ],
)
def test_what_is_no_feed_of_postings_is_refused_by_name(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(IntakeError, match=reason):
        read(written(tmp_path, content))


def test_a_long_feed_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    job = f"<job><title>电工</title><description>{'持证上岗' * 400}</description></job>"
    file = written(tmp_path, "<jobs>" + job * 10_000 + "</jobs>")
    tracemalloc.start()
    with open_source(file) as source:
        count = sum(1 for _ in read_rows(source))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < file.stat().st_size / 2


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "rows", "ids"),
    [
        ("indeed_feed_2017.xml", 600, 40),
        ("appcast_jobs_feed_2024.xml", 92, 92),
        ("neogov_sample.rss", 5, 5),
        ("weworkremotely.rss", 4, 4),
        ("dfe_broadbean_feed_bad_decl.xml", 1, 1),
    ],
)
def test_real_feeds(shared: Path, file: str, rows: int, ids: int) -> None:
    found = [row for row in read(shared / "samples" / file) if isinstance(row, Row)]
    columns = Columns(file, "board-a")
    postings = [posting for row in found if isinstance(posting := columns.posting(row), Posting)]
    assert (len(found), len(postings)) == (rows, rows)
    assert len({posting.source_ad_id for posting in postings}) == ids
    assert all(posting.title and posting.text for posting in postings)
