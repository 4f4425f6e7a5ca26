"""What kept bytes look like: drawn by Chromium, without network, script or pictures.

The page is given to the browser by a server on this machine that answers with the kept bytes, in the encoding
they were received in, under a policy that forbids all else; every other name leads nowhere.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final

from PIL import Image, ImageChops

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
MAX_SECONDS: Final = 120
_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_WIDTH, _HEIGHT = 1366, 10_000
_MARGIN: Final = 20
_SWITCHES: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
    # No name is looked up, and no proxy asked: nothing but our own server can be reached.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-proxy-server",
    f"--window-size={_WIDTH},{_HEIGHT}",
)


def browser() -> str | None:
    """The browser of this machine; None where there is none."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def screenshot(program: str, page: bytes, charset: str) -> bytes | None:
    """A PNG of `page`, which is HTML, as far down as it goes; None where the browser cannot draw it."""
    with TemporaryDirectory() as folder, _served(page, charset) as address:
        picture = Path(folder) / "page.png"
        if not _drawn(program, address, picture):
            return None
        return _cropped(picture.read_bytes())


def _drawn(program: str, address: str, picture: Path) -> bool:
    # As root the browser starts only without its own sandbox; that of the policy remains.
    unconfined = ("--no-sandbox",) if os.geteuid() == 0 else ()
    profile = picture.parent / "profile"
    places = (f"--user-data-dir={profile}", f"--screenshot={picture}")
    command = [program, *_SWITCHES, *unconfined, *places, address]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MAX_SECONDS, check=False)  # noqa: S603 - no shell, an address of ours
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and picture.exists()


def _cropped(png: bytes) -> bytes:
    """Without the empty part below the page."""
    with Image.open(BytesIO(png)) as opened:
        image = opened.convert("RGB")
    ground = Image.new("RGB", image.size, image.getpixel((image.width - 1, image.height - 1)))
    drawn = ImageChops.difference(image, ground).getbbox()
    bottom = min(image.height, (drawn[3] if drawn else 0) + _MARGIN)
    cropped = BytesIO()
    image.crop((0, 0, image.width, bottom)).save(cropped, "PNG")
    return cropped.getvalue()


@contextmanager
def _served(page: bytes, charset: str) -> Iterator[str]:
    """The address at which this machine gives `page`, and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"text/html; charset={charset}" if charset else "text/html")
            self.send_header("Content-Security-Policy", _POLICY)
            self.end_headers()
            if found:
                self.wfile.write(page)

        def log_message(self, *_given: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
