"""What all our HTTP servers hold to: how long a body may be, and whom a request is counted for."""

import asyncio
import ipaddress
import json
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST: Final = 500
"""Ads of one batch."""
SECONDS = 30.0
"""How long a body may take."""
_NETWORK: Final = 64
"""Leading bits of an IPv6 address that are one sender's."""


class BatchError(ValueError):
    """The body is no batch; the message says what is expected."""


def items_of(body: bytes) -> list[object]:
    """The ads of a batch, `{"ads": [...]}`, each as it stands.

    Raises:
        BatchError: no JSON, not of this form, or too many ads.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BatchError(f"the body is no JSON: {error}") from error
    if not isinstance(content, dict) or set(content) != {"ads"} or not isinstance(content["ads"], list):
        raise BatchError('the body is expected to be {"ads": [...]}')
    items: list[object] = content["ads"]
    if not items or len(items) > MOST:
        raise BatchError(f"ads: 1 to {MOST} are expected, and there are {len(items)}")
    return items


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
