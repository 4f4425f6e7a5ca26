"""Real servers on this machine for the crawler's tests, which count what reaches them."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from sqlalchemy import Engine, select

from config.settings import CHINA, settings
from crawlers.board import Board
from crawlers.run import House
from events import topics
from events.connect import open_log as connect_log
from events.log import Log
from events.types import JobAd
from store.database import connect, transaction, upgrade
from store.models import Rejection, Run
from tests.certificates import self_signed


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[Callable[[bytes], object]], None] | None = None
    """Writes the body itself, for as long as it likes."""
    wait: float = 0
    """Seconds before it begins to answer."""


@dataclass(slots=True)
class Site:
    """A server's pages, and every path that was asked of it with the moment and the headers."""

    base: str
    answers: dict[str, Answer | list[Answer]]
    """By path; of a list, each request takes the next one, and the last one stays."""
    hits: list[tuple[str, float, Mapping[str, str]]] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    """The bodies of POST requests, whose answers stand under the path and the body."""

    @property
    def paths(self) -> list[str]:
        return [path for path, _, _ in self.hits]

    def sitemap(self, *paths: str, host: str = "") -> None:
        """Serve a sitemap that lists `paths`, with `host` in front instead of the site's own address."""
        entries = "".join(f"<url><loc>{host or self.base}{path}</loc></url>" for path in paths)
        self.answers["/sitemap.xml"] = Answer(f"<urlset>{entries}</urlset>".encode())

    def answer(self, path: str) -> Answer:
        found = self.answers.get(path, Answer(b"not here", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found

    def board(self, **changes: object) -> Board:
        host = self.base.removeprefix("http://").removeprefix("https://")
        fields: dict[str, object] = {
            "id": "test",
            "name": "测试",
            "engine": "jsonld-sitemap",
            "start": [f"{self.base}/sitemap.xml"],
            "hosts": [host],
            "delay": 0,
            "local": True,
        }
        return Board.model_validate(fields | changes)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawler that hangs up on an endless body is what the tests want."""


class _ServerV6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    wbufsize = -1
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.site.posted.append(body)
        self._answer(f"{self.path} {body.decode()}")

    def do_GET(self) -> None:
        self._answer(self.path)

    def _answer(self, asked: str) -> None:
        site = self.server.site
        site.hits.append((self.path, datetime.now(CHINA).timestamp(), dict(self.headers.items())))
        answer = site.answer(asked)
        if self._has_it(answer):
            answer = Answer(b"", 304, answer.headers)
        time.sleep(answer.wait)
        self.send_response(answer.status)
        headers = {"Content-Type": "text/html; charset=utf-8", **answer.headers}
        if answer.stream is None:
            headers["Content-Length"] = str(len(answer.body))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        if answer.stream is not None:
            answer.stream(self._write)
        else:
            self.wfile.write(answer.body)

    def _has_it(self, answer: Answer) -> bool:
        """Does the crawler say that it has this very version?"""
        asked = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        said = (
            self.headers.get(header) == answer.headers[name]
            for name, header in asked.items()
            if name in answer.headers
        )
        return any(said)

    def _write(self, piece: bytes) -> None:
        self.wfile.write(piece)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Tests read `Site.hits`."""


def unsigned(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that nobody vouches for."""
    key, certificate = self_signed()
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(secret + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@contextmanager
def serving(
    answers: Mapping[str, Answer | list[Answer]] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    at: tuple[str, int] = ("127.0.0.1", 0),
) -> Iterator[Site]:
    made, host = (_ServerV6, f"[{at[0]}]") if ":" in at[0] else (_Server, at[0])
    with made(at, _Handler) as server:
        scheme = "https" if tls else "http"
        site = Site(f"{scheme}://{host}:{server.server_address[1]}", dict(answers or {}))
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.site = site
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def posting_page(number: int) -> Answer:
    """A page with one posting."""
    node = (
        f'{{"@type": "JobPosting", "identifier": "{number}", "title": "岗位{number}", "description": "文字"}}'
    )
    return Answer(f'<script type="application/ld+json">{node}</script>'.encode())


def open_database() -> Engine:
    engine = connect(settings().database)
    upgrade(engine)
    return engine


def open_log() -> Log:
    log = connect_log(settings().events_url, file=settings().events_file)
    log.ensure_topics(topics.ALL, partitions=2)
    return log


HOUSE = House(open_database, open_log)


def collected() -> list[JobAd]:
    """Every ad that stands in the log, by its id at the source."""
    log = open_log()
    consumer = log.consumer("test", [topics.COLLECTED])
    ads: list[JobAd] = []
    while records := consumer.poll(max_records=500, timeout=0.2):
        ads += [JobAd.decode(record.value) for record in records]
    consumer.close()
    log.close()
    return sorted(ads, key=lambda ad: ad.source_ad_id)


def rejections() -> dict[str, str]:
    """The reason of each rejection, by place."""
    engine = open_database()
    with transaction(engine) as session:
        found = {row.place: row.reason for row in session.scalars(select(Rejection))}
    engine.dispose()
    return found


def runs() -> list[Run]:
    engine = open_database()
    with transaction(engine) as session:
        found = list(session.scalars(select(Run).order_by(Run.started_at)))
        session.expunge_all()
    engine.dispose()
    return found
