"""The clock of the house."""

from datetime import datetime

from config.settings import CHINA


def now_in_china() -> datetime:
    """This moment, in China's time zone."""
    return datetime.now(CHINA)
