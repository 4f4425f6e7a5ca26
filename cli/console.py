"""`qingdan console`: the pages on which people work with cases."""

import secrets
from typing import Final

import click

from cli.wiring import open_database
from config.clock import now_in_china
from config.settings import settings

TOKEN_BYTES: Final = 32


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; TLS is for a proxy."
)
@click.option("--port", default=8800, show_default=True, type=click.IntRange(0, 65535))
def command(host: str, port: int) -> None:
    """Serve the console until Ctrl-C; who may log in is set by `qingdan accounts`."""
    # Imported here only: the other commands need not wait for it.
    import uvicorn

    from config.catalogue.loader import load
    from nlp.rules import CATALOGUE
    from reports.console.app import console
    from reports.console.gate import Desk

    engine = open_database()
    desk = Desk(engine, load(settings().rules / CATALOGUE), now_in_china, _new_token)
    try:
        uvicorn.run(
            console(desk), host=host, port=port, log_config=None, server_header=False, access_log=False
        )
    finally:
        engine.dispose()


def _new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)
