"""The record stage: writes every checked ad into the database as ad, reading, clues and cases."""

from consumers.loop import Stage
from events.topics import CHECKED
from events.types import CheckedAd
from store.recording import record


def record_stage() -> Stage[CheckedAd]:
    return Stage(name="record", topic=CHECKED, event=CheckedAd, effects=record)
