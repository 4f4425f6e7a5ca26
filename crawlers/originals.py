"""What ads are read from, as evidence: the answer of a board, a file that was handed in, a pushed item."""

import mimetypes
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crawlers.posting import storable
from store.evidence import Original
from store.evidence_bytes import Content

if TYPE_CHECKING:
    from scrapy.http import Headers, Response

KEPT_ANSWER: Final = (
    "Age", "Cache-Control", "Content-Disposition", "Content-Language", "Content-Length", "Content-Type",
    "Date", "ETag", "Expires", "Last-Modified", "Server", "Via",
)  # fmt: skip
"""Headers of an answer that are kept, and no others: what a board sets to know us again is not evidence."""
KEPT_REQUEST: Final = ("Accept", "Content-Type", "If-Modified-Since", "If-None-Match", "User-Agent")
_LONGEST: Final = 500
"""Characters of a header."""
_LONGEST_BODY: Final = 2000
"""Characters of what a list was asked with."""


def of_response(response: "Response", now: datetime, *, encoding: str = "") -> Original:
    """The answer of a board; its body is as received, once transfer and content coding are undone.

    `encoding` is the one that the board's file gives; it counts for what is text.
    """
    declared = getattr(response, "encoding", "")
    asked = response.meta.get("redirect_urls", [response.url])
    kind = _header(response.headers, "Content-Type")
    return Original(
        content=Content(response.body),
        fetched_at=now,
        media_type=kind.partition(";")[0].strip().lower(),
        charset=(encoding or declared) if declared else "",
        url=storable(asked[0]),
        answered_url=storable(response.url),
        status=response.status,
        tls=response.url.startswith("https:"),
        address=str(response.ip_address or ""),
        request=_asked(response),
        headers=_chosen(response.headers, KEPT_ANSWER),
    )


def _asked(response: "Response") -> Mapping[str, Any]:
    request = response.request
    if request is None:
        return {}
    body = storable(request.body.decode("utf-8", "replace")[:_LONGEST_BODY])
    headers = _chosen(request.headers, KEPT_REQUEST)
    return {"method": request.method, "headers": headers} | ({"body": body} if body else {})


def _chosen(headers: "Headers", names: tuple[str, ...]) -> Mapping[str, str]:
    there = {key.lower() for key in headers}
    return {name: _header(headers, name) for name in names if name.lower().encode() in there}


def _header(headers: "Headers", name: str) -> str:
    value: Any = headers.get(name)
    return storable(value.decode("latin-1")[:_LONGEST]) if value else ""


def of_file(path: Path, now: datetime) -> Original:
    """A file that was handed in; it is not read before its bytes are wanted."""
    kind = mimetypes.guess_type(path.name)[0] or ""
    return Original(content=Content(path), fetched_at=now, name=storable(path.name), media_type=kind)


def of_item(content: bytes, now: datetime, *, sender: str) -> Original:
    """One ad of a pushed batch, exactly as it stood in the request."""
    return Original(
        content=Content(content),
        fetched_at=now,
        media_type="application/json",
        charset="utf-8",
        sender=sender,
    )
