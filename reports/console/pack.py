"""The evidence pack of a case, for people of its area: it is not masked, so whoever gets one is noted."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from config.divisions import NATION
from reports.console.gate import Desk, Visit
from reports.pack.build import Built, Wanted, build, note_handing_over
from store.database import snapshot, transaction
from store.dead_letters import Decision
from store.jurisdiction import is_within

_AT_A_TIME: Final = 1 << 16


class Zip(StreamingResponse):
    media_type = "application/zip"


def hand_out(visit: Visit) -> Response:
    """The pack as a person of the console asks for it; a reason has to be given."""
    if not (why := visit.form.get("why", "")):
        raise HTTPException(400)
    return hand_over(
        visit.desk,
        visit.path["number"],
        Decision(visit.person.name, why, visit.now),
        area=visit.person.bureau,
    )


def hand_over(desk: Desk, number: str, decision: Decision, *, area: str) -> Zip:
    """Build the pack of a case of `area`, or 404; note who is handed it and why, and send it."""
    with ExitStack() as until_sent:
        file = until_sent.enter_context(TemporaryFile())
        built = _built(desk, number, file, area)
        with transaction(desk.engine, durable=True) as session:
            note_handing_over(session, built, actor=decision.actor, why=decision.why, now=decision.at)
        headers = {"Content-Disposition": f'attachment; filename="{built.number}.zip"'}
        pieces = _pieces(file, until_sent.pop_all())
    return Zip(pieces, headers=headers)


def _built(desk: Desk, number: str, file: IO[bytes], area: str) -> Built:
    """Without screenshots: drawing foreign pages is nothing for the machine that people are logged in at."""
    wanted = Wanted(catalogue=desk.law.catalogue, policy=desk.law.policy, whole_files=area == NATION)
    with snapshot(desk.engine) as session:
        built = build(session, number, wanted, file) if is_within(session, number, area) else None
    if built is None:
        raise HTTPException(404)
    return built


def _pieces(file: IO[bytes], until_sent: ExitStack) -> Iterator[bytes]:
    with until_sent:
        while piece := file.read(_AT_A_TIME):
            yield piece
