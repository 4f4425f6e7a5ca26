"""What an administrator sees of an area: its accounts, what was done with them, who read what is personal."""

from starlette.responses import Response

from config.bureaus import bureau_name
from reports.console.gate import Visit
from reports.console.words import EVENTS, READS
from store.accounts import accounts_within, record_within
from store.database import snapshot
from store.jurisdiction import bureaus_within
from store.reads import reads_within

LATEST = 100
"""Rows of a record that a page shows."""


def show(visit: Visit) -> Response:
    area = bureaus_within(visit.person.bureau)
    with snapshot(visit.desk.engine) as session:
        people = accounts_within(session, area)
        record = record_within(session, area, limit=LATEST)
        return visit.page("people", people=people, record=record, events=EVENTS, bureau_name=bureau_name)


def show_reads(visit: Visit) -> Response:
    with snapshot(visit.desk.engine) as session:
        reads = reads_within(session, bureaus_within(visit.person.bureau), limit=LATEST)
        return visit.page("reads", reads=reads, words=READS, bureau_name=bureau_name)
