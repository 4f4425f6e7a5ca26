"""The evidence pack of a case, for people of its area: it is not masked, so whoever gets one is noted."""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from config.divisions import NATION
from reports.console.gate import Visit
from reports.pack.build import Built, Wanted, build, note_handing_over
from store.database import snapshot, transaction
from store.jurisdiction import is_within

_AT_A_TIME: Final = 1 << 16


def hand_out(visit: Visit) -> Response:
    """Build the pack, note who is handed it and why, and send it; a reason has to be given."""
    with ExitStack() as until_sent:
        file = until_sent.enter_context(TemporaryFile())
        built = _built(visit, file)
        if not (why := visit.form.get("why", "")):
            raise HTTPException(400)
        with transaction(visit.desk.engine, durable=True) as session:
            note_handing_over(session, built, actor=visit.person.name, why=why, now=visit.now)
        headers = {"Content-Disposition": f'attachment; filename="{built.number}.zip"'}
        pieces = _pieces(file, until_sent.pop_all())
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


def _built(visit: Visit, file: IO[bytes]) -> Built:
    """Without screenshots: drawing foreign pages is nothing for the machine that people are logged in at."""
    number, area, law = visit.path["number"], visit.person.bureau, visit.desk.law
    wanted = Wanted(catalogue=law.catalogue, policy=law.policy, whole_files=area == NATION)
    with snapshot(visit.desk.engine) as session:
        built = build(session, number, wanted, file) if is_within(session, number, area) else None
    if built is None:
        raise HTTPException(404)
    return built


def _pieces(file: IO[bytes], until_sent: ExitStack) -> Iterator[bytes]:
    with until_sent:
        while piece := file.read(_AT_A_TIME):
            yield piece
