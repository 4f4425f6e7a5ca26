"""周报、通报: the reports that were issued in an area, and their files as they were issued."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from config.bureaus import bureau_name
from config.months import parse_period
from reports.console.gate import Visit
from reports.console.words import EDITIONS
from reports.wording import ACTORS
from store.database import snapshot
from store.issued import file_bytes, file_lines, is_sound, issued_report, issued_reports

LISTED: Final = 100
"""Reports that the page shows, the newest first."""


def show(visit: Visit) -> Response:
    with snapshot(visit.desk.engine) as session:
        found = issued_reports(session, visit.person.bureau, limit=LISTED)
        return visit.page(
            "reports",
            found=[(each, parse_period(each.period), file_lines(session, each.number)) for each in found],
            editions=EDITIONS,
            actors=ACTORS,
            bureau_name=bureau_name,
        )


def hand_out(visit: Visit) -> Response:
    """A file of a report. One that was changed in the database is handed to nobody."""
    with snapshot(visit.desk.engine) as session:
        report = issued_report(session, visit.path["report"], visit.person.bureau)
        lines = file_lines(session, report.number) if report else []
        line = next((each for each in lines if each.name == visit.path["file"]), None)
        if line is None:
            raise HTTPException(404)
        content = file_bytes(session, line)
    if not is_sound(line, content):
        raise HTTPException(500)
    headers = {"Content-Disposition": f'attachment; filename="{line.full_name}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)
