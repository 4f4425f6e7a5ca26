"""Many rows at once: few by INSERT, many on PostgreSQL by COPY, with the same end either way."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from events.types import CheckedAd
from store.casework_models import CaseNumber
from store.database import snapshot, transaction
from store.models import BEFORE_RELEASES, Ad, Base, Employer, Rejection, Release, Sighting
from store.recording import record
from store.upsert import MANY, add_up, among, insert_new, put_newer
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.postgres import Cluster
from tests.processes import PATIENCE
from tests.recorded import add
from tests.stores import NewStore


def sighting(ad_id: str, hour: int, content: str = "") -> dict[str, Any]:
    moment = WEDNESDAY + timedelta(hours=hour)
    return {"ad_id": ad_id, "content_hash": content, "first_seen": moment, "last_seen": moment}


def put(engine: Engine, rows: Sequence[dict[str, Any]]) -> None:
    with transaction(engine) as session:
        put_newer(session, Sighting, rows, newer=("last_seen",), keep=("first_seen",))


def stored(engine: Engine) -> list[Any]:
    with snapshot(engine) as session:
        return list(session.execute(select(*Sighting.__table__.columns).order_by(Sighting.ad_id)))


def employers(count: int, **given: Any) -> list[dict[str, Any]]:
    fields = {"poster": "unknown", "first_seen": WEDNESDAY} | given
    return [{"id": f"{n:032}", "name": f"公司{n}", **fields} for n in range(count)]


@settings(max_examples=10, deadline=None)
@given(
    batches=st.lists(
        st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 9), st.text("xy", max_size=2))),
        max_size=4,
    )
)
def test_copied_rows_end_up_as_inserted_ones(
    new_store: NewStore, batches: list[dict[str, tuple[int, str]]]
) -> None:
    with new_store() as copied, new_store() as inserted, pytest.MonkeyPatch.context() as patch:
        for batch in batches:
            rows = [sighting(ad_id, hour, content) for ad_id, (hour, content) in batch.items()]
            patch.setattr("store.upsert.MANY", 1)
            put(copied, rows)
            patch.setattr("store.upsert.MANY", 1000)
            put(inserted, rows)
        assert stored(copied) == stored(inserted)


@pytest.mark.parametrize("count", [1, MANY, 3 * MANY])
def test_rows_that_are_there_already_are_left_as_they_are(engine: Engine, count: int) -> None:
    with transaction(engine) as session:
        insert_new(session, Employer, employers(count // 2 + 1))
        insert_new(session, Employer, employers(count, poster="agency"))
        insert_new(session, Employer, employers(count, poster="state"))
    with snapshot(engine) as session:
        posters = list(session.scalars(select(Employer.poster).order_by(Employer.id)))
    assert posters == ["unknown"] * (count // 2 + 1) + ["agency"] * (count - count // 2 - 1)


@pytest.mark.parametrize("count", [1, MANY])
def test_every_kind_of_value_comes_back_as_it_went_in(engine: Engine, count: int) -> None:
    odd = "制表\t换行\n回车\r反斜\\N 引号'\" 花括{} 𠮷\u2028\x7f"
    rows = [
        {
            "rules_version": f"{n}",
            "catalogue_version": odd,
            "policy_version": "",
            "status": "good",
            "stage": "\\N",
            "loaded_at": WEDNESDAY + timedelta(microseconds=n),
            "since": None if n % 2 else WEDNESDAY,
            "problems": [odd, None, {"n": n, "float": 0.5, "yes": True}],
        }
        for n in range(count)
    ]
    with transaction(engine) as session:
        put_newer(session, Release, rows, newer=("loaded_at",), keep=())
    with snapshot(engine) as session:
        query = select(*Release.__table__.columns).order_by(Release.loaded_at)
        assert [dict(row._mapping) for row in session.execute(query)] == rows


@pytest.mark.parametrize("count", [1, MANY])
def test_a_row_without_its_run_is_refused_and_nothing_is_kept(engine: Engine, count: int) -> None:
    rows = [
        {"id": str(n), "run_id": "none", "place": "", "field": "", "reason": "", "excerpt": ""}
        for n in range(count)
    ]
    with pytest.raises(IntegrityError), transaction(engine) as session:  # noqa: PT012
        insert_new(session, Employer, employers(count))
        insert_new(session, Rejection, rows)
    with snapshot(engine) as session:
        assert session.scalar(select(func.count()).select_from(Employer)) == 0


@pytest.mark.parametrize("name", ["NUL \0", "half a pair \ud800"])
@pytest.mark.parametrize("count", [1, MANY])
def test_text_that_postgresql_cannot_keep_is_refused_there(postgres: Cluster, count: int, name: str) -> None:
    rows = [row | {"name": name} for row in employers(count)]
    with postgres.store() as engine:
        with pytest.raises((DataError, UnicodeEncodeError)), transaction(engine) as session:
            insert_new(session, Employer, rows)
        with transaction(engine) as session:
            insert_new(session, Employer, employers(count))


@pytest.mark.parametrize("count", [MANY - 1, 2 * MANY])
def test_rows_are_taken_in_the_order_of_their_keys(postgres: Cluster, count: int) -> None:
    rows = [sighting(f"{n:032}", 0) for n in range(count)]
    lock = select(Sighting.ad_id).with_for_update(nowait=True)
    with postgres.store() as engine:
        put(engine, rows)
        with engine.begin() as holder:
            holder.execute(lock.where(Sighting.ad_id == rows[count // 2]["ad_id"]))
            writer = threading.Thread(target=put, args=(engine, rows[::-1]))
            writer.start()
            await_a_waiting_writer(engine)
            # The writer has the rows before the middle one, and not yet the last.
            holder.execute(lock.where(Sighting.ad_id == rows[-1]["ad_id"]))
            with pytest.raises(OperationalError, match="could not obtain lock"):
                holder.execute(lock.where(Sighting.ad_id == rows[0]["ad_id"]))
        writer.join()


def await_a_waiting_writer(engine: Engine) -> None:
    waiting = text("SELECT 1 FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            if connection.execute(waiting).first():
                return
        time.sleep(0.01)
    pytest.fail("no writer waits for a lock")


def test_a_counter_gives_no_value_twice(engine: Engine) -> None:
    given_out: list[int] = []

    def work() -> None:
        for _ in range(10):
            with transaction(engine) as session:
                row = {"division": "110000", "year": 2026, "last": 1}
                given_out.extend(add_up(session, CaseNumber, [row], column="last").values())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given_out) == list(range(1, 31))


def test_each_counter_is_added_to_for_itself(engine: Engine) -> None:
    rows = [{"division": place, "year": 2026, "last": by} for place, by in (("330000", 2), ("110000", 5))]
    with transaction(engine) as session:
        add_up(session, CaseNumber, rows[:1], column="last")
        counted = add_up(session, CaseNumber, rows, column="last")
    assert counted == {("330000", 2026): 4, ("110000", 2026): 5}


def test_texts_are_found_among_others_whatever_stands_in_them(engine: Engine) -> None:
    odd = ["", "NULL", '"', "\\", "\\N", "{a,b}", "a,b", " a ", "𠮷\n\t", "%s", ":x"]
    rows = [{**row, "name": name} for row, name in zip(employers(2 * len(odd)), odd + odd[::-1], strict=True)]
    with transaction(engine) as session:
        insert_new(session, Employer, rows)
    for wanted in (odd, [], *([name] for name in odd), ["a", "b", "null", "N"]):
        with snapshot(engine) as session:
            meant = among(session, Employer.name.expression, wanted)
            found = session.scalars(select(Employer.name).where(meant))
            assert sorted(found) == sorted(2 * [name for name in wanted if name in odd])


def ads(*numbers: int, hour: int = 0, company: str = "公司") -> list[CheckedAd]:
    said = {"title": f"会计{hour}", "company": company, "observed_at": WEDNESDAY + timedelta(hours=hour)}
    return [checked_ad(job_ad(number, **said), mention()) for number in numbers]


def everything(engine: Engine) -> dict[str, list[str]]:
    with snapshot(engine) as session:
        tables = [table for table in Base.metadata.sorted_tables if "number" not in table.columns]
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}


def test_ads_that_are_copied_straight_in_end_up_as_inserted_ones(new_store: NewStore) -> None:
    batches = [ads(1, 2, 3), ads(2, 3, 4, hour=2), ads(4, 5, hour=1), ads(1, 2, 3), ads(6, 1, hour=3)]
    with new_store() as copied, new_store() as inserted, pytest.MonkeyPatch.context() as patch:
        for batch in batches:
            patch.setattr("store.upsert.MANY", 1)
            add(copied, *batch)
            patch.setattr("store.upsert.MANY", 1000)
            add(inserted, *batch)
        assert everything(copied) == everything(inserted)
        assert len(everything(copied)["ads"]) == 6


def test_of_two_that_bring_the_same_ads_at_once_one_is_refused_and_repeats(
    postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.upsert.MANY", 1)
    with postgres.store() as engine:
        refusals: list[Exception] = []

        def late() -> None:
            try:
                add(engine, *ads(1, 2, 3, company=""))
            except IntegrityError as error:
                refusals.append(error)

        with transaction(engine) as session:
            record(session, ads(2, 3, 4, company=""))
            rival = threading.Thread(target=late)
            rival.start()
            await_a_waiting_writer(engine)
        rival.join(PATIENCE)
        assert len(refusals) == 1
        late()
        assert len(refusals) == 1
        assert len(everything(engine)["ads"]) == 4


def test_two_that_bring_the_same_new_employer_do_not_wait_for_each_other(postgres: Cluster) -> None:
    with postgres.store() as engine:
        with transaction(engine) as first, transaction(engine) as second:
            for session in (first, second):
                session.execute(text("SET LOCAL lock_timeout = '2s'"))
            record(first, [checked_ad(job_ad(1, company="公司"))])
            record(second, [checked_ad(job_ad(2, company="公司"))])
        assert len(everything(engine)["ads"]) == 2


def test_what_employers_are_there_may_outlive_what_was_undone(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), transaction(engine) as session:  # noqa: PT012 - both parts matter
        record(session, ads(1))
        raise ZeroDivisionError
    assert everything(engine)["ads"] == []
    add(engine, *ads(1))
    assert [len(everything(engine)[table]) for table in ("ads", "employers")] == [1, 1]


def test_columns_that_many_rows_leave_out_have_their_defaults(engine: Engine) -> None:
    said = {
        "source": "board",
        "source_ad_id": "1",
        "url": "",
        "city": "",
        "version_id": "v",
        "reading_id": "r",
    }
    moments = {"first_seen": WEDNESDAY, "latest_at": WEDNESDAY}
    rows = [{"id": f"{n:032}", "verdict": "none", **said, **moments} for n in range(MANY)]
    with transaction(engine) as session:
        insert_new(session, Ad, rows)
    with snapshot(engine) as session:
        assert set(session.scalars(select(Ad.rules_since))) == {BEFORE_RELEASES}
