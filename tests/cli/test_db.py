from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from cli.db import command
from cli.wiring import open_database
from store.database import snapshot, transaction
from store.likeness_models import KnownFingerprint
from store.models import AdVersion
from tests.factory import checked_ad, job_ad
from tests.postings import LONG
from tests.recorded import add


def test_ads_of_an_older_store_are_put_into_clusters_once(home: Path) -> None:
    assert home.is_dir()
    engine = open_database()
    add(engine, *(checked_ad(job_ad(number, text=LONG)) for number in range(3)))
    with transaction(engine) as session:
        session.execute(delete(KnownFingerprint))
        session.execute(update(AdVersion).values(fingerprint_id=None))
    first, second = (CliRunner().invoke(command, ["fingerprint"]) for _ in range(2))
    assert (first.exit_code, first.output) == (0, "3 versions of ads put into clusters\n")
    assert second.output == "0 versions of ads put into clusters\n"
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(KnownFingerprint)) == 1
    engine.dispose()
