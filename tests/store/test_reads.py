"""Whose matter it is that somebody read something personal."""

from sqlalchemy import Engine

from store.database import snapshot
from store.reads import bureau_of
from tests.factory import job_ad
from tests.recorded import add, violation


def test_a_read_belongs_to_the_bureau_of_the_cases_or_to_the_nation(engine: Engine) -> None:
    add(engine, violation(1, division="330100"), violation(2, division="310000"))
    hangzhou, shanghai = job_ad(1).ad_id, job_ad(2).ad_id
    with snapshot(engine) as session:
        assert bureau_of(session, [hangzhou]) == "330100"
        assert bureau_of(session, [hangzhou, shanghai]) == "000000"
        assert bureau_of(session, [job_ad(3).ad_id]) == "000000"
        assert bureau_of(session, []) == "000000"
