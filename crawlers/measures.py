"""What a run measures of the postings it reads: how many, how many gave nothing, which fields are filled."""

from collections import Counter
from typing import Final, get_args

from crawlers.expect import Filled
from crawlers.items import Refused
from crawlers.posting import Posting
from events.types import JobAd
from store.run_profiles import Profile

_FIELDS: Final = get_args(Filled)


class Measures:
    """The counts of one run."""

    def __init__(self) -> None:
        self.postings = 0
        self.misread = 0
        """What was fetched and gave no posting, without the board saying that it has ended."""
        self.filled: Counter[str] = Counter()

    def posting(self, found: Posting | JobAd) -> None:
        self.postings += 1
        self.filled.update(name for name in _FIELDS if getattr(found, name) not in (None, "", "unknown"))

    def refused(self, item: Refused) -> None:
        self.misread += item.fetched and not item.gone

    def profile(self, *, ads: int, accepted: int) -> Profile:
        """How the run measured, with `ads` on the board and `accepted` ones new or changed."""
        return Profile(
            ads=ads,
            accepted=accepted,
            postings=self.postings,
            rejected=self.misread,
            filled=dict(self.filled),
        )
