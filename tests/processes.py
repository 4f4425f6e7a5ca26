"""Real processes for tests that kill them: forks of one that has imported everything and opened nothing."""

from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.consumers.pipeline", "tests.events.worker"])


def start(main: Callable[..., None], *arguments: object) -> ForkServerProcess:
    """A process that runs `main`, a function of a module, with the arguments as strings."""
    process = _CONTEXT.Process(target=main, args=tuple(map(str, arguments)))
    process.start()
    return process


def end(process: ForkServerProcess) -> int | None:
    """The exit status of `process`, which must end by itself now."""
    process.join(60)
    return process.exitcode
