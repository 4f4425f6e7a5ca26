"""An account service of an organisation (OpenID Connect), as a real server that checks what it is asked."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc.jwk import KeySet, RSAKey
from joserfc.jwt import encode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.factory import Clock

CLIENT, SECRET = "qingdan", "s3cret:with/signs"
_BASIC = base64.b64encode(b"qingdan:s3cret%3Awith%2Fsigns").decode()


def new_key(name: str = "1") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name})


@dataclass
class Service:
    """Whoever asks is `person`; tests change what it signs, how, and with what."""

    clock: Clock
    person: str = "王初核"
    base: str = ""
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "1"})
    key: RSAKey = field(default_factory=new_key)
    published: RSAKey | None = None
    """The key that it shows, where that is not the one with which it signs."""
    change: Callable[[dict[str, Any]], dict[str, Any]] = dict
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was asked for, by the code that was given for it; each code is good once."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._about),
                Route("/authorize", self._authorize),
                Route("/token", self._token, methods=["POST"]),
                Route("/keys", self._keys),
            ]
        )

    def _about(self, _request: Request) -> Response:
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return JSONResponse({"issuer": self.base} | {name: self.base + at for name, at in places.items()})

    def _keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.published or self.key]).as_dict(private=False))

    def _authorize(self, request: Request) -> Response:
        code = secrets.token_urlsafe()
        self.told[code] = dict(request.query_params)
        answer = {"code": code, "state": request.query_params["state"], "iss": self.base}
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(answer)}", 302)

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.told.pop(form["code"], {})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        is_right = (
            form["grant_type"] == "authorization_code"
            and asked.get("code_challenge") == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            and asked["redirect_uri"] == form["redirect_uri"]
            and request.headers["authorization"] == f"Basic {_BASIC}"
        )
        if not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"token_type": "Bearer", "access_token": "a", "id_token": self._signed(asked)})

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.base,
            "aud": asked["client_id"],
            "sub": "1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": self.person,
        }
        return encode(self.header, self.change(claims), self.key)
