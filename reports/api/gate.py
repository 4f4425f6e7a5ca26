"""The gate that every request to the interface goes through: token, account, role; then what it asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException

from config.divisions import NATION
from config.serving import sender
from reports.console.gate import Desk, Roles
from store.accounts import Person
from store.database import snapshot
from store.tokens import Bearer, bearer

READING: Final = frozenset({"GET"})
"""Methods that a token which only reads may use."""
Text = Annotated[str, StringConstraints(pattern="^[^\x00]*$", max_length=2000)]
"""No database takes a NUL."""
Why = Annotated[Text, Field(min_length=1)]
RowNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Of a row: no column holds more."""

Header = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, description="The token that was shown once when it was given out.")),
]
B = TypeVar("B")


class Asking(BaseModel):
    """Parameters or a body; what is not described is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Reason(Asking):
    """Why something is done."""

    why: Why


class Answer(BaseModel):
    """What is answered, read from what the store gives."""

    model_config = ConfigDict(from_attributes=True, frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, with the account in whose name it is made."""

    desk: Desk
    person: Person
    now: datetime


def admitted(
    request: Request,
    given: HTTPAuthorizationCredentials | None,
    find: Callable[[Session, str, datetime], B | None],
) -> B:
    """Whom `find` knows by the token that was given; everybody else is refused."""
    desk: Desk = request.app.state.desk
    with snapshot(desk.engine) as session:
        found = find(session, given.credentials, desk.clock()) if given else None
    if found is None:
        desk.gate.let_pass("stranger", sender(request))
        detail = "no token, or one that is unknown, expired or revoked"
        raise HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})
    return found


def _bearer(request: Request, given: Header) -> Bearer:
    found = admitted(request, given, bearer)
    desk: Desk = request.app.state.desk
    desk.gate.let_pass("program", found.person.name)
    return found


def _call(request: Request, found: Annotated[Bearer, Depends(_bearer)]) -> Call:
    desk: Desk = request.app.state.desk
    return Call(desk, found.person, desk.clock())


Caller = Annotated[Call, Depends(_call)]


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that may be asked for; the table of them is in reports/api/app.py."""

    method: str
    path: str
    answer: Callable[..., Any]
    roles: Roles
    refusals: tuple[int, ...] = ()
    """Statuses of refusals beside those that every request may meet."""
    nationwide: bool = False
    """Belongs to no bureau, so it is there for accounts of the nation's only."""
    form: type[Response] = JSONResponse
    """Of what is answered."""

    def guard(self) -> Any:  # noqa: ANN401 - FastAPI's own type for it
        """Lets those pass who may ask for it."""

        def check(found: Annotated[Bearer, Depends(_bearer)]) -> None:
            if found.person.role not in self.roles:
                raise HTTPException(403, f"this is for: {', '.join(sorted(self.roles))}")
            if found.reads_only and self.method not in READING:
                raise HTTPException(403, "the token is for reading only")
            if self.nationwide and found.person.bureau != NATION:
                raise HTTPException(404, "this is for accounts of the whole nation")

        return Depends(check)
