"""What somebody has to do for the whole house: names for the catalogue, and dead letters."""

from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import Path, Query
from starlette.exceptions import HTTPException

from reports.api.gate import Answer, Asking, Caller, Reason, Text, Why
from reports.api.problems import Fault, FaultyRequest
from store import curation, dead_letters
from store.database import snapshot, transaction

LISTED: Final = 50
"""Names of the tray that are told."""


class ToldSentence(Answer):
    """A sentence of an ad that names a credential."""

    ad_id: str
    source: str
    title: str
    clause: str
    start: int
    end: int
    """Of the name, in `clause`."""


class ToldName(Answer):
    """A name that ads use and the catalogue does not know."""

    name: str
    ads: int
    first_seen: datetime
    last_seen: datetime
    sentences: tuple[ToldSentence, ...]
    """The first few."""


class Names(Answer):
    """The names that most ads use and nobody has decided about, the commonest first."""

    names: tuple[ToldName, ...]


class NameDecision(Asking):
    """What somebody makes of a name; the catalogue itself is changed by a release alone."""

    name: Why
    choice: curation.Choice
    """Another name of a row that is there; one that wants a row of its own; or left alone."""
    qualification: Text = ""
    """For an alias: the id of the row."""
    why: Why


class AskedLetters(Asking):
    """Which letters. What is left out does not matter."""

    settled: bool = False
    """Those that somebody replayed or dropped, in place of the open ones."""
    stage: Text = ""
    source: Text = ""
    after: Text = ""
    """Id of the last letter of the page before."""


class ToldLetter(Answer):
    """A record that a stage could not handle."""

    id: str
    stage: str
    source: str
    died_at: datetime
    reason: str
    action: Literal["", "replayed", "dropped"]
    """What was last done about it; empty while it is open."""
    actor: str
    why: str


class Letters(Answer):
    """One page of letters, the newest first."""

    letters: tuple[ToldLetter, ...]
    after: str
    """Ask for this `after` to get the next page; empty on the last one."""


def list_names(caller: Caller) -> Names:
    """List the names in the curation tray, each with sentences that use it."""
    catalogue = caller.desk.law.catalogue
    with snapshot(caller.desk.engine) as session:
        found = [
            each
            for each in curation.unknown_credentials(session, limit=LISTED)
            if catalogue.find(each.name) is None
        ]
        quoted = {each.name: curation.quotes(session, each.name) for each in found}
    return Names(
        names=tuple(
            ToldName(
                name=each.name,
                ads=each.ads,
                first_seen=each.first_seen,
                last_seen=each.last_seen,
                sentences=tuple(map(ToldSentence.model_validate, quoted[each.name])),
            )
            for each in found
        )
    )


def decide_name(given: NameDecision, caller: Caller) -> NameDecision:
    """Keep what somebody makes of a name in the tray, for the next release; the same again is kept once."""
    known = given.qualification in caller.desk.law.catalogue.qualifications
    if known != (given.choice == "alias") or (given.qualification and not known):
        reason = "an alias names a row of the catalogue by its id, and nothing else does"
        raise FaultyRequest(409, reason, [Fault(field="qualification", reason=reason)])
    decision = curation.Decision(**given.model_dump(), by=caller.person.name, at=caller.now)
    with transaction(caller.desk.engine) as session:
        if not curation.is_in_tray(session, given.name):
            raise HTTPException(404, "no ad names it that no row claims")
        curation.decide(session, decision)
    return given


def list_letters(asked: Annotated[AskedLetters, Query()], caller: Caller) -> Letters:
    """List the records that no stage could handle."""
    wanted = dead_letters.AskedLetters(**asked.model_dump())
    with snapshot(caller.desk.engine) as session:
        found = dead_letters.letters(session, wanted, limit=dead_letters.PAGE + 1)
        told = tuple(map(_told, found[: dead_letters.PAGE]))
    return Letters(letters=told, after=told[-1].id if len(found) > len(told) else "")


def settle_letter(
    letter: Annotated[Text, Path()], deed: Literal["replay", "drop"], given: Reason, caller: Caller
) -> ToldLetter:
    """Send an open letter's record round again, or close it; what somebody has done is not done again."""
    decision = dead_letters.Decision(caller.person.name, given.why, caller.now)
    original = caller.desk.letter(letter)
    with transaction(caller.desk.engine) as session:
        found = dead_letters.letter_line(session, letter, lock=True)
        if found is None:
            raise HTTPException(404, "no such letter")
        if found.action is None and deed == "drop":
            dead_letters.drop(session, letter, decision)
        elif found.action is None and original is not None:
            dead_letters.replay(session, original, decision)
        elif found.action is None:
            reason = "the record cannot be read: the log is away, or no longer holds it"
            raise FaultyRequest(409, reason, [Fault(field="letter", reason=reason)])
        session.flush()
        settled = dead_letters.letter_line(session, letter)
        assert settled is not None
        return _told(settled)


def _told(line: dead_letters.LetterLine) -> ToldLetter:
    return ToldLetter.model_validate(
        {
            "id": line.entry.id,
            "stage": line.entry.group,
            "source": line.entry.source,
            "died_at": line.entry.died_at,
            "reason": line.entry.reason,
            "action": line.action.action if line.action else "",
            "actor": line.action.actor if line.action else "",
            "why": line.action.why if line.action else "",
        }
    )
