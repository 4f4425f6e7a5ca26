"""A store, a log and a loop of the test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from consumers.loop import Loop, Stage
from consumers.runner import Stop
from events.types import JobAd
from tests.consumers.effects import STAGE, Effects, House, Make
from tests.consumers.pipeline import conduct, pipeline


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with pipeline(tmp_path) as house:
        yield house


@pytest.fixture
def stop() -> Stop:
    return Stop()


@pytest.fixture
def loop_of(house: House, stop: Stop) -> Make:
    """Makes a loop over the house; what it is given overrides the stage's functions and the conduct."""
    engine, log = house
    Effects.metadata.create_all(engine)

    def make(stage: Stage[JobAd] = STAGE, **given: Any) -> Loop[JobAd]:
        return Loop(stage, log=log, engine=engine, conduct=conduct(stop, **given))

    return make
