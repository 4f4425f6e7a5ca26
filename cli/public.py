"""`qingdan public`: the pages and the interface for everybody."""

from functools import partial
from typing import Unpack

import click

from cli.public_reports import new_receipt, report_desk
from cli.serving import Where, listens, serve
from cli.wiring import open_database, open_log_to_fill
from config.clock import now_in_china
from config.settings import settings
from config.tables import DataError


@click.command()
@listens(8600)
def command(**where: Unpack[Where]) -> None:
    """Serve the public pages until Ctrl-C; nobody logs in there."""
    # Imported here only: the other commands need not wait for it.
    from crawlers.public.desk import Receipts
    from crawlers.public.form import report_told, take_report
    from crawlers.public.objection import take_objection
    from nlp.reader import Reader
    from nlp.rules import Rules
    from reports.public.app import public
    from reports.public.gate import Desk, Intake

    try:
        reader = Reader(Rules.load(settings().rules))
    except DataError as error:
        raise click.ClickException(str(error)) from error
    receipts = Receipts(partial(new_receipt, "YY"), settings().contact_days)
    engine, log = open_database(), open_log_to_fill()
    reports = report_desk(engine, log)
    intake = Intake(
        partial(take_objection, engine, receipts),
        partial(take_report, reports),
        partial(report_told, engine),
    )
    try:
        serve(public(Desk(engine, reader, now_in_china, intake)), where)
    finally:
        reports.close()
        log.close()
        engine.dispose()
