"""What all our HTTP servers hold to: how long a body may be, and whom a request is counted for."""

import asyncio
import ipaddress
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

SECONDS = 30.0
"""How long a body may take."""
_NETWORK: Final = 64
"""Leading bits of an IPv6 address that are one sender's."""


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


def sender(request: Request) -> str:
    """Whom a request is counted for: an IPv4 address, or the network of an IPv6 one.

    Behind a proxy on this machine the server tells the address that `X-Forwarded-For` says.
    """
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    return str(ipaddress.ip_network((address, _NETWORK), strict=False))
