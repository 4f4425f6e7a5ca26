"""What a form or an address says, in words that a database takes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from config.serving import body_of

_MOST_FIELDS: Final = 100
"""The work list has one for each case that is ticked."""
_EDGE: Final = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?$')
_NAME: Final = re.compile(rb'[; ]name="([^"\r\n]*)"')
_FILE: Final = re.compile(rb'[; ]filename="([^"\r\n]*)"')
_LONGEST_HEAD: Final = 4096
"""Bytes above a part of a form."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form."""

    name: str
    """As the browser calls it; anything may stand in it."""
    content: bytes


async def upload_of(request: Request, *, most: int) -> tuple[Mapping[str, str], Upload | None]:
    """The fields of a form of at most `most` bytes, and its file; None where none was chosen."""
    sort = request.headers.get("content-type", "")
    if not sort.startswith("multipart/form-data"):
        return await form_of(request, most=most), None
    fields: dict[str, str] = {}
    file = None
    try:
        for head, content in _parts(sort, await body_of(request, most=most)):
            name, named_file = _NAME.search(head), _FILE.search(head)
            if named_file is None:
                fields[_word(name)] = content.decode().replace("\r\n", "\n")
            elif named_file[1]:
                file = Upload(_word(named_file), content)
    except ValueError as error:
        raise HTTPException(400) from error
    return storable(fields), file


def _parts(sort: str, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a form as browsers write it (RFC 7578), each with its head.

    Raises:
        ValueError: there is none, or too many, or a head without an end.
    """
    edge = _EDGE.search(sort)
    if not edge:
        raise ValueError("no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + edge[1].encode(), _MOST_FIELDS + 2)
    before, *parts, behind = pieces if len(pieces) > 1 else (b"", b"")
    if before or not parts or not behind.startswith(b"--"):
        raise ValueError("no parts, too many, or no end")
    for part in parts:
        head, found, content = part.partition(b"\r\n\r\n")
        if not found or len(head) > _LONGEST_HEAD:
            raise ValueError("a part without a head")
        yield head, content


def _word(found: re.Match[bytes] | None) -> str:
    if found is None:
        raise ValueError("a part without a name")
    return found[1].decode(errors="replace")


async def form_of(request: Request, *, most: int) -> Mapping[str, str]:
    """The fields of a form of at most `most` bytes; what is none is answered 400."""
    body = await body_of(request, most=most)
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise HTTPException(400) from error
    # Browsers send line breaks as two characters; what was typed has one.
    return storable({name: value.replace("\r\n", "\n") for name, value in fields})


def storable(given: Mapping[str, str]) -> Mapping[str, str]:
    """`given`, without spaces around; no database takes a NUL."""
    if any("\0" in value for value in given.values()):
        raise HTTPException(400)
    return {name: value.strip() for name, value in given.items()}
