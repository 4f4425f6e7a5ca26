"""A receiver over HTTP for tests: a real server that honours keys, and fails in every way."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from consumers import receiver as receivers
from consumers.receiver import receiver_at

SECONDS = 0.5
INSIDE = ("127.0.0.1",)
"""Hosts that may lie in the house, as an operator names them."""


class Receiver:
    """A server that honours keys, and answers in the way that `behave` says."""

    def __init__(self) -> None:
        self.taken: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.behave: Callable[[Handler], None] = accept
        self.authorizations: set[str | None] = set()
        self.headers: list[dict[str, str]] = []
        """Of each request, by name in small letters."""
        self.url = ""
        self.paths: list[str] = []
        self.answer = b""

    @property
    def place(self) -> receivers.Receiver:
        """As the settings name it."""
        return receiver_at(self.url, setting="WEBHOOK", inside=INSIDE)

    def take(self, key: str, body: bytes) -> None:
        self.taken.setdefault(key, body)


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.asked.append(self.headers["Idempotency-Key"])
        self.receiver.authorizations.add(self.headers["Authorization"])
        self.receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
        self.receiver.paths.append(self.path)
        self.receiver.behave(self)

    def take(self) -> None:
        self.receiver.take(self.headers["Idempotency-Key"], self.body)

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(self.receiver.answer)))
        self.end_headers()
        self.wfile.write(self.receiver.answer)

    def log_message(self, *_arguments: object) -> None: ...


def accept(handler: Handler) -> None:
    handler.take()
    handler.answer(201)


def fail(handler: Handler) -> None:
    handler.answer(500)


def ask_for_patience(handler: Handler) -> None:
    handler.answer(429, Retry_After="1")


def hang_up(handler: Handler) -> None:
    handler.connection.close()


def take_and_hang_up(handler: Handler) -> None:
    handler.take()
    handler.connection.close()


def take_and_say_nothing(handler: Handler) -> None:
    handler.take()
    time.sleep(3 * SECONDS)


def drip(handler: Handler) -> None:
    """Answer so slowly that no single piece is late."""
    with_a_long_header = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100
    for byte in with_a_long_header:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(SECONDS / 5)


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    handler = type("Handler", (Handler,), {"receiver": receiver})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.daemon_threads = True
        server.block_on_close = False
        receiver.url = f"http://127.0.0.1:{server.server_port}/alerts?county=1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
