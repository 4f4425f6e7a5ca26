"""Kept pages are drawn by a real browser that reaches nothing and runs nothing."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread
from zipfile import ZipFile

import pytest
from PIL import Image

from reports.pack.build import Draw
from reports.pack.screenshot import browser, screenshot
from tests.reports.pack.conftest import NUMBER, PAGE, Pack
from tests.services import missing

RED = (255, 0, 0)
PLAIN = "<style>body{background:#0000ff}</style><h1>须持有会计从业资格证</h1>"


@pytest.fixture
def program() -> str:
    found = browser()
    if found is None:
        missing("no chromium on this machine")
    return found


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """What a server on this machine was asked for; the first of the list is its address."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_given: object) -> None:
            """Nobody reads it."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        paths.append(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield paths
        server.shutdown()
        thread.join()


def colours(png: bytes | None) -> set[tuple[int, ...]]:
    assert png is not None
    with Image.open(BytesIO(png)) as image:
        assert image.width == 1366
        assert image.height < 1000, "what is empty below is cut off"
        return {colour for _, colour in image.convert("RGB").getcolors(1 << 24) or []}  # type: ignore[misc]


def test_a_hostile_page_is_drawn_without_script_pictures_or_network(program: str, asked: list[str]) -> None:
    page = f"""{PLAIN}<script>document.body.style.background = "#ff0000"</script>
        <meta http-equiv="refresh" content="0;url={asked[0]}/refresh">
        <img src="{asked[0]}/img" onerror="document.body.style.background = '#ff0000'">
        <link rel="stylesheet" href="{asked[0]}/css"><iframe src="{asked[0]}/frame"></iframe>
        <style>@import url("{asked[0]}/import"); h1 {{ background: url("{asked[0]}/background") }}</style>"""
    drawn = colours(screenshot(program, page.encode("gb18030"), "gb18030"))
    assert (0, 0, 255) in drawn
    assert RED not in drawn
    assert asked[1:] == []


def test_what_is_no_browser_draws_nothing() -> None:
    assert screenshot("/bin/false", PLAIN.encode(), "utf-8") is None


def test_a_pack_holds_the_picture_of_the_page_alone(pack: Pack) -> None:
    pages: list[tuple[bytes, str]] = []

    def draw(page: bytes, charset: str) -> bytes:
        pages.append((page, charset))
        return b"PNG"

    drawing: Draw = draw
    with pack(draw=drawing) as (_, file), ZipFile(file) as archive:
        pictures = [name for name in archive.namelist() if name.startswith(f"{NUMBER}/screenshots/")]
        assert [archive.read(name) for name in pictures] == [b"PNG"]
    assert pages == [(PAGE, "gb18030")]
