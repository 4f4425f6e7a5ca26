"""死信: records that no stage could handle, and what an administrator does about them."""

from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from reports.console.gate import Visit
from reports.console.words import LETTER_ACTIONS, REFUSALS
from store.database import snapshot, transaction
from store.dead_letters import PAGE, AskedLetters, Decision, drop, letter_line, letters, replay

DEEDS: Final = {"replay": LETTER_ACTIONS["replayed"], "drop": LETTER_ACTIONS["dropped"]}
"""What may be done about an open letter."""
_SHOWN: Final = 20_000
"""Characters of a record that its page shows."""
_AWAY: Final = "这条记录的原文现在读不到：事件日志不可用，或者原文已按期清理。"


def show(visit: Visit) -> Response:
    """One page of the letters that are asked for."""
    query = visit.query
    kept = {name: query[name] for name in ("stage", "source") if query.get(name)}
    settled = query.get("view") == "settled"
    asked = AskedLetters(settled=settled, after=query.get("after", ""), **kept)
    with snapshot(visit.desk.engine) as session:
        found = letters(session, asked, limit=PAGE + 1)
    view = {"view": "settled"} if settled else {}
    behind = kept | view | {"after": found[PAGE - 1].entry.id} if len(found) > PAGE else {}
    return visit.page(
        "dead",
        found=found[:PAGE],
        asked=asked,
        told=LETTER_ACTIONS,
        next_page=f"/dead?{urlencode(behind)}" if behind else "",
    )


def show_letter(visit: Visit) -> Response:
    return _page(visit)


def do(visit: Visit) -> Response:
    """Replay or drop one open letter; what somebody has done already is not done again."""
    letter_id, deed, why = visit.path["letter"], visit.path["deed"], visit.form.get("why", "")
    if deed not in DEEDS:
        raise HTTPException(404)
    if not why:
        return _page(visit, problem=REFUSALS["why"])
    letter = visit.desk.letter(letter_id) if deed == "replay" else None
    decision = Decision(visit.person.name, why, visit.now)
    with transaction(visit.desk.engine) as session:
        found = letter_line(session, letter_id, lock=True)
        if found is None:
            raise HTTPException(404)
        if found.action is None and deed == "drop":
            drop(session, letter_id, decision)
        elif found.action is None and letter is not None:
            replay(session, letter, decision)
        elif found.action is None:
            return _page(visit, problem=_AWAY)
    return RedirectResponse(f"/dead/{letter_id}", 303)


def _page(visit: Visit, *, problem: str = "") -> Response:
    with snapshot(visit.desk.engine) as session:
        found = letter_line(session, visit.path["letter"])
    if found is None:
        raise HTTPException(404)
    letter = visit.desk.letter(found.entry.id)
    value = letter.original[-1] if letter else b""
    return visit.page(
        "letter",
        status=409 if problem else 200,
        entry=found.entry,
        action=found.action,
        letter=letter,
        size=len(value),
        text=value.decode(errors="backslashreplace")[:_SHOWN],
        shown=_SHOWN,
        away=_AWAY,
        deeds=DEEDS,
        told=LETTER_ACTIONS,
        problem=problem,
        typed=visit.form,
    )
