"""Bodies of requests, never longer than they may be."""

from fastapi import HTTPException, Request


async def body_of(request: Request, *, most: int) -> bytes:
    """The request's body; one of more than `most` bytes is answered 413."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise HTTPException(413, f"more than {most} bytes")
    return bytes(body)
