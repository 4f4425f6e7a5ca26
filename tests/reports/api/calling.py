"""A program that calls the interface."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.processes import PATIENCE


@dataclass(frozen=True)
class Told:
    status: int
    headers: Mapping[str, str]
    """By name, in small letters."""
    content: bytes

    @property
    def media_type(self) -> str:
        return self.headers["content-type"]

    @property
    def text(self) -> str:
        """Of what is no text, what can be read as such."""
        return self.content.decode(errors="replace")

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def fields(self) -> list[str]:
        """What a refusal finds fault with."""
        return [each["field"] for each in self.body["errors"]]


@dataclass(frozen=True)
class Program:
    base: str
    token: str

    def get(self, path: str) -> Told:
        return self.send("GET", path)

    def post(self, path: str, **body: object) -> Told:
        return self.send("POST", path, json.dumps(body).encode())

    def act(
        self, number: str, action: str, key: str = "1", asked: dict[str, str] | None = None, why: str = "属实"
    ) -> Told:
        body = {"why": why, "asked": asked or {}}
        return self.send(
            "POST", f"/cases/{number}/actions/{action}", json.dumps(body).encode(), idempotency_key=key
        )

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Told:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        given |= {"Content-Type": "application/json"} if body is not None else {}
        given |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        request = Request(f"{self.base}/v1{path}", data=body, headers=given, method=method)
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return Told(answer.status, _lower(answer.headers), answer.read())
        except HTTPError as error:
            with error:
                return Told(error.code, _lower(error.headers), error.read())


def _lower(headers: Message) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}
