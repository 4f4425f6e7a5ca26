"""Events survive the trip through bytes, and bytes that are no event raise `DecodeError` and nothing else."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.types import CheckedAd, DeadLetter, DecodeError, Event, JobAd, Mention, Reading, Shown, Span

# JSON text in UTF-8 cannot carry half a surrogate pair, PostgreSQL no NUL; no decoder of ours lets one in.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
ID = st.text("0123456789abcdef", min_size=32, max_size=32)
INSTANTS = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.dates(date(1980, 1, 1), date(2100, 1, 1))
SPANS = st.builds(Span, text=TEXT)
ADS = st.builds(
    JobAd,
    schema_version=st.just(1), event_id=ID, source=TEXT, source_ad_id=TEXT, run_id=ID, observed_at=INSTANTS,
    url=TEXT, title=TEXT, text=TEXT, company=TEXT, city=TEXT, salary=TEXT, raw_sha256=TEXT, content_hash=ID,
    division=st.none() | st.from_regex(r"\A[0-9]{6}\Z"), posted=st.none() | DAYS,
    valid_through=st.none() | DAYS,
    evidence=st.lists(st.builds(Shown, capture=ID, locator=TEXT), max_size=2).map(tuple),
)  # fmt: skip
MENTIONS = st.builds(
    Mention,
    quote=TEXT, name=TEXT, qualification=st.none() | TEXT, cue=st.none() | SPANS, rule=TEXT, clause=SPANS,
    section=TEXT, basis=st.lists(TEXT, max_size=3).map(tuple), edition=TEXT, suggestion=TEXT,
)  # fmt: skip
READINGS = st.builds(
    Reading,
    on=DAYS, edition=TEXT, rules_version=TEXT, leasing_evidence=st.none() | SPANS, occupation=TEXT,
    mentions=st.lists(MENTIONS, max_size=2).map(tuple),
)  # fmt: skip
EVENTS: st.SearchStrategy[Event] = (
    ADS
    | st.builds(CheckedAd, schema_version=st.just(1), event_id=ID, ad=ADS, reading=READINGS)
    | st.builds(
        DeadLetter,
        schema_version=st.just(1), event_id=ID, topic=TEXT, group=TEXT, record_key=TEXT, value=TEXT,
        reason=TEXT, died_at=INSTANTS,
    )
)  # fmt: skip

AD = JobAd(
    event_id="e", source="board", source_ad_id="1", source_kind="crawl", run_id="r", content_hash="c",
    observed_at=datetime(2026, 11, 18, tzinfo=UTC),
)  # fmt: skip
READING = Reading(on=date(2026, 11, 18), edition="2021", rules_version="v1", verdict="none")


@given(EVENTS)
def test_decoding_undoes_encoding(event: Event) -> None:
    assert type(event).decode(event.encode()) == event


@given(st.sampled_from([JobAd, CheckedAd, DeadLetter]), st.none() | st.binary(max_size=200))
def test_arbitrary_bytes_raise_decode_error_only(kind: type[Event], value: bytes | None) -> None:
    with pytest.raises(DecodeError, match=kind.__name__):
        kind.decode(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    st.lists,
    max_leaves=5,
)


@given(st.sampled_from(sorted(JobAd.model_fields)), JSON)
def test_any_value_in_any_field_decodes_or_raises_decode_error(field: str, value: object) -> None:
    fields = json.loads(AD.encode()) | {field: value}
    try:
        JobAd.decode(json.dumps(fields).encode())
    except DecodeError as error:
        assert field in str(error)  # noqa: PT017 - both outcomes are right


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"source_kind": "telepathy"}, "source_kind"),
        ({"observed_at": "2026-11-18T10:00:00"}, "observed_at"),
        ({"division": "11"}, "division"),
        ({"schema_version": 2}, "schema_version: 2 is not 1"),
    ],
)
def test_the_bad_field_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(DecodeError, match=named):
        JobAd.decode(json.dumps(json.loads(AD.encode()) | change).encode())


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(DecodeError):
        JobAd.decode(AD.encode().replace(b'"board"', rb'"\ud800"'))


def test_a_field_that_a_newer_producer_added_is_no_error() -> None:
    assert JobAd.decode(json.dumps(json.loads(AD.encode()) | {"weather": "fine"}).encode()) == AD


def test_a_checked_ad_is_a_new_event_for_each_version_of_the_rules_and_day_of_law() -> None:
    readings = [
        READING,
        READING.model_copy(update={"rules_version": "v2"}),
        READING.model_copy(update={"on": READING.on + timedelta(days=1)}),
    ]
    assert len({CheckedAd.of(AD, reading).event_id for reading in readings}) == 3
    assert CheckedAd.of(AD, READING) == CheckedAd.of(AD, READING)


@given(st.sampled_from(["source", "title", "text", "salary"]), TEXT, TEXT)
def test_nul_is_refused_in_any_field_and_its_spelling_is_not(field: str, left: str, right: str) -> None:
    with pytest.raises(DecodeError, match="NUL"):
        JobAd.decode(AD.model_copy(update={field: f"{left}\0{right}"}).encode())
    spelt = AD.model_copy(update={field: f"{left}x\\u0000{right}"})
    assert JobAd.decode(spelt.encode()) == spelt
