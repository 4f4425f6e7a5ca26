"""A running interface for pushed ads and public reports, over a real HTTP server."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import uvicorn
from sqlalchemy import Engine
from starlette.types import ASGIApp

from config.settings import CHINA
from tests.processes import PATIENCE

NOW = datetime(2026, 11, 18, 10, 30, tzinfo=CHINA)
AD = {
    "id": "7",
    "title": "电工",
    "text": "须持电工证，电话13812345678",
    "city": "山东省济南市",
    "posted": "2026-11-01",
}


@dataclass(frozen=True)
class Service:
    """A running interface, whose keys are the names of their sources."""

    base: str
    engine: Engine

    def ask(
        self, path: str, body: object = None, method: str | None = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = Request(self.base + path, data=data, headers=headers, method=method)
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    def headers(self, path: str, body: object) -> tuple[int, Mapping[str, str]]:
        """Status and headers of an answer that refuses."""
        try:
            urlopen(Request(self.base + path, data=json.dumps(body).encode()), timeout=PATIENCE).close()
        except HTTPError as error:
            with error:
                return error.code, dict(error.headers.items())
        return 200, {}

    def push(self, *ads: object, name: str = "1", key: str = "board-a") -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": name}
        return self.ask("/v1/ads", {"ads": list(ads)}, **headers)

    def withdraw(self, ad_id: str, key: str = "board-a") -> tuple[int, dict[str, Any]]:
        return self.ask(f"/v1/ads/{quote(ad_id, safe='')}", method="DELETE", Authorization=f"Bearer {key}")


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    config = uvicorn.Config(app, port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def ticking() -> Callable[[], datetime]:
    """A clock that never shows the same moment twice."""
    seconds = count()
    return lambda: NOW + timedelta(seconds=next(seconds))
