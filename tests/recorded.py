"""Made-up ads put into a store the way the stages `record` and `cluster` do it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, select

from events.types import CheckedAd, JobAd, Mention, PackFinding
from store.bureaus import load_bureaus_into
from store.clusters import join_waiting
from store.database import connect, transaction, upgrade
from store.models import Case, Clue
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, finding, job_ad, mention


@cache
def migrated() -> bytes:
    """A SQLite file with all tables and the bureaus: migrating each would take most of a test's time."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "qingdan.db"
        engine = connect(f"sqlite:///{file}")
        upgrade(engine)
        load_bureaus_into(engine)
        engine.dispose()
        return file.read_bytes()


def filled(fill: Callable[[Engine], None]) -> bytes:
    """The file of a store that `fill` has filled, for tests that begin with the same rows."""
    with TemporaryDirectory() as folder:
        with fresh_store(Path(folder)) as engine:
            fill(engine)
        return (Path(folder) / "qingdan.db").read_bytes()


@contextmanager
def fresh_store(folder: Path, content: bytes = b"") -> Iterator[Engine]:
    """A SQLite store in `folder`, of that content, or empty but for the bureaus."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "qingdan.db"
    with file.open("xb") as new:
        new.write(content or migrated())
    engine = connect(f"sqlite:///{file}")
    yield engine
    engine.dispose()


def violation(
    number: int, *, severity: str = "orange", said: dict[str, Any] | None = None, **ad: Any
) -> CheckedAd:
    """Ad `number`, with one mention in violation; `said` is about the mention, the rest about the ad."""
    return checked_ad(job_ad(number, **ad), mention(severity=severity, **(said or {})))


def baited(number: int = 1, *, said: dict[str, Any] | None = None, **ad: Any) -> CheckedAd:
    """Ad `number`, with one finding of training bait; `said` is about the finding, the rest about the ad."""
    return checked_ad(job_ad(number, **ad), findings=(finding(**(said or {})),))


def read_with(
    rules: str,
    *mentions: Mention,
    ad: JobAd | None = None,
    day: int = 1,
    findings: tuple[PackFinding, ...] = (),
) -> CheckedAd:
    """A reading under `rules`, which came into use so many days after Wednesday."""
    event = checked_ad(ad, *mentions, rules_version=rules, findings=findings)
    since = {"rules_since": WEDNESDAY + timedelta(days=day), "policy_version": f"policy {rules}"}
    return CheckedAd.of(event.ad, event.reading.model_copy(update=since))


def add(engine: Engine, *events: CheckedAd) -> None:
    with transaction(engine) as session:
        record(session, events)
    join_waiting(engine)


def case_of(engine: Engine, event: CheckedAd) -> str:
    """Id of the case that holds the clue of `event`."""
    with transaction(engine) as session:
        return session.scalars(select(Clue.case_id).where(Clue.ad_id == event.ad.ad_id)).one()


def change_case(engine: Engine, event: CheckedAd, **columns: Any) -> None:
    """What a person did to the case of `event`."""
    case_id = case_of(engine, event)
    with transaction(engine) as session:
        case = session.get_one(Case, case_id)
        for name, value in columns.items():
            setattr(case, name, value)
