"""What a form or an address says, in words that a database takes."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from config.serving import body_of

_MOST_FIELDS: Final = 100
"""The work list has one for each case that is ticked."""


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
