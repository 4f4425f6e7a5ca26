"""Choosing the log by its URL: the one place that knows every implementation."""

from pathlib import Path

from config.settings import SettingsError
from events.embedded import EmbeddedLog
from events.log import Log


def open_log(url: str, *, file: Path) -> Log:
    """The log at `url`; `file` is where the embedded one keeps its state.

    Raises:
        SettingsError: no implementation for the URL's scheme.
    """
    if url == "embedded:":
        return EmbeddedLog(file)
    raise SettingsError(f"QINGDAN_EVENTS_URL: {url!r} is no event log I know; use embedded:")
