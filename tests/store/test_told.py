"""What became of the news for bureaus: each way that a case or a hint can go."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Engine, update

from store.database import snapshot, transaction
from store.deliveries import DEAD, NEW_CASES, NEW_HINTS, SENT, SKIPPED, WITHDRAWN_CASES
from store.models import Case, Delivery
from store.planning import plan
from store.told import told
from tests.factory import WEDNESDAY, job_ad, mention
from tests.recorded import add, baited, case_of, change_case, read_with, violation
from tests.store.test_planning import send

DAY = timedelta(days=1)


def fates(engine: Engine, since: datetime = WEDNESDAY - DAY, until: datetime | None = None) -> Counter[str]:
    with snapshot(engine) as session:
        return Counter(f"{news.kind} {news.fate}" for news in told(session, since, until))


def close(engine: Engine, status: str) -> None:
    with transaction(engine) as session:
        session.execute(update(Delivery).values(status=status))


def test_news_is_in_flight_until_it_was_sent(engine: Engine, now: datetime) -> None:
    add(engine, violation(1), baited(2))
    waiting = {f"{NEW_CASES} in_flight": 1, f"{NEW_HINTS} in_flight": 1}
    assert fates(engine) == waiting
    with transaction(engine) as session:
        plan(session, now)
    assert fates(engine) == waiting
    close(engine, SENT)
    assert fates(engine) == {f"{NEW_CASES} done": 1, f"{NEW_HINTS} done": 1}
    close(engine, DEAD)
    assert fates(engine) == {f"{NEW_CASES} dead": 1, f"{NEW_HINTS} dead": 1}


def test_what_holds_and_was_closed_unsent_is_missing(engine: Engine, now: datetime) -> None:
    add(engine, violation(1), baited(2))
    with transaction(engine) as session:
        plan(session, now)
    close(engine, SKIPPED)
    assert fates(engine) == {f"{NEW_CASES} missing": 1, f"{NEW_HINTS} missing": 1}
    change_case(engine, violation(1), status="false_alarm")
    assert fates(engine) == {f"{NEW_CASES} filtered": 1, f"{NEW_HINTS} missing": 1}


def test_what_a_person_decided_before_it_was_planned_needs_no_telling(engine: Engine, now: datetime) -> None:
    add(engine, violation(1))
    change_case(engine, violation(1), status="false_alarm")
    assert send(engine, now) == []
    assert fates(engine) == {f"{NEW_CASES} filtered": 1}


def test_a_withdrawal_is_news_of_its_own(engine: Engine, now: datetime) -> None:
    add(engine, read_with("r1", mention(), ad=job_ad(1)))
    send(engine, now)
    add(engine, read_with("r2", ad=job_ad(1), day=2))
    assert fates(engine) == {f"{NEW_CASES} done": 1, f"{WITHDRAWN_CASES} in_flight": 1}
    send(engine, now + DAY)
    assert fates(engine) == {f"{NEW_CASES} done": 1, f"{WITHDRAWN_CASES} done": 1}


def test_what_lies_outside_the_bureaus_area_is_not_for_it(engine: Engine, now: datetime) -> None:
    add(engine, violation(1, division="440305"))
    change_case(engine, violation(1, division="440305"), bureau="110000")
    assert send(engine, now) == []
    assert fates(engine) == {f"{NEW_CASES} filtered": 1}


def test_the_window_is_that_of_the_ads(engine: Engine) -> None:
    early = violation(1, company="早", observed_at=WEDNESDAY - 3 * DAY)
    add(engine, early, violation(2, company="晚"), baited(3, observed_at=WEDNESDAY - 3 * DAY))
    assert fates(engine) == {f"{NEW_CASES} in_flight": 1}
    before = fates(engine, WEDNESDAY - 4 * DAY, WEDNESDAY)
    assert before == {f"{NEW_CASES} in_flight": 1, f"{NEW_HINTS} in_flight": 1}
    with snapshot(engine) as session:
        (case_id,) = {news.key[0] for news in told(session, WEDNESDAY - DAY, None)}
        assert session.get_one(Case, case_id).opened_at == WEDNESDAY
    assert case_of(engine, early) != case_id
