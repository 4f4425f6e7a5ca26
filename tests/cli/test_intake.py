"""`qingdan intake`, as a process that publishers push to."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from click.testing import CliRunner

from cli.intake import command
from config.settings import ROOT
from tests.crawlers.serving import collected
from tests.processes import PATIENCE


def test_from_a_key_to_an_ad_in_the_log(home: Path) -> None:
    made = CliRunner().invoke(command, ["key", "add", "某人才网", "--source", "board-a"])
    token = made.stdout.strip()
    assert re.fullmatch(r"qd_[\w-]{43}", token)
    listed = CliRunner().invoke(command, ["key", "list"])
    assert "board-a  某人才网" in listed.output
    assert token not in listed.output
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [sys.executable, "-P", "-m", "cli", "intake", "serve", "--port", str(port)]
    environment = os.environ | {"QINGDAN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=environment, cwd=home, stderr=subprocess.PIPE) as server:
        request = Request(
            f"http://127.0.0.1:{port}/v1/ads",
            json.dumps({"ads": [{"id": "7", "text": "须持电工证"}]}).encode(),
            {"Authorization": f"Bearer {token}", "Idempotency-Key": "1"},
        )
        assert answered(request, server)["accepted"] == 1
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=PATIENCE) in (0, -signal.SIGTERM)
    assert [ad.source for ad in collected()] == ["board-a"]


def answered(request: Request, server: "subprocess.Popen[bytes]") -> dict[str, int]:
    """The answer to a request, once the server listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(request, timeout=PATIENCE) as answer:
                read: dict[str, int] = json.load(answer)
                return read
        except URLError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_an_unknown_key_cannot_be_revoked(home: Path) -> None:
    done = CliRunner().invoke(command, ["key", "revoke", "nobody"])
    assert done.exit_code == 2
    assert "no key nobody" in done.output
    assert home.is_dir()
