"""The accounts within an administrator's area, and what was lately done with them."""

from starlette.responses import Response

from config.bureaus import bureau_name
from reports.console.gate import Visit
from reports.console.words import EVENTS
from store.accounts import accounts_within, record_within
from store.database import snapshot
from store.jurisdiction import bureaus_within

LATEST = 100
"""Events that the page shows."""


def show(visit: Visit) -> Response:
    area = bureaus_within(visit.person.bureau)
    with snapshot(visit.desk.engine) as session:
        people = accounts_within(session, area)
        record = record_within(session, area, limit=LATEST)
        return visit.page("people", people=people, record=record, events=EVENTS, bureau_name=bureau_name)
