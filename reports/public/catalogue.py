"""目录查询: what the catalogue says of a name, with its history."""

from starlette.responses import Response

from config.catalogue.demand import Law
from reports.look_up import asked
from reports.public.gate import Visit


def show(visit: Visit) -> Response:
    """The form, and the answer to what the address asks for."""
    rules = visit.desk.reader.rules
    found = asked(Law(rules.catalogue, rules.data, rules.policy), visit.query, visit.now.date())
    return visit.page("catalogue", status=400 if found.problem else 200, found=found)
