from pathlib import Path

import pytest

from config.settings import SettingsError
from events.connect import open_log


def test_the_embedded_log_is_opened_in_its_file(tmp_path: Path) -> None:
    log = open_log("embedded:", file=tmp_path / "events.db")
    log.ensure_topics(["t"], partitions=1)
    log.close()
    assert (tmp_path / "events.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "redis://localhost",
        "embedded",
        "embedded:/elsewhere",
        "kafka:",
        "kafka://",
        "kafka://host",
        "kafka://host:x",
        "kafka://a:1,b",
        "kafka://a:1/x/y",
        "kafka://a:1/x y",
    ],
)
def test_an_unknown_url_names_the_setting(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="QINGDAN_EVENTS_URL"):
        open_log(url, file=tmp_path / "events.db")
