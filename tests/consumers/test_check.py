from datetime import UTC, date, datetime

import pytest

from consumers.check import check_stage, day_of_law
from events.log import Message
from events.topics import CHECKED, COLLECTED
from events.types import CheckedAd, JobAd, Reading
from tests.factory import job_ad

READING = Reading(on=date(2026, 11, 16), edition="2021", rules_version="r1", verdict="none")


def test_every_ad_gives_one_checked_ad_under_the_same_key() -> None:
    stage = check_stage(lambda _ad: READING)
    ad = job_ad(7)
    checked = CheckedAd.of(ad, READING)
    assert (stage.topic, stage.event, stage.effects) == (COLLECTED, JobAd, None)
    assert stage.outputs
    assert list(stage.outputs(ad)) == [Message(CHECKED, ad.key, checked.encode())]


@pytest.mark.parametrize(
    ("posted", "day"), [(date(2024, 5, 1), date(2024, 5, 1)), (None, date(2026, 11, 18))]
)
def test_the_law_is_that_of_the_day_of_posting_or_of_sight_in_china(posted: date | None, day: date) -> None:
    late_in_utc = datetime(2026, 11, 17, 20, 0, tzinfo=UTC)
    assert day_of_law(job_ad(posted=posted, observed_at=late_in_utc)) == day
