"""来源状况: how each board fares, and which ones a person has stopped."""

from starlette.responses import Response

from reports.boards import FIELDS, STATES, UnreadableError
from reports.console.gate import Visit


def show(visit: Visit) -> Response:
    try:
        lines, problem = visit.desk.boards(), ""
    except UnreadableError as error:
        lines, problem = (), str(error)
    return visit.page("sources", lines=lines, problem=problem, states=STATES, fields=FIELDS)
