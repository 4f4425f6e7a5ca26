"""Platform notices as the operator of a board may see them: what was issued to it, by any bureau."""

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from store.notice_models import PlatformNotice
from store.notice_replies import counts
from store.notices import ISSUED, NoticeLine


def issued_to(session: Session, board: str, *, after: str = "", limit: int) -> list[NoticeLine]:
    """Those to one board, the newest first; with `after`, the number of one, what was issued before it."""
    query = _issued(board).order_by(PlatformNotice.decided_at.desc(), PlatformNotice.number.desc())
    if after:
        last = _issued(board).where(PlatformNotice.number == after)
        place = last.with_only_columns(PlatformNotice.decided_at, PlatformNotice.number).subquery()
        query = query.join(
            place,
            tuple_(PlatformNotice.decided_at, PlatformNotice.number)
            < tuple_(place.c.decided_at, place.c.number),
        )
    found = session.scalars(query.limit(limit)).all()
    ads, answered = counts(session, [each.number for each in found])
    return [NoticeLine(each, ads.get(each.number, 0), answered.get(each.number, 0)) for each in found]


def notice_to(session: Session, board: str, number: str) -> PlatformNotice | None:
    """The notice of this number that was issued to the board; None where there is none."""
    return session.scalars(_issued(board).where(PlatformNotice.number == number)).one_or_none()


def _issued(board: str) -> Select[PlatformNotice]:
    return select(PlatformNotice).where(PlatformNotice.source == board, PlatformNotice.state == ISSUED)
