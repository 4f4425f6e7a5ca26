"""异议: somebody objects to a case, gets a receipt, and by it alone learns the answer.

What a visitor is told before the answer does not depend on whether such a case is there: cases are known to
nobody outside.
"""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from config.bureaus import bureau_name
from config.casework import casework
from reports.public.gate import Visit
from reports.wording import OBJECTION_STATES
from store.database import snapshot
from store.objections import by_receipt

LONGEST: Final = {"about": 400, "organisation": 200, "reasons": 4000, "contact": 200}
"""Characters of each field."""
_NEEDED: Final = {
    "about": "请写明案号、文书文号或者招聘信息网址。",
    "organisation": "请写明单位名称。",
    "reasons": "请写明理由。",
}


def ask(visit: Visit) -> Response:
    return _form(visit)


def take(visit: Visit) -> Response:
    """Take an objection in; what is missing is told, and nothing typed is lost."""
    if problem := _problem(visit.form):
        return _form(visit, problem=problem)
    receipt = visit.desk.intake.objection(visit.form, visit.now)
    return visit.page("objection_taken", receipt=receipt, days=casework().objections.days)


def ask_receipt(visit: Visit) -> Response:
    return visit.page("objection_answer", found=None, problem="", typed="")


def tell(visit: Visit) -> Response:
    """Where the objection with a receipt stands, and what was answered."""
    receipt = visit.form.get("receipt", "")
    with snapshot(visit.desk.engine) as session:
        line = by_receipt(session, receipt)
        if line is None:
            return visit.page(
                "objection_answer", status=404, found=None, problem="没有这个回执号，请核对。", typed=receipt
            )
        answered_by = bureau_name(line.case.bureau) if line.case and line.objection.answered_at else ""
        return visit.page(
            "objection_answer",
            found=line.objection,
            bureau=answered_by,
            states=OBJECTION_STATES,
            problem="",
            typed=receipt,
        )


def _problem(form: Mapping[str, str]) -> str:
    """Why this is no objection; empty where it is one."""
    missing = [told for name, told in _NEEDED.items() if not form.get(name)]
    if missing:
        return "".join(missing)
    if any(len(form.get(name, "")) > most for name, most in LONGEST.items()):
        return "填写的内容过长，请删减。"
    return ""


def _form(visit: Visit, *, problem: str = "") -> Response:
    status = 400 if problem else 200
    days = casework().objections.days
    return visit.page(
        "objection", status=status, problem=problem, typed=visit.form, longest=LONGEST, days=days
    )
