"""Which ids a file has used so far, on disk: a file of millions of rows must not fill memory."""

import hashlib
import sqlite3
from types import TracebackType
from typing import Self

from crawlers.posting import Posting


class SeenIds:
    """The ids of one file, each with its content and place, in a temporary database."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)  # a private file, gone when closed
        self._rows.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, content BLOB, place TEXT) WITHOUT ROWID")
        self._rows.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._rows.close()

    def collision(self, posting: Posting) -> str:
        """The place that used the posting's id for other content; empty if there is none."""
        identity = _digest(posting.source, posting.source_ad_id)
        content = _digest(
            posting.title, posting.text, posting.company, posting.city, posting.posted, posting.salary
        )
        values = (identity, content, posting.place.encode(errors="replace").decode())
        if self._rows.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", values).rowcount:
            return ""
        known = self._rows.execute("SELECT content, place FROM seen WHERE id = ?", (identity,)).fetchone()
        return "" if known[0] == content else known[1]


def _digest(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(errors="surrogatepass"), digest_size=16).digest()
