"""What happened in the week or month of a report."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from config.months import Period

Moment = ColumnElement[datetime] | InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


def in_period(moment: Moment, period: Period) -> ColumnElement[bool]:
    """Whether `moment` lies in `period`."""
    return and_(moment >= period.start, moment < period.end)
