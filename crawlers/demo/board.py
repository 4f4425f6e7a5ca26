"""The demo board's web server: 127.0.0.1, a free port, standard library only."""

import gzip
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from crawlers.demo import pages
from crawlers.demo.ads import DemoAd, load_ads

GONE: Final = "/job/gone.html"
"""Listed in the sitemap, yet answered with 404."""
FAIR: Final = "/news/fair.html"
"""A page without a posting."""
CUT_OFF: Final = "/job/cut-off.html"
"""A page whose JSON-LD breaks off."""
COPY: Final = "/job/copy-of-first.html"
"""The first ad once more under another address."""

_ROBOTS: Final = "User-agent: *\nDisallow: /admin/\nSitemap: {base}/sitemap.xml\n"


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    content_type: str


def site(base: str, ads: Iterable[DemoAd]) -> dict[str, Page]:
    """Every page of the board, by path; `base` is the board's own address."""
    listed = list(ads)
    paths = {f"/job/{ad.id}.html": ad for ad in listed}
    first = listed[0]
    html = {path: pages.page_of(ad) for path, ad in paths.items()}
    html |= {COPY: html[f"/job/{first.id}.html"], FAIR: pages.fair_page(), CUT_OFF: pages.cut_off_page(first)}
    html["/"] = pages.index_page((path, ad.title) for path, ad in paths.items())
    # The encoding of a page is declared in the page only, as on many boards.
    found = {path: Page(body, "text/html") for path, body in html.items()}
    half = len(paths) // 2
    locations = [base + path for path in [*paths, COPY, FAIR, CUT_OFF, GONE]]
    return found | {
        "/robots.txt": Page(_ROBOTS.format(base=base).encode(), "text/plain; charset=utf-8"),
        "/sitemap.xml": _xml(_index([f"{base}/sitemap-1.xml", f"{base}/sitemap-2.xml.gz"])),
        "/sitemap-1.xml": _xml(_urlset(locations[:half])),
        "/sitemap-2.xml.gz": Page(gzip.compress(_urlset(locations[half:]), mtime=0), "application/gzip"),
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    pages: Mapping[str, Page]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet: in two, the second waits for the first one's delayed acknowledgement.
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)
        found = page or Page("<h1>404</h1><p>页面不存在</p>".encode(), "text/html; charset=utf-8")
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", found.content_type)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        self.wfile.write(found.body)

    def log_message(self, *_: object) -> None:
        """Keep quiet: the demo's own progress is what people look at."""


@contextmanager
def serve(ads: Iterable[DemoAd] | None = None) -> Iterator[str]:
    """Serve the board while the context lasts; yields its address, `http://127.0.0.1:PORT`."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        server.pages = site(base, load_ads() if ads is None else ads)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield base
        finally:
            server.shutdown()
            thread.join()


def _index(locations: Iterable[str]) -> bytes:
    return _listing("sitemapindex", "sitemap", locations)


def _urlset(locations: Iterable[str]) -> bytes:
    return _listing("urlset", "url", locations)


def _listing(root: str, entry: str, locations: Iterable[str]) -> bytes:
    entries = "".join(f"<{entry}><loc>{escape(location)}</loc></{entry}>\n" for location in locations)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</{root}>\n'
    ).encode()


def _xml(body: bytes) -> Page:
    return Page(body, "application/xml")
