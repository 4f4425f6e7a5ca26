"""签收 by the link in a letter, without an account: a page that says what is signed, and the signing.

To look changes nothing, because programs that check mail follow its links.
"""

from typing import Final, Literal

from starlette.exceptions import HTTPException
from starlette.responses import Response

from config.bureaus import bureau_name
from reports.console.gate import Visit
from reports.sign_links import SignLink, read
from store.casework import RefusedError
from store.database import snapshot, transaction
from store.sign_links import Assignment, assignment, sign_by_link

State = Literal["open", "signed", "moved", "expired"]
_STATUS: Final = {"open": 200, "signed": 200, "moved": 409, "expired": 410}


def show(visit: Visit) -> Response:
    link = _link(visit)
    with snapshot(visit.desk.engine) as session:
        found = assignment(session, link.delivery, link.case)
    return _page(visit, link, found)


def do(visit: Visit) -> Response:
    """Sign, once; whoever comes later is told when it was."""
    link = _link(visit)
    try:
        with transaction(visit.desk.engine) as session:
            found = assignment(session, link.delivery, link.case, lock=True)
            if found and _state(visit, link, found) == "open":
                sign_by_link(session, found, visit.now)
                session.flush()
                found = assignment(session, link.delivery, link.case)
    except RefusedError as error:
        raise HTTPException(409) from error
    return _page(visit, link, found)


def _link(visit: Visit) -> SignLink:
    """The link that we made; what is none is no page of ours. Guesses are counted with the rest."""
    visit.desk.gate.let_pass("stranger", visit.address)
    link = read(visit.path["link"], visit.desk.sign_key) if visit.desk.sign_key else None
    if link is None:
        raise HTTPException(404)
    return link


def _state(visit: Visit, link: SignLink, found: Assignment | None) -> State:
    if found is None or found.bureau != link.bureau:
        return "moved"
    return "expired" if found.state == "open" and visit.now.timestamp() > link.until else found.state


def _page(visit: Visit, link: SignLink, found: Assignment | None) -> Response:
    state = _state(visit, link, found)
    return visit.page(
        "sign",
        status=_STATUS[state],
        state=state,
        case=link.case,
        bureau=bureau_name(link.bureau),
        found=found,
        link=visit.path["link"],
    )
