"""The topics, by name. Each is created with `QINGDAN_PARTITIONS` partitions."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

COLLECTED: Final = "ads.collected"
"""JobAd events, keyed by ad id, contacts masked."""
CHECKED: Final = "ads.checked"
"""CheckedAd events, keyed by ad id."""
DEAD: Final = "ads.dead"
"""DeadLetter events, keyed by their own id: whatever no stage could handle."""

ALL: Final = (COLLECTED, CHECKED, DEAD)

RETENTION: Final[Mapping[str, timedelta]] = {COLLECTED: timedelta(days=90), CHECKED: timedelta(days=90)}
"""How long Kafka keeps a topic's events: longer than any outage, or any backup of the database, is old.

A topic that is not named here is kept for ever: nobody else has what is in a dead letter. The embedded log
keeps everything until `qingdan log trim`.
"""
