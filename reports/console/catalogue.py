"""目录查询: what the catalogue says of a name, with its history, by the law that is in use."""

from starlette.responses import Response

from reports.console.gate import Visit
from reports.look_up import asked


def show(visit: Visit) -> Response:
    """The form, and the answer to what the address asks for."""
    found = asked(visit.desk.law, visit.query, visit.now.date())
    return visit.page("catalogue", status=400 if found.problem else 200, found=found)
