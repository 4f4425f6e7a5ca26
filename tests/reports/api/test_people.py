"""What administrators are told of their area: accounts, what was done with them, who read what."""

from sqlalchemy import Engine

from store.access_models import Read
from store.database import transaction
from tests.factory import WEDNESDAY
from tests.reports.api.conftest import Bear


def test_accounts_and_what_was_done_with_them_are_told_of_the_area(bear: Bear) -> None:
    bear("上海人", "officer", "310000")
    bear("杭州人", "officer", "330100")
    admin = bear("浙江管理员", "admin", "330000")
    accounts = admin.get("/accounts").body["accounts"]
    assert [(each["name"], each["role"], each["bureau"]) for each in accounts] == [
        ("浙江管理员", "admin", "330000"),
        ("杭州人", "officer", "330100"),
    ]
    assert "password" not in accounts[0]
    events = admin.get("/account-events").body["events"]
    told = [
        ("浙江管理员", "token_added"),
        ("浙江管理员", "added"),
        ("杭州人", "token_added"),
        ("杭州人", "added"),
    ]
    assert [(each["account"], each["action"]) for each in events] == told
    older = admin.get(f"/account-events?limit=1&after={events[1]['number']}").body["events"]
    assert older == events[2:3]


def test_reads_are_told_of_the_area_the_newest_first(bear: Bear, engine: Engine) -> None:
    with transaction(engine) as session:
        for number, bureau in enumerate(("330100", "310000", "330000"), start=1):
            given = {"actor": "王某", "what": "evidence", "subject": f"c{number}", "why": "立案"}
            session.add(Read(number=number, at=WEDNESDAY, bureau=bureau, **given))
    admin = bear("浙江管理员", "admin", "330000")
    reads = admin.get("/reads").body["reads"]
    assert [(each["subject"], each["bureau"]) for each in reads] == [("c3", "330000"), ("c1", "330100")]
    assert admin.get("/reads?after=3").body["reads"] == reads[1:]
    assert admin.get("/reads?after=0").fields == ["after"]
