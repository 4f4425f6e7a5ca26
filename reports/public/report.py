"""群众举报: somebody reports an ad, gets a receipt, and by it learns what became of it."""

from typing import Final

from starlette.responses import Response

from reports.public.gate import Visit
from reports.public.words import REPORT_PROBLEMS

LONGEST: Final = {
    "url": 2000,
    "text": 20_000,
    "title": 200,
    "employer": 200,
    "place": 200,
    "board": 200,
    "note": 2000,
    "contact": 200,
}
"""Characters of each field."""


def ask(visit: Visit) -> Response:
    return visit.page("report", problem="", typed={}, longest=LONGEST)


def take(visit: Visit) -> Response:
    """Take a report in; what is wrong with it is told, and nothing typed is lost."""
    form = {name: visit.form[name] for name in (*LONGEST, "homepage") if name in visit.form}
    try:
        receipt = visit.desk.intake.report(form)
    except ValueError as error:
        field = str(error).partition(":")[0]
        problem = REPORT_PROBLEMS.get(field, REPORT_PROBLEMS[""])
        return visit.page("report", status=400, problem=problem, typed=form, longest=LONGEST)
    return visit.page("report_taken", receipt=receipt)


def ask_receipt(visit: Visit) -> Response:
    return visit.page("report_status", told="", problem="", typed="")


def tell(visit: Visit) -> Response:
    """What became of the report with a receipt."""
    receipt = visit.form.get("receipt", "").upper()
    told = visit.desk.intake.report_told(receipt)
    problem = "" if told else "没有这个回执号，请核对。"
    return visit.page("report_status", status=200 if told else 404, told=told, problem=problem, typed=receipt)
