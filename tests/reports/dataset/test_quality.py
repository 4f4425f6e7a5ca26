"""What a draft has to be before it can be a version."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from reports.dataset import quality
from reports.dataset.folders import Folders
from reports.dataset.quality import QualityError
from reports.dataset.versions import release
from store.database import transaction
from store.models import Ad
from tests.factory import WEDNESDAY
from tests.recorded import add, violation
from tests.reports.dataset.making import LATER, ask, built


@pytest.fixture
def folder(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A released version with eight ads, enough for shares to count here."""
    monkeypatch.setattr(quality, "ENOUGH", 5)
    add(engine, *(violation(number, division="110105") for number in range(8)))
    place = tmp_path / "dataset"
    release(Folders(place), built(engine, place).version, LATER)
    return place


def refused(engine: Engine, folder: Path) -> list[str]:
    with pytest.raises(QualityError) as caught:
        built(engine, folder)
    assert len(Folders(folder).waiting()) == 0, "no draft is left"
    return caught.value.problems


def test_more_of_the_same_passes(engine: Engine, folder: Path) -> None:
    add(engine, *(violation(number, division="110105") for number in range(20, 30)))
    assert built(engine, folder).new


def test_a_week_that_lost_ads_does_not_pass(engine: Engine, folder: Path) -> None:
    # What a mistake in a clock would do.
    with transaction(engine) as session:
        session.execute(update(Ad).values(first_seen=WEDNESDAY + timedelta(days=7)))
    (problem,) = refused(engine, folder)
    assert problem.startswith("2026-W47: 0 ads, 8 in 2026-11-18-")


def seen(engine: Engine, first: int, many: int, *, days: int) -> None:
    """Put `many` ads into the store that were first seen so many days after the Wednesday of W47."""
    day = WEDNESDAY + timedelta(days=days)
    add(engine, *(violation(first + n, division="110105", observed_at=day) for n in range(many)))


@pytest.mark.parametrize(("ads", "problem"), [(4, None), (3, "2026-W48: 3 ads, 8 in the week before")])
def test_a_week_with_far_fewer_ads_than_the_one_before_does_not_pass(
    engine: Engine, folder: Path, ads: int, problem: str | None
) -> None:
    seen(engine, 20, ads - 1, days=7)
    seen(engine, 30, 1, days=10)
    assert built(engine, folder).new, "the week has not ended"
    shutil.rmtree(Folders(folder).drafts)
    seen(engine, 40, 1, days=12)  # the Monday after it
    if problem:
        assert refused(engine, folder) == [problem]
        assert built(engine, folder, accepted="the boards were closed for the holidays").new
    else:
        assert built(engine, folder).new


def test_a_field_that_went_empty_does_not_pass_unless_a_person_takes_it(engine: Engine, folder: Path) -> None:
    with transaction(engine) as session:
        session.execute(update(Ad).values(division=None))
    assert any(
        problem.startswith("ads.division: empty in 100% of the rows, 0% in")
        for problem in refused(engine, folder)
    )
    assert built(engine, folder, accepted="the list of divisions was withdrawn").new


def test_a_field_that_the_version_before_had_not_may_be_empty(engine: Engine, folder: Path) -> None:
    """As `occupation` is, before the stored ads are read again."""
    latest = Folders(folder).latest()
    assert latest
    file = latest / "ads.parquet"
    older_schema = latest / "older.parquet"
    latest.chmod(0o755)
    ask(f"COPY (SELECT * EXCLUDE occupation FROM '{file}') TO '{older_schema}'")
    older_schema.replace(file)
    add(engine, *(violation(number, division="110105") for number in range(20, 24)))
    assert built(engine, folder).new


def test_what_makes_no_sense_passes_for_nobody(engine: Engine, folder: Path) -> None:
    with transaction(engine) as session:
        session.execute(update(Ad).values(posted=WEDNESDAY.date() + timedelta(days=2)))
    with pytest.raises(QualityError, match="8 ads posted after they were first seen by more than a day"):
        built(engine, folder, accepted="whatever")
