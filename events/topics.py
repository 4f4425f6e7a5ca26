"""The topics, by name. Each is created with `QINGDAN_PARTITIONS` partitions."""

from typing import Final

COLLECTED: Final = "ads.collected"
"""JobAd events, keyed by ad id, contacts masked."""
CHECKED: Final = "ads.checked"
"""CheckedAd events, keyed by ad id."""
DEAD: Final = "ads.dead"
"""DeadLetter events: whatever no stage could handle."""

ALL: Final = (COLLECTED, CHECKED, DEAD)
