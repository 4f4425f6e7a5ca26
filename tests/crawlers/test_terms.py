"""What stands in fields of their own is kept as written, and understood as far as it goes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.tables import DataError
from config.terms import terms
from crawlers.posting import Posting
from crawlers.terms import employment_types, experience_years, headcount, schooling, terms_of
from events.types import Pay, Terms


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("本科", "bachelor"),
        ("本科及以上", "bachelor"),
        ("统招本科/硕士", "bachelor"),
        ("大专", "college"),
        ("中专/中技", "secondary"),
        ("高中以下", "none"),
        ("学历不限", "none"),
        ("硕士研究生及以上", "master"),
        ("仅限博士", "doctor"),
        ("Bachelor's degree", "bachelor"),
        ("high school", "secondary"),
        ("21", "bachelor"),
        ("61", "secondary"),
        ("初中及以上学历", "junior"),
        ("其他", None),
        ("无", "none"),
        ("无锡本地", None),
        ("99", None),
        ("webmaster", None),
        ("", None),
        ("本科" + "，专业不限" * 20, None),
    ],
)
def test_schooling(written: str, level: str | None) -> None:
    assert schooling(written) == level


@pytest.mark.parametrize(
    ("written", "years"),
    [
        ("3-5年", 3),
        ("1年以上", 1),
        ("10年以上工作经验", 10),
        ("三年以上", 3),
        ("两年", 2),
        ("1年以内", 0),
        ("经验不限", 0),
        ("无工作经验", 0),
        ("在校/应届", 0),
        ("36 months", 3),
        ("6个月", 0),
        ("5+ years", 5),
        ("2024年毕业", None),
        ("3年以上，其中1年管理经验", None),
        ("十五年", None),
        ("有经验", None),
        ("", None),
    ],
)
def test_experience(written: str, years: int | None) -> None:
    assert experience_years(written) == years


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("全职", ("full_time",)),
        ("FULL_TIME PART_TIME", ("full_time", "part_time")),
        ("FullTime", ("full_time",)),
        ("非全日制", ("part_time",)),
        ("劳务派遣", ("dispatch",)),
        ("INTERN", ("intern",)),
        ("International", ()),
        ("校招", ()),
        ("", ()),
    ],
)
def test_employment(written: str, kinds: tuple[str, ...]) -> None:
    assert employment_types(written) == kinds


@pytest.mark.parametrize(
    ("written", "number"),
    [("3", 3), ("3人", 3), ("招聘12名", 12), (" 5.0 ", 5), ("２", 2), ("若干", None),
     ("0", None), ("1-3人", None), ("", None), ("13812345678", None)],
)  # fmt: skip
def test_headcount(written: str, number: int | None) -> None:
    assert headcount(written) == number


def posting(**given: str) -> Posting:
    return Posting(source="board", source_kind="file", source_ad_id="A1", place="ads.csv:2", **given)  # type: ignore[arg-type]


def test_all_terms_of_a_posting() -> None:
    read = terms_of(
        posting(
            salary="8000元/月", employment="全职", headcount="2人", education="大专", experience="1年以上"
        )
    )
    assert read == Terms(
        pay=Pay(low=800_000, high=800_000, currency="CNY", per="month"),
        employment="全职",
        employment_types=("full_time",),
        headcount=2,
        education="大专",
        schooling="college",
        experience="1年以上",
        experience_years=1,
    )
    assert terms_of(posting()) == Terms()


def test_contacts_are_masked_and_what_no_database_takes_is_replaced() -> None:
    read = terms_of(posting(experience="电话13812345678", education="本科\0", employment="\ud800全职" * 200))
    assert "138" not in read.model_dump_json()
    assert (read.education, read.schooling, len(read.employment)) == ("本科\ufffd", "bachelor", 200)


@given(st.text(max_size=300))
def test_no_text_breaks_a_reader(written: str) -> None:
    read = terms_of(
        posting(salary=written, employment=written, headcount=written, education=written, experience=written)
    )
    assert Terms.model_validate_json(read.model_dump_json()) == read


@given(least=st.integers(0, 40), more=st.integers(0, 20))
def test_the_lower_end_of_a_range_of_years_counts(least: int, more: int) -> None:
    assert experience_years(f"{least}-{least + more}年") == least


def test_a_wrong_file_names_its_line_and_field(tmp_path: Path) -> None:
    file = tmp_path / "terms.yaml"
    words = (Path(__file__).parents[2] / "config" / "terms.yaml").read_text("utf-8")
    file.write_text(words.replace("  bachelor: [", "  batchelor: ["), "utf-8")
    with pytest.raises(DataError, match=r"terms.yaml, line \d+: education.batchelor"):
        terms(file)
