"""Bodies of requests, never longer than they may be."""

import asyncio

from fastapi import HTTPException, Request

SECONDS = 30.0
"""How long a body may take."""


async def body_of(request: Request, *, most: int) -> bytes:
    """The request's body; one of more than `most` bytes is answered 413, one that takes too long 408."""
    body = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > most:
                    raise HTTPException(413, f"more than {most} bytes")
    except TimeoutError as error:
        raise HTTPException(408, f"the body took more than {SECONDS:g} seconds") from error
    return bytes(body)
