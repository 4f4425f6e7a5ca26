"""The curation tray on the console: what is unknown, and what a person makes of it."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import Engine

from events.types import Mention
from reports.console.words import CHOICES, REFUSALS
from store.curation import decisions
from store.curation_models import CurationDecision
from store.database import snapshot
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.recorded import add
from tests.reports.console.conftest import LogIn

NAME = "某某新师证"
PAGE = f"/curation/name?name={quote(NAME)}"
HOSTILE = "<script>alert(1)</script>证"


def unknown(name: str, clause: str) -> Mention:
    return mention(name, text=clause, name=name, qualification=None, kind="other", verdict="none")


@pytest.fixture
def engine(engine: Engine) -> Engine:
    """Two ads that name one unknown paper; beside it a hostile name, and one that the catalogue has."""
    first = unknown(NAME, f"须持有{NAME}者优先")
    hostile = unknown(HOSTILE, f"{HOSTILE}优先")
    known = unknown("教师资格证", "教师资格证优先")
    add(engine, checked_ad(job_ad(1), first, known))
    add(engine, checked_ad(job_ad(2, observed_at=WEDNESDAY + timedelta(days=2)), first, hostile))
    return engine


def decided(engine: Engine) -> list[CurationDecision]:
    with snapshot(engine) as session:
        return decisions(session)


def test_the_tray_counts_quotes_and_dates_what_the_catalogue_lacks(log_in: LogIn) -> None:
    answer = log_in().get("/curation")
    assert f"{NAME} 2 2026-11-18 10:30 2026-11-20 10:30 须持有{NAME}者优先" in answer.words
    assert f"须持有<mark>{NAME}</mark>者优先" in answer.text
    assert "教师资格证" not in answer.words
    assert HOSTILE not in answer.text
    assert HOSTILE in answer.words


def test_a_reviewer_decides_and_the_decision_stays_on_record(log_in: LogIn, engine: Engine) -> None:
    browser = log_in()
    browser.get(PAGE)
    form = {"name": NAME, "choice": "alias", "qualification": "教师资格", "why": "同一证书的另一写法"}
    for _ in range(2):
        assert browser.post("/curation/name", **form).place == "/curation"
    (found,) = decided(engine)
    assert (found.qualification, found.actor, found.at) == ("P01", "王初核", WEDNESDAY)
    told = browser.get("/curation").words
    assert f"{NAME} {CHOICES['alias']}：教师资格 同一证书的另一写法 王初核 2026-11-18 10:30 待发布" in told
    assert "已决定：" in browser.get(PAGE).words
    browser.post("/curation/name", name=NAME, choice="ignore", why="是培训班的名称")
    assert [(each.number, each.choice) for each in decided(engine)] == [(2, "ignore")]


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        ({"choice": "row"}, 400, REFUSALS["why"]),
        ({"choice": "alias", "why": "同名"}, 400, "请写明目录中已有的条目"),
        ({"choice": "alias", "why": "同名", "qualification": "无此证"}, 400, "请写明目录中已有的条目"),
        ({"choice": "alias", "why": "同名", "qualification": "电工证"}, 400, "有多种含义，请写编号：S10"),
        ({"choice": "delete", "why": "同名"}, 400, "请求无法读取"),
        ({"choice": "row", "why": "新证", "name": "没有人写过的证"}, 404, "没有找到"),
    ],
)
def test_what_is_no_decision_is_told_and_not_kept(
    log_in: LogIn, engine: Engine, form: dict[str, str], status: int, told: str
) -> None:
    answer = log_in().post("/curation/name", **{"name": NAME} | form)
    assert answer.status == status
    assert told in answer.words
    assert decided(engine) == []


def test_only_reviewers_decide_and_only_the_nations_accounts_see_the_tray(log_in: LogIn) -> None:
    for role, bureau, status in (
        ("reader", "000000", 200),
        ("officer", "000000", 200),
        ("reviewer", "330000", 404),
    ):
        browser = log_in(f"{role}甲", role, bureau)
        answer = browser.get(PAGE)
        assert answer.status == status
        assert '<form method="post" action="/curation' not in answer.text
        assert ("/curation" in browser.get("/cases").text) is (status == 200)
        assert browser.post("/curation/name", name=NAME, choice="row", why="新证").status in {403, 404}


def test_a_name_that_nobody_uses_is_not_found(log_in: LogIn) -> None:
    browser = log_in()
    assert browser.get("/curation/name").status == 404
    assert browser.get("/curation/name?name=x").status == 404
