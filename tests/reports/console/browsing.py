"""A browser for tests of the console: it keeps cookies, and sends forms with what their page holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

from lxml import html

from tests.processes import PATIENCE

TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By name, in small letters."""
    text: str
    """Of what is no text, what can be read as such."""
    body: bytes

    @property
    def words(self) -> str:
        """What a reader sees."""
        return " ".join("".join(map(str, html.fromstring(self.text).itertext())).split())

    @property
    def place(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("location", "")


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        """Redirects are answers to look at."""


class Browser:
    def __init__(self, base: str) -> None:
        self.base = base
        # A browser takes this machine for secure; http.cookiejar has to be told.
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._opener: OpenerDirector = build_opener(_Stay, HTTPCookieProcessor(self.cookies))
        self.token = ""

    def get(self, path: str) -> Answer:
        return self.ask(Request(self.base + path))

    def post(self, path: str, **form: str) -> Answer:
        """Send a form with the token of the page that was last seen, unless another is given."""
        fields = {"token": self.token} | form
        return self.ask(Request(self.base + path, data=urlencode(fields).encode()))

    def upload(self, path: str, name: str, content: bytes, **form: str) -> Answer:
        """Send a form with a file, as browsers write it."""
        fields = {"token": self.token} | form
        edge = "----edge7MA4YWxk"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
            for field, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="list"; filename="{name}"'
        sort = "Content-Type: application/octet-stream"
        parts += [f"{head}\r\n{sort}\r\n\r\n".encode(), content, f"\r\n--{edge}--\r\n".encode()]
        headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
        return self.ask(Request(self.base + path, data=b"".join(parts), headers=headers))

    def send(self, path: str, body: bytes) -> Answer:
        return self.ask(Request(self.base + path, data=body))

    def log_in(self, name: str, password: str) -> Answer:
        self.get("/login")
        answer = self.post("/login", name=name, password=password)
        if answer.status == 303:
            self.get(answer.place)
        return answer

    @property
    def cookie(self) -> str:
        return next((each.value or "" for each in self.cookies), "")

    def ask(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return self._seen(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return self._seen(error.code, error.headers, error.read())

    def _seen(self, status: int, headers: Message, body: bytes) -> Answer:
        text = body.decode(errors="replace")
        if found := TOKEN.search(text):
            self.token = found[1]
        return Answer(status, {name.lower(): value for name, value in headers.items()}, text, body)
