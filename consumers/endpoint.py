"""Where a process tells how it is: `/health` for supervisors, `/metrics` for Prometheus.

A thread of its own answers, so that a stage that is stuck can be told from one that is gone.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from config.settings import SettingsError
from consumers.health import Watch
from consumers.metrics import House, StageMetrics


@contextmanager
def endpoint(
    address: str, watch: Watch, *, house: Callable[[], House | None], clock: Callable[[], datetime]
) -> Iterator[int]:
    """Answer at `address` (`host:port`) until the block ends; gives the port.

    Raises:
        SettingsError: nobody can listen there.
    """
    server = _server(address)
    registry = CollectorRegistry()
    metrics = StageMetrics()
    registry.register(metrics)

    def health() -> tuple[HTTPStatus, str, bytes]:
        now = clock()
        said = {health.stage: health.trouble(now) or "ok" for health in watch.latest}
        good = all(each == "ok" for each in said.values())
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        return status, "application/json", json.dumps(said, ensure_ascii=False).encode()

    def prometheus() -> tuple[HTTPStatus, str, bytes]:
        metrics.healths, metrics.now, metrics.house = watch.latest, clock(), house()
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry)

    server.RequestHandlerClass = _handler({"/health": health, "/metrics": prometheus})
    thread = Thread(target=server.serve_forever, name="endpoint", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _server(address: str) -> ThreadingHTTPServer:
    host, _, port = address.rpartition(":")
    try:
        return ThreadingHTTPServer((host.strip("[]"), int(port)), BaseHTTPRequestHandler)
    except (OSError, ValueError, OverflowError) as error:
        raise SettingsError(f"QINGDAN_METRICS: nobody can listen at {address!r}: {error}") from error


def _handler(
    answers: dict[str, Callable[[], tuple[HTTPStatus, str, bytes]]],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path not in answers:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            status, kind, body = answers[self.path]()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nobody wants to read that somebody asked."""

    return Handler
