"""Cases that two people approved, and platform notices on their ads."""

from datetime import datetime

from sqlalchemy import Engine, select

from config.casework import Given
from config.policy import shipped
from reports.notice.issue import Desk, issue_notice
from store.casework import act
from store.database import transaction
from store.dead_letters import Decision
from store.models import Case
from store.notices import Wanted, draft
from tests.factory import WEDNESDAY
from tests.recorded import add, violation

NUMBER = "330000-P-2026-1"
ADDRESS = "https://jobs.example/{}"


def decision(actor: str = "李起草", at: datetime = WEDNESDAY, why: str = "经两人复核") -> Decision:
    return Decision(actor, why, at)


def approve(engine: Engine, case_id: str = "") -> None:
    """Have two people approve a case, or every one that is suspected."""
    which = Case.id == case_id if case_id else Case.status == "suspected"
    with transaction(engine) as session:
        for number in session.scalars(select(Case.number).where(which)).all():
            for actor, name in (("甲", "confirm"), ("乙", "approve")):
                act(session, number, name, Given(by=actor, why="属实", asked={}), WEDNESDAY)


def approved(engine: Engine, *numbers: int, division: str = "330100") -> None:
    """Cases of so many ads on the board `demo`, one each, approved."""
    ads = [
        violation(
            each, source="demo", division=division, company=f"第{each}有限公司", url=ADDRESS.format(each)
        )
        for each in numbers
    ]
    add(engine, *ads)
    approve(engine)


def drafted(engine: Engine, *, bureau: str = "330000", cites: str = "", at: datetime = WEDNESDAY) -> str:
    wanted = Wanted(bureau=bureau, source="demo", cites=cites)
    with transaction(engine) as session:
        return draft(session, wanted, decision(at=at)).number


def issued(engine: Engine, *, bureau: str = "330000", cites: str = "", at: datetime = WEDNESDAY) -> str:
    """A notice that one person drafted and another issued."""
    number = drafted(engine, bureau=bureau, cites=cites, at=at)
    issue_notice(Desk(engine, shipped().bases), number, decision("张处长", at))
    return number
