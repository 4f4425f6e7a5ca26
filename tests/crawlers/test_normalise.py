"""A posting becomes an ad with everything apart: places, dates, pay, who hires and for whom."""

import gzip
import json
from collections import Counter
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.normalise import normalise
from crawlers.posting import Posting
from events.types import JobAd, Pay
from store.intake import Refusal
from tests.factory import WEDNESDAY


def posting(**given: str) -> Posting:
    fields = {"title": "会计", "text": "须持有会计从业资格证", "company": "青禾人力资源有限公司"} | given
    return Posting(source="board", source_kind="push", source_ad_id="A1", place="ads[0]", **fields)  # type: ignore[arg-type]


def normalised(after: int = 0, /, **given: str) -> tuple[JobAd, list[Refusal]]:
    return normalise(posting(**given), run_id="run", now=WEDNESDAY + timedelta(days=after))


def test_everything_that_a_posting_says() -> None:
    ad, problems = normalised(
        text="代青禾纺织有限公司招聘会计",
        city="南京市玄武区、鼓楼区",
        posted="昨天",
        valid_through="2026-12-31",
        salary="8-12K·14薪",
        headcount="2人",
        education="大专",
        experience="1-3年",
        employment="全职",
    )
    assert problems == []
    assert (ad.poster, ad.acting_for) == ("agency", "青禾纺织有限公司")
    assert (ad.division, ad.divisions) == ("320100", ("320102", "320106"))
    assert (ad.posted, ad.valid_through) == (date(2026, 11, 17), date(2026, 12, 31))
    assert ad.salary == "8-12K·14薪"
    assert ad.terms.pay == Pay(low=800_000, high=1_200_000, currency="CNY", per="month", months=14)
    terms = ad.terms
    assert (terms.headcount, terms.schooling, terms.experience_years, terms.employment_types) == (
        2, "college", 1, ("full_time",),
    )  # fmt: skip
    assert JobAd.decode(ad.encode()) == ad


@pytest.mark.parametrize(
    ("given", "poster"),
    [
        ({"company": "青禾面馆", "ownership": "个体"}, "individual"),
        ({"company": "青禾集团", "ownership": "国企"}, "state"),
        ({"company": "青禾人力资源有限公司", "ownership": "民营"}, "agency"),
        ({"company": "某市公安局", "ownership": "民营"}, "public"),
        ({"company": "青禾集团", "ownership": "合资"}, "unknown"),
    ],
)
def test_a_name_tells_more_than_ownership(given: dict[str, str], poster: str) -> None:
    assert normalised(**given)[0].poster == poster


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"posted": "2026-12-24"}, "posted", "implausible date"),
        ({"posted": "前些天"}, "posted", "unreadable date"),
        ({"valid_through": "2099-12-31"}, "valid_through", "implausible date"),
        ({"posted": "2026-11-10", "valid_through": "2026-11-01"}, "valid_through", "lies before the posting"),
    ],
)
def test_a_date_that_cannot_be_is_left_out_and_named(given: dict[str, str], field: str, told: str) -> None:
    ad, (problem,) = normalised(**given)
    assert getattr(ad, field) is None
    assert (problem.place, problem.field, problem.excerpt) == ("ads[0]", field, given[field])
    assert told in problem.reason


def test_an_ad_may_have_expired_before_it_was_seen() -> None:
    ad, problems = normalised(posted="2026-09-01", valid_through="2026-10-01")
    assert (ad.valid_through, problems) == (date(2026, 10, 1), [])


def test_a_day_that_is_counted_from_today_makes_no_new_version_tomorrow() -> None:
    today, _ = normalised(posted="3天前")
    tomorrow, _ = normalised(1, posted="4天前")
    assert (today.posted, today.content_hash) == (tomorrow.posted, tomorrow.content_hash)
    later, _ = normalised(1, posted="3天前")
    assert later.content_hash != today.content_hash


@pytest.mark.parametrize("field", ["title", "text", "company", "city", "posted", "salary", "education"])
def test_another_word_makes_another_version(field: str) -> None:
    assert normalised(**{field: "另一个"})[0].content_hash != normalised()[0].content_hash


def test_a_closing_date_that_moves_makes_no_new_version() -> None:
    one, _ = normalised(valid_through="2026-12-01")
    other, _ = normalised(valid_through="2026-12-31")
    assert one.content_hash == other.content_hash


WORDS = st.text(max_size=60)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(
    ("title", "text", "company", "city", "posted", "valid_through", "salary", "ownership", "employment",
     "headcount", "education", "experience"), WORDS,
)))  # fmt: skip
def test_any_posting_becomes_an_ad_that_the_log_carries(given: dict[str, str]) -> None:
    ad, _ = normalised(**given)
    assert JobAd.decode(ad.encode()) == ad
    assert ad.division is None or set(ad.divisions)


@pytest.mark.shared
def test_most_of_what_real_ads_say_is_read(shared: Path) -> None:
    """Of 2,000 ads: what was seen, less a margin; what is not read are formulas, ages, and 河东区."""
    said, read = Counter[str](), Counter[str]()
    with gzip.open(shared / "ads" / "ads-05.jsonl.gz", "rt", encoding="utf-8") as lines:
        for given in map(json.loads, islice(lines, 2_000)):
            extra = {name: str(value) for name, value in given["extra"].items()}
            fields = {name: extra.get(name, "") for name in ("salary", "education", "experience")}
            ad, _ = normalised(city=given["city"] or "", **fields)
            told = {
                "city": ad.divisions,
                "salary": ad.terms.pay,
                "education": ad.terms.schooling,
                "experience": ad.terms.experience_years is not None,
            }
            said.update(name for name, value in ({"city": given["city"]} | fields).items() if value)
            read.update(name for name, value in told.items() if value)
    floors = {"city": 0.97, "salary": 0.92, "education": 0.92, "experience": 0.91}
    shares = {name: round(read[name] / said[name], 3) for name in floors}
    assert all(shares[name] >= floor for name, floor in floors.items()), shares
