from datetime import date, timedelta

from sqlalchemy import Engine

from store.case_file import list_cases, open_case_file
from store.database import snapshot, transaction
from store.intake import remember
from store.recording import record
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention


def test_the_list_shows_the_newest_case_first_with_its_gravest_severity(engine: Engine) -> None:
    later = job_ad(2, company="乙公司", division="330100", observed_at=WEDNESDAY + timedelta(hours=1))
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(1), mention(severity="yellow"))])
        record(session, [checked_ad(job_ad(3), mention(severity="red")), checked_ad(later, mention())])
    with snapshot(engine) as session:
        lines = list_cases(session)
        in_hangzhou = list_cases(session, bureau="330100")
        newest = list_cases(session, limit=1)
    assert [(line.employer, line.severity, line.clues) for line in lines] == [
        ("乙公司", "orange", 1),
        ("上海测试有限公司", "red", 2),
    ]
    assert in_hangzhou == newest == lines[:1]


def test_a_case_file_shows_the_evidence_and_the_history(engine: Engine) -> None:
    with transaction(engine) as session:
        record(session, [checked_ad(job_ad(1, url="http://board.example/1"), mention())])
    with snapshot(engine) as session:
        case = open_case_file(session, "QD-310000-2026-000001")
    assert case is not None
    (clue,) = case.clues
    assert clue.clause[clue.clause.index(clue.quote) :] == clue.quote == "会计从业资格证"
    assert (clue.url, clue.basis, clue.rule) == ("http://board.example/1", ("P1",), "required.must")
    assert [deed.action for deed in case.history] == ["opened", "clue_added"]


def test_an_ad_has_expired_the_day_after_it_last_claimed_to_hold(engine: Engine) -> None:
    ad = job_ad(1, valid_through=date(2026, 11, 20))
    with transaction(engine) as session:
        record(session, [checked_ad(ad, mention())])
    for until in (date(2026, 11, 20), date(2026, 11, 30)):
        with transaction(engine) as session:
            remember(session, [ad.model_copy(update={"valid_through": until})])
        with snapshot(engine) as session:
            case = open_case_file(session, "QD-310000-2026-000001")
        assert case is not None
        (clue,) = case.clues
        assert (clue.valid_through, clue.gone) == (until, False)
        assert [clue.expired(until + timedelta(days=more)) for more in (0, 1)] == [False, True]


def test_a_number_that_was_never_given_out_has_no_file(engine: Engine) -> None:
    with snapshot(engine) as session:
        assert open_case_file(session, "QD-310000-2026-000001") is None
