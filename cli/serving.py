"""What `console`, `public` and `intake serve` share: where they listen, and which proxy they believe."""

from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

import click
from starlette.types import ASGIApp

Command = TypeVar("Command", bound=Callable[..., Any])


class Where(TypedDict):
    """The options of a server."""

    host: str
    port: int
    proxy: str


def listens(port: int) -> Callable[[Command], Command]:
    """Gives a command the options of a server, whose port is `port` unless told otherwise."""
    options = (
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
        click.option("--port", default=port, show_default=True, type=click.IntRange(0, 65535)),
        click.option(
            "--proxy",
            default="127.0.0.1",
            show_default=True,
            help="Addresses or networks, with commas between, of the proxy in front, which speaks TLS: "
            "its X-Forwarded-For counts.",
        ),
    )

    def with_options(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return with_options


def serve(app: ASGIApp, where: Where) -> None:
    """Serve until Ctrl-C. There is no access log: it would name the addresses of people who report ads."""
    import uvicorn  # here only: other commands need not wait for it

    uvicorn.run(
        app,
        host=where["host"],
        port=where["port"],
        forwarded_allow_ips=where["proxy"],
        log_config=None,
        server_header=False,
        access_log=False,
    )
