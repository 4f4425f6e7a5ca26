"""When reports are due: the week on the Monday after it, the month on the first day after it, at 08:00."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from config.months import Month, Period
from config.weeks import Week

AT: Final = timedelta(hours=8)
"""After midnight in China."""
MADE_UP: Final = 8
"""So many missed weeks or months are made up; whoever wants older ones issues them by hand."""


def due(kind: type[Week] | type[Month], now: datetime, issued: Collection[Period]) -> list[Period]:
    """The weeks or months that are due at `now`, oldest first, and not among those that were `issued`.

    What lies before the first that was issued nobody waits for; where none was, only the newest is due.
    """
    newest = kind.of(now - AT).before(1)
    begun = min((period.start for period in issued if isinstance(period, kind)), default=newest.start)
    latest = [newest.before(distance) for distance in reversed(range(MADE_UP))]
    return [period for period in latest if period.start >= begun and period not in issued]
