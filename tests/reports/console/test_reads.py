"""Administrators see who read what is personal in their area, and the others' not."""

from sqlalchemy import Engine

from store.access_models import Read
from store.database import transaction
from tests.factory import WEDNESDAY
from tests.reports.console.conftest import LogIn


def test_an_administrator_sees_what_was_read_in_the_area_only(log_in: LogIn, engine: Engine) -> None:
    for bureau, actor in (("330100", "杭州人"), ("310000", "上海人"), ("000000", "部里人")):
        with transaction(engine) as session:
            given = {"what": "evidence", "subject": "capture-1", "sha256": "0" * 64}
            session.add(Read(at=WEDNESDAY, actor=actor, bureau=bureau, why="<b>立案</b>", **given))
    page = log_in("浙江管理员", "admin", "330000").get("/reads")
    assert "杭州人" in page.words
    assert "原始数据" in page.words
    assert "<b>立案</b>" in page.words
    assert "上海人" not in page.words
    assert "部里人" not in page.words
    assert "没有记录" in log_in("安徽管理员", "admin", "340000").get("/reads").words
