"""Processes of their own for spiders: forks of a server that has imported Scrapy and opened nothing.

Importing Scrapy takes longer than the whole visit to a small board. The server does it once; it ends with
the process that it serves.
"""

import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Final

from config.settings import settings

PRELOADED: Final = (
    "crawlers.run", "crawlers.process", "crawlers.robots", "crawlers.backoff", "crawlers.stops",
    "crawlers.throttle", "crawlers.spiders.jsonld_sitemap", "crawlers.spiders.listing",
    "crawlers.spiders.notices", "crawlers.spiders.probe", "crawlers.spiders.reported",
    "crawlers.spiders.recheck",
    # What Scrapy imports only when it makes a crawler, and takes longest.
    "scrapy.core.downloader.handlers.http11", "scrapy.downloadermiddlewares.cookies",
    "scrapy.extensions.feedexport", "scrapy.extensions.remote_control",
)  # fmt: skip
_CONTEXT: Final = get_context("forkserver")
_CONTEXT.set_forkserver_preload(list(PRELOADED))
_ERRORS: Final = 2
"""The file descriptor of standard error."""


def start(main: Callable[..., None], *arguments: object) -> tuple[ForkServerProcess, Connection]:
    """A process that runs `main(*arguments, connection)`, and where to receive what it sends.

    `main` is a module's function. The process has our environment and standard error of this moment, not
    those of the moment when the server began. It ends with ours.
    """
    ours, theirs = _CONTEXT.Pipe(duplex=False)
    with Connection(os.dup(_ERRORS), readable=False) as errors:
        given = (main, arguments, dict(os.environ), errors, theirs)
        process = _CONTEXT.Process(target=_run, args=given, daemon=True)
        process.start()
    theirs.close()
    return process, ours


def _run(
    main: Callable[..., None],
    arguments: tuple[object, ...],
    environment: Mapping[str, str],
    errors: Connection,
    connection: Connection,
) -> None:
    os.dup2(errors.fileno(), _ERRORS)
    errors.close()
    os.environ.clear()
    os.environ.update(environment)
    settings.cache_clear()
    main(*arguments, connection)
