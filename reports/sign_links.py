"""签收链接: what a link in a letter says, and the signature that nobody else can make.

It names the letter, the case, the bureau and the day until which it holds; all of it is under HMAC-SHA-256.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PATH: Final = "/sign"
HOLDS: Final = timedelta(days=14)
"""From the planning of the letter on."""
_FORM: Final = re.compile(
    r"(?P<delivery>[0-9a-f]{32})\.(?P<case>QD-[0-9]{6}-[0-9]{4}-[0-9]{6,12})\.(?P<bureau>[0-9]{6})"
    r"\.(?P<until>[0-9]{1,12})\.(?P<signature>[A-Za-z0-9_-]{43})"
)
_PURPOSE: Final = "qingdan sign 1"
"""Stands before what is signed, so that no signature made for something else with the key fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignLink:
    delivery: str
    """Id of the delivery whose letter has the link."""
    case: str
    """Number."""
    bureau: str
    """Code of the one that may sign."""
    until: int
    """Last second at which it holds, since 1970 in UTC."""


def sign_link(delivery: str, case: str, *, bureau: str, planned_at: datetime) -> SignLink:
    """The link to sign for a case of a letter."""
    until = int((planned_at + HOLDS).timestamp())
    return SignLink(delivery=delivery, case=case, bureau=bureau, until=until)


def written(link: SignLink, key: bytes) -> str:
    """The link as it stands in an address."""
    return f"{link.delivery}.{link.case}.{link.bureau}.{link.until}.{_signature(link, key)}"


def read(text: str, key: bytes) -> SignLink | None:
    """The link, whether or not it still holds; None where we did not sign it."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    link = SignLink(
        delivery=found["delivery"], case=found["case"], bureau=found["bureau"], until=int(found["until"])
    )
    return link if hmac.compare_digest(found["signature"], _signature(link, key)) else None


def _signature(link: SignLink, key: bytes) -> str:
    said = "\n".join((_PURPOSE, link.delivery, link.case, link.bureau, str(link.until)))
    return base64.urlsafe_b64encode(hmac.digest(key, said.encode(), hashlib.sha256)).decode().rstrip("=")
