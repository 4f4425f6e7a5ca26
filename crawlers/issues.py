"""The issues file of a run, in JSON Lines: what a person should look at, each thing once with a count."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from config.settings import settings
from crawlers.masking import mask

MOST: Final = 1000
"""Different issues that a file holds; those beyond are counted together."""
EXAMPLE: Final = 200
"""Characters of an example."""

Level = Literal["error", "warning", "signal"]
_ORDER: Final[tuple[Level, ...]] = ("error", "warning", "signal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing, where it was met first."""

    level: Level
    """error: ads may be missing or are held; warning: something gave no ad; signal: something new."""
    kind: str
    """lost | rejected | unusable | unknown-field | expectation | fall | more"""
    message: str
    field: str = ""
    url: str = ""
    place: str = ""
    """Within the document, or the file's line."""
    example: str = ""
    """Contacts masked."""


class Issues:
    """The issues of one run."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str, str], int] = {}
        self._first: dict[tuple[str, str, str, str], Issue] = {}
        self._more = 0

    def note(self, issue: Issue, *, times: int = 1) -> None:
        """Count an issue; one of the same kind, field and message is the same."""
        key = (issue.level, issue.kind, issue.field, issue.message)
        if key not in self._first and len(self._first) >= MOST:
            self._more += times
            return
        self._first.setdefault(key, issue)
        self._counts[key] = self._counts.get(key, 0) + times

    def lines(self) -> Iterator[dict[str, object]]:
        """All issues, the gravest first and of these the most frequent, with their counts."""
        ordered = sorted(
            self._first, key=lambda key: (_ORDER.index(self._first[key].level), -self._counts[key])
        )
        for key in ordered:
            yield asdict(_masked(self._first[key])) | {"count": self._counts[key]}
        if self._more:
            more = Issue(level="warning", kind="more", message=f"beyond {MOST} different issues")
            yield asdict(more) | {"count": self._more}

    def write(self, file: Path) -> None:
        """Write the file whole; without issues it is empty, so that its absence means something too."""
        file.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines())
        part = file.with_suffix(".part")
        part.write_text(text, encoding="utf-8", errors="backslashreplace")
        part.replace(file)


def _masked(issue: Issue) -> Issue:
    return Issue(
        **asdict(issue)
        | {"message": mask(issue.message)[0], "example": mask(issue.example[: 4 * EXAMPLE])[0][:EXAMPLE]}
    )


def issues_file(run_id: str) -> Path:
    """Where the issues of a run are kept, under the home folder."""
    return settings().home / "runs" / run_id / "issues.jsonl"
