"""Reports to be written in every format: an ordinary week, and one in which every field is hostile."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from config.packs import in_use
from config.policy import shipped
from reports.weekly.build import Setting, build
from reports.weekly.model import Edition, Report
from store.database import snapshot
from store.weekly import gather
from store.weekly_rows import Scope
from tests.recorded import fresh_store
from tests.reports.test_weekly_html import hostile
from tests.reports.week_factory import WEEK, baited, realistic, store


@cache
def report(edition: Edition, *, attacked: bool = False) -> Report:
    """The nation's."""
    with TemporaryDirectory() as folder, fresh_store(Path(folder) / "store") as engine:
        if attacked:
            hostile(engine)
        else:
            realistic(engine, ads=300)
            store(engine, [baited(1000, "学费可以分期付")])
        return _built(engine, edition)


def _built(engine: Engine, edition: Edition) -> Report:
    with snapshot(engine) as session:
        rows = gather(session, Scope(WEEK, "000000"))
    return build(rows, Setting(bureau="某局", edition=edition, bases=shipped().bases, packs=in_use()))
