"""`qingdan public`: the pages and the interface for everybody."""

import click

from cli.wiring import open_database
from config.clock import now_in_china
from config.settings import settings
from config.tables import DataError


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; TLS is for a proxy."
)
@click.option("--port", default=8600, show_default=True, type=click.IntRange(0, 65535))
def command(host: str, port: int) -> None:
    """Serve the public pages until Ctrl-C; nobody logs in there."""
    # Imported here only: the other commands need not wait for it.
    import uvicorn

    from nlp.reader import Reader
    from nlp.rules import Rules
    from reports.public.app import public
    from reports.public.gate import Desk

    try:
        reader = Reader(Rules.load(settings().rules))
    except DataError as error:
        raise click.ClickException(str(error)) from error
    engine = open_database()
    try:
        # No access log: it would name the addresses of people who ask, report and object.
        uvicorn.run(
            public(Desk(engine, reader, now_in_china)),
            host=host, port=port, log_config=None, server_header=False, access_log=False,
        )  # fmt: skip
    finally:
        engine.dispose()
