from datetime import timedelta

from sqlalchemy import Engine, select

from store.database import snapshot, transaction
from store.intake import Outcome, Refusal, finish_run, new_or_changed, reject, remember, start_run
from store.models import Rejection, Run, Sighting
from tests.factory import WEDNESDAY, job_ad


def test_an_ad_is_new_once_then_known_then_changed(engine: Engine) -> None:
    first, edited = job_ad(1), job_ad(1, text="改过的")
    with transaction(engine) as session:
        assert new_or_changed(session, [first, first]) == ([first], set())
        remember(session, [first])
        assert new_or_changed(session, [first]) == ([], set())
        assert new_or_changed(session, [edited]) == ([edited], {first.ad_id})
        remember(session, [edited])
        assert new_or_changed(session, [first])[0] == [first]


def test_more_ads_than_a_statement_takes_are_looked_up(engine: Engine) -> None:
    ads = [job_ad(n) for n in range(1201)]
    with transaction(engine) as session:
        remember(session, ads[:-1])
        assert new_or_changed(session, ads) == ([ads[-1]], set())


def test_seeing_an_ad_again_moves_only_when_it_was_last_seen(engine: Engine) -> None:
    later = WEDNESDAY + timedelta(days=3)
    with transaction(engine) as session:
        remember(session, [job_ad(1)])
    with transaction(engine) as session:
        remember(session, [job_ad(1, observed_at=later)])
        remember(session, [job_ad(1)])
    with snapshot(engine) as session:
        row = session.scalars(select(Sighting)).one()
    assert (row.first_seen, row.last_seen) == (WEDNESDAY, later)


def test_a_run_ends_with_its_counts_and_its_refusals(engine: Engine) -> None:
    refusal = Refusal("ads.csv:3", "no text", field="text", excerpt="x" * 500)
    with transaction(engine) as session:
        run_id = start_run(session, kind="file", source="ads.csv", now=WEDNESDAY)
        reject(session, run_id, [refusal, refusal])
        finish_run(session, run_id, Outcome("complete", {"accepted": 2}), now=WEDNESDAY)
    with snapshot(engine) as session:
        run, rejection = session.get_one(Run, run_id), session.scalars(select(Rejection)).one()
    assert (run.status, run.counts, run.finished_at) == ("complete", {"accepted": 2}, WEDNESDAY)
    assert (rejection.place, rejection.field, len(rejection.excerpt)) == ("ads.csv:3", "text", 200)
