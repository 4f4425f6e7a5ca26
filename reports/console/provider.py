"""The account service of an organisation, which says who somebody is (OpenID Connect).

The authorisation code flow with PKCE. What binds an answer to the browser that asked (state, nonce and the
verifier) is reckoned from the token in the browser's cookie, so that nothing is kept meanwhile. Who may do
what is told by the accounts here, and by nothing that the service says.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry, decode
from urllib3 import PoolManager, make_headers
from urllib3.exceptions import HTTPError

RETURN: Final = "/login/return"
"""Where the service sends people back to."""
_SCOPE: Final = "openid profile"
_SIGNED_BY: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures with a public key: a secret that both know, or no signature at all, proves nothing here."""
_LEEWAY: Final = 60
"""Seconds by which the clock of the service may differ."""
_SECONDS: Final = 10.0
"""For each answer of the service."""


class ProviderError(Exception):
    """The service did not say who somebody is; the message says why, for the log."""


@dataclass(frozen=True, slots=True)
class Provider:
    issuer: str
    client: str
    """Our name there."""
    secret: str
    claim: str
    """What of an identity is the name of an account here."""
    console: str
    """Address of the console as browsers know it."""

    def question(self, token: str) -> str:
        """Where a browser with this token goes to say who it is.

        Raises:
            ProviderError: the service cannot be asked.
        """
        challenge = hashlib.sha256(_derived("verifier", token).encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client,
            "redirect_uri": self.console + RETURN,
            "scope": _SCOPE,
            "state": _derived("state", token),
            "nonce": _derived("nonce", token),
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{self._known('authorization_endpoint')}?{urlencode(asked)}"

    def name(self, token: str, answer: Mapping[str, str], now: datetime) -> str:
        """The account's name of who came back with `answer` in a browser with this token.

        Raises:
            ProviderError: the answer is none, or for another browser, or not from the service.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), _derived("state", token).encode()):
            raise ProviderError("the answer is not for this browser")
        if "code" not in answer:
            raise ProviderError(f"the service refused: {answer.get('error', '')[:100]!r}")
        if answer.get("iss", self.issuer) != self.issuer:
            raise ProviderError("another service answered")
        name = self._claims(self._identity(answer["code"], token), token, now).get(self.claim)
        if not isinstance(name, str) or not name:
            raise ProviderError(f"the identity has no {self.claim}")
        return name

    def _identity(self, code: str, token: str) -> str:
        """What the service has signed, for the code that the browser brought."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.console + RETURN,
            "code_verifier": _derived("verifier", token),
        }
        # RFC 6749, 2.3.1: both are encoded before they are joined.
        who = make_headers(basic_auth=f"{quote(self.client, safe='')}:{quote(self.secret, safe='')}")
        told = _asked(self._known("token_endpoint"), form, who).get("id_token")
        if not isinstance(told, str):
            raise ProviderError("the service gave no identity")
        return told

    def _claims(self, identity: str, token: str, now: datetime) -> Mapping[str, Any]:
        keys = _asked(self._known("jwks_uri")).get("keys", [])
        wanted = JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": _derived("nonce", token)},
        )
        try:
            claims = decode(identity, KeySet.import_key_set({"keys": keys}), algorithms=_SIGNED_BY).claims
            wanted.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderError(f"the identity is not to be trusted: {error!r}") from error
        if claims["aud"] not in (self.client, [self.client]) and claims.get("azp") != self.client:
            raise ProviderError("the identity is for another program as well")
        return claims

    def _known(self, name: str) -> str:
        """An address that the service tells of itself; asked each time, so that a change needs no restart."""
        told = _asked(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self.issuer or not isinstance(told.get(name), str):
            raise ProviderError(f"{self.issuer} tells no {name} of itself")
        return str(told[name])


def _derived(purpose: str, token: str) -> str:
    return hashlib.sha256(f"provider {purpose}:{token}".encode()).hexdigest()


def _asked(
    url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The object that an address answers with; redirections are not followed."""
    try:
        with PoolManager(timeout=_SECONDS, retries=False) as pool:
            if form is None:
                answer = pool.request("GET", url, redirect=False)
            else:
                sent = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
                answer = pool.request("POST", url, body=urlencode(form), headers=sent, redirect=False)
        found = json.loads(answer.data)
    except (HTTPError, ValueError) as error:
        raise ProviderError(f"{url}: {error!r}") from error
    if answer.status != 200 or not isinstance(found, dict):  # noqa: PLR2004 - of HTTP
        raise ProviderError(f"{url} answered {answer.status}")
    return found
