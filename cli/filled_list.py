"""Reads the list of a platform notice that came back, from a file or from the console."""

from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from crawlers.intake.readers import read_rows
from crawlers.intake.rows import IntakeError
from crawlers.intake.source import open_source
from reports.notice.replies import FilledList, UnreadableListError
from reports.notice.reply_sheet import Problem
from store.intake import Refusal

MOST: Final = 5000
"""Rows; a notice has a tenth of that."""


def read_list(path: Path) -> FilledList:
    """The list in a file.

    Raises:
        UnreadableListError: it cannot be read, or has too many rows to be the list of a notice.
    """
    try:
        with open_source(path) as source:
            found = list(islice(read_rows(source), MOST + 1))
    except IntakeError as error:
        raise UnreadableListError(str(error)) from error
    if len(found) > MOST:
        raise UnreadableListError(f"{path}: more than {MOST} rows")
    unread = [Problem(each.place, each.field, each.reason) for each in found if isinstance(each, Refusal)]
    rows = [(each.place, each.cells) for each in found if not isinstance(each, Refusal)]
    return FilledList(path.suffix.lower(), path.read_bytes(), rows, tuple(unread))


def read_upload(suffix: str, content: bytes) -> FilledList:
    """The list that somebody uploaded; errors as of `read_list`."""
    with TemporaryDirectory(prefix="qingdan-") as folder:
        path = Path(folder) / f"list{suffix}"
        path.write_bytes(content)
        return read_list(path)
