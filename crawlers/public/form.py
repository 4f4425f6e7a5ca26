"""Reports as a page hands them in, and what it may tell about one."""

import logging
from collections.abc import Mapping
from typing import Final

from fastapi import HTTPException
from sqlalchemy import Engine

from crawlers.public.desk import ReportDesk
from crawlers.public.report import report_of
from crawlers.public.status import told
from events.log import NotDelivered
from store.database import snapshot
from store.public_reports import UnknownReceipt
from store.report_standings import standing_of

_log: Final = logging.getLogger(__name__)


def take_report(desk: ReportDesk, fields: Mapping[str, str]) -> str:
    """Take in the report that the fields of a form make; gives its receipt.

    Raises:
        ReportError: they make none; says why.
        HTTPException: 503, neither the log nor the database has room; nothing was taken in.
    """
    report = report_of(fields)
    if report.homepage:
        # A program filled in what no person sees. It gets the answer it expects, and learns nothing.
        _log.info("a report by a program was left out")
        return desk.token()
    try:
        return desk.take(report, channel="web").receipt
    except NotDelivered as error:
        raise HTTPException(503, "no room at the moment", {"Retry-After": "60"}) from error


def report_told(engine: Engine, receipt: str) -> str:
    """Where the report with this receipt stands, in Chinese; empty where there is none."""
    try:
        with snapshot(engine) as session:
            return told(standing_of(session, receipt))
    except UnknownReceipt:
        return ""
