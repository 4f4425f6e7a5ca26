"""What is wrong with a request, as RFC 9457 has it: `application/problem+json`, each fault with its field."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

MEDIA_TYPE: Final = "application/problem+json"
_DESCRIPTIONS: Final = {
    400: "The body is no text in UTF-8.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "Not for this role, or not for a token that only reads.",
    404: "There is no such thing within the area of the account's bureau.",
    408: "The body took too long.",
    409: "The case, the person or what was given does not allow it; or the key was used for another request.",
    413: "The body is too long.",
    422: "A parameter, header or field is not as described.",
    429: "Too much in a minute; Retry-After says when to come again.",
    503: "What tells this cannot be read at the moment.",
}


class Fault(BaseModel):
    """One thing that is wrong."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    field: str
    """The parameter, header or field it is about; `status` and `action` are the case's own standing."""
    reason: str


class Problem(BaseModel):
    """Why a request was not answered as asked."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str = "about:blank"
    title: str
    """Of the status."""
    status: int
    detail: str
    errors: tuple[Fault, ...] = ()


class FaultyRequest(HTTPException):
    """A request that is refused with several reasons."""

    def __init__(self, status: int, detail: str, faults: Iterable[Fault]) -> None:
        super().__init__(status, detail)
        self.faults = tuple(faults)


async def refused(_request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that is refused."""
    assert isinstance(error, HTTPException)
    faults = error.faults if isinstance(error, FaultyRequest) else ()
    return _answer(error.status_code, error.detail, faults, error.headers)


async def unreadable(_request: Request, error: Exception) -> JSONResponse:
    """The answer to a request that is not as the document of the interface describes it."""
    assert isinstance(error, RequestValidationError)
    faults = [Fault(field=_field(each["loc"]), reason=each["msg"]) for each in error.errors()]
    return _answer(422, "the request is not as described", faults)


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Refusals with these statuses, for the document of the interface."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {each: {"description": _DESCRIPTIONS[each], "content": content} for each in sorted(statuses)}


def schemas() -> dict[str, Any]:
    """The schemas that `described` refers to, by name."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs"), "Problem": problem}


def _answer(
    status: int, detail: str, faults: Iterable[Fault], headers: Mapping[str, str] | None = None
) -> JSONResponse:
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=tuple(faults))
    return JSONResponse(problem.model_dump(), status, headers, media_type=MEDIA_TYPE)


def _field(place: tuple[int | str, ...]) -> str:
    """What `place` names, without whether it stands in the path, the query, a header or the body."""
    return ".".join(map(str, place[1:] or place))
