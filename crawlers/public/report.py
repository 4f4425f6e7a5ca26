"""A report as it comes in, and what it is about: the same page or text is one matter, whoever reports it."""

import json
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Final, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from events.ids import stable_id
from store.clues import employer_id

MAX_BYTES: Final = 128 * 1024
"""Bytes of one request's body."""
LONGEST_TEXT: Final = 20_000
"""Characters of a pasted ad."""
SHORTEST_TEXT: Final = 6
"""Letters and digits below which a text is no ad."""
LONGEST_URL: Final = 2000
_FORM_FIELDS: Final = 20
_PORTS: Final = {"http": ":80", "https": ":443"}

_Words = Annotated[str, Field(max_length=200)]


class ReportError(ValueError):
    """What came in is no report; the message names the field."""


class Report(BaseModel):
    """What a person reports: the address of a page or the text of an ad, and what he adds to it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    url: Annotated[str, Field(max_length=LONGEST_URL)] = ""
    """Address of the ad, for all to see without a login."""
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    """The ad's words, where there is no address."""
    title: _Words = ""
    employer: _Words = ""
    place: _Words = ""
    board: _Words = ""
    """Where the ad was seen."""
    note: Annotated[str, Field(max_length=2000)] = ""
    contact: _Words = ""
    """How to reach the reporter; kept apart, and deleted after some time."""
    homepage: _Words = ""
    """To be left empty: people do not see this field, programs fill it in."""

    @field_validator("url")
    @classmethod
    def _of_the_web(cls, url: str) -> str:
        return same_page(url) if url else ""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.url) == bool(self.text):
            raise PydanticCustomError("url_or_text", "either url or text is expected")
        if self.text and len(_letters(self.text)) < SHORTEST_TEXT:
            raise PydanticCustomError("text", "text: too short for an ad")
        return self

    @property
    def matter_id(self) -> str:
        """Stands for the page, or for the text at an employer: layout and punctuation do not count."""
        if self.url:
            return stable_id("reported", "page", self.url)
        return stable_id(
            "reported", "text", _letters(self.text), employer_id(self.employer) if self.employer else ""
        )


def same_page(url: str) -> str:
    """`url` in the spelling that all addresses of the same page share.

    Raises:
        ValueError: it is no address of the web.
    """
    parts = urlsplit(url)
    if parts.scheme.lower() not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("an address is expected that begins with http:// or https://")
    if any(char.isspace() or unicodedata.category(char)[0] == "C" for char in url) or "\\" in url:
        raise ValueError("an address without spaces, backslashes and hidden characters is expected")
    host = parts.netloc.lower().removesuffix(_PORTS[parts.scheme.lower()])
    # Behind `#` some boards name the ad; anything else there only scrolls the page.
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return parts._replace(netloc=host, path=parts.path or "/", fragment=fragment).geturl()


def _letters(text: str) -> str:
    """Letters and digits of `text`, in one width and case."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def read_report(body: bytes, *, form: bool) -> Report:
    """The report in a request's body: JSON, or the fields of a form.

    Raises:
        ReportError: it is none; says why.
    """
    return report_of(_fields(body, form=form))


def report_of(fields: Mapping[str, object]) -> Report:
    """The report that these fields make.

    Raises:
        ReportError: they make none; says why.
    """
    try:
        return Report.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ReportError(f"{field}: {first['msg']}" if field else str(first["msg"])) from error


def _fields(body: bytes, *, form: bool) -> dict[str, object]:
    try:
        text = body.decode("utf-8-sig")
        if form:
            return dict(parse_qsl(text, max_num_fields=_FORM_FIELDS, errors="strict"))
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReportError(f"the body cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ReportError("the body is expected to be one JSON object")
    return content
