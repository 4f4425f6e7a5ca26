"""Where the weekly report and the dataset count the publications of one posting once."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from reports.dataset.build import Source
from reports.dataset.build import build as build_dataset
from reports.dataset.folders import Folders
from reports.weekly.build import Setting, build
from reports.weekly.html import render
from store.database import snapshot, transaction
from store.likeness_models import KnownFingerprint
from store.models import AdVersion
from store.weekly import gather
from store.weekly_rows import Scope
from tests.postings import LONG
from tests.reports.dataset.making import json_rows, small_catalogue
from tests.reports.week_factory import WEEK, checked, job_ad, mention, store


def fill(engine: Engine) -> None:
    """Two boards publish one posting, one of them twice; a second posting is published once."""
    text = LONG + "须持健身教练证上岗，有经验者优先。"
    copies = [
        job_ad(n, text=text, source=source) for n, source in ((1, "board-a"), (2, "board-a"), (3, "board-b"))
    ]
    other = job_ad(4, text=text, title="前台")
    store(
        engine, [checked(ad, mention(ad, "健身教练证")) for ad in (*copies[:2], other)] + [checked(copies[2])]
    )


def test_the_weekly_report_says_how_many_postings_its_ads_are(engine: Engine) -> None:
    fill(engine)
    with snapshot(engine) as session:
        report = build(gather(session, Scope(WEEK, "000000")), Setting(bureau="某局"))
    assert (report.coverage.read, report.coverage.postings, report.coverage.postings_with_clue) == (4, 2, 2)
    (case,) = report.cases
    assert (case.ads, case.postings) == (3, 2)
    assert "涉及广告 3 条（去重后 2 个招聘）" in report.key_points[0]
    shown = render(report).decode()
    assert "判读广告去重后为 2 个招聘，其中涉线索 2 个" in shown
    assert "本期 3 条广告，去重后 2 个招聘" in shown


def test_ads_that_are_in_no_cluster_yet_count_for_themselves(engine: Engine) -> None:
    fill(engine)
    with transaction(engine) as session:
        for version in session.scalars(select(AdVersion)):
            version.fingerprint_id = None
    with snapshot(engine) as session:
        rows = gather(session, Scope(WEEK, "000000"))
    assert (rows.postings.read, rows.postings.with_clue) == (4, 3)


def test_the_dataset_names_postings_by_keyed_ids(engine: Engine, tmp_path: Path) -> None:
    fill(engine)

    def built(key: bytes) -> dict[str, list[dict[str, Any]]]:
        with snapshot(engine) as session:
            source = Source(session=session, catalogue=small_catalogue(), occupations={}, texts={}, key=key)
            version = build_dataset(source, Folders(tmp_path / key.hex()[:8])).folder
        return {table: json_rows(version, table) for table in ("ads", "clues")}

    found, elsewhere = built(b"k" * 32), built(b"x" * 32)
    posting_of = {ad["ad"]: ad["posting"] for ad in found["ads"]}
    assert len(posting_of) == 4
    assert len(set(posting_of.values())) == 2
    assert all(clue["posting"] == posting_of[clue["ad"]] for clue in found["clues"])
    # Whoever knows the words of an ad must not be able to work out its id, and by it the employer's.
    assert not set(posting_of.values()) & {ad["posting"] for ad in elsewhere["ads"]}
    with snapshot(engine) as session:
        assert not set(posting_of.values()) & set(session.scalars(select(KnownFingerprint.id)))
