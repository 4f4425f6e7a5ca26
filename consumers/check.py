"""The check stage: reads every collected ad and publishes what was found."""

from collections.abc import Callable, Sequence
from datetime import date

from config.settings import CHINA
from consumers.loop import Stage
from events.log import Message
from events.topics import CHECKED, COLLECTED
from events.types import CheckedAd, JobAd, Reading


def day_of_law(ad: JobAd) -> date:
    """The day whose law applies: when the ad was published or, if it does not say, first seen in China."""
    return ad.posted or ad.observed_at.astimezone(CHINA).date()


def check_stage(
    read: Callable[[JobAd], Reading], *, prepare: Callable[[], None] = lambda: None
) -> Stage[JobAd]:
    """The stage that reads ads with `read`, a pure function; `prepare` may change it before a batch."""

    def outputs(ad: JobAd) -> Sequence[Message]:
        checked = CheckedAd.of(ad, read(ad))
        return [Message(CHECKED, checked.key, checked.encode())]

    return Stage(name="check", topic=COLLECTED, event=JobAd, outputs=outputs, prepare=prepare)
