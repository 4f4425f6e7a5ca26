from datetime import timedelta

from sqlalchemy import Engine, select

from events.types import JobAd
from store.database import snapshot
from store.models import Case
from store.publications import LISTED, Posting, published_more_than_once
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.postings import LONG, reworded
from tests.recorded import add


def published(number: int, text: str = LONG, **given: str) -> JobAd:
    hours = timedelta(hours=number)
    return job_ad(
        number, text=text, observed_at=WEDNESDAY + hours, url=f"https://b.example/{number}", **given
    )


def postings(engine: Engine) -> tuple[Posting, ...]:
    with snapshot(engine) as session:
        return published_more_than_once(session, session.scalars(select(Case)).one())


def test_a_case_knows_all_publications_of_its_postings(engine: Engine) -> None:
    add(engine, checked_ad(published(1), mention()))
    add(engine, checked_ad(published(2, reworded(1), source="other-board", division="310115")))
    add(engine, checked_ad(published(3, title="出纳"), mention()), checked_ad(published(4, company="别家")))
    (posting,) = postings(engine)
    assert (posting.employer, posting.title, posting.area) == ("上海测试有限公司", "会计", "310000")
    first, second = posting.publications
    assert (first.source, first.url, first.has_clue) == ("board", "https://b.example/1", True)
    assert (second.source, second.url, second.has_clue) == ("other-board", "https://b.example/2", False)
    assert first.likeness == 1
    assert second.likeness is not None
    assert 0.85 < second.likeness < 1


def test_short_texts_have_no_likeness(engine: Engine) -> None:
    add(engine, *(checked_ad(published(n, f"须持会计证{n}"), mention()) for n in (1, 2)))
    (posting,) = postings(engine)
    assert [each.likeness for each in posting.publications] == [None, None]


def test_a_long_list_of_publications_is_cut(engine: Engine) -> None:
    add(engine, *(checked_ad(published(n), mention()) for n in range(LISTED + 3)))
    (posting,) = postings(engine)
    assert (len(posting.publications), posting.more) == (LISTED, 3)
    assert posting.publications[0].url == "https://b.example/0"


def test_what_was_published_once_is_not_shown(engine: Engine) -> None:
    add(engine, checked_ad(published(1), mention()))
    assert postings(engine) == ()
