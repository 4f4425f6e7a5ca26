"""Real processes for tests that kill them: forks of one that has imported everything and opened nothing."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from config.settings import ROOT
from crawlers.forks import PRELOADED

PATIENCE: Final = 180.0
"""Seconds that a test waits for what comes soon: a busy machine is no failure, and waiting costs nothing."""
_CONTEXT = get_context("forkserver")
# One server makes the processes of crawls, too.
_OURS = [
    "tests.crawlers.crawling",
    "tests.crawlers.serving",
    "tests.consumers.pipeline",
    "tests.events.worker",
]
_CONTEXT.set_forkserver_preload([*PRELOADED, *_OURS])


def start(main: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """A process that runs `main`, a function of a module, with the arguments as strings."""
    process = _CONTEXT.Process(target=main, args=tuple(map(str, arguments)))
    process.start()
    return process


def end(process: ForkServerProcess) -> int | None:
    """The exit status of `process`, which must end by itself now."""
    process.join(PATIENCE)
    return process.exitcode


def processor_seconds(pid: int) -> float:
    """What a process and its children that have ended used of the processor, in the system and outside it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # ended meanwhile: its parent has the time
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def output_of_run_until(done: Callable[[], bool]) -> str:
    """What `qingdan run`, a process of its own in this environment, says when asked to end once `done`."""
    process = subprocess.Popen(
        [ROOT / "qingdan", "run"], env=dict(os.environ), stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return output
