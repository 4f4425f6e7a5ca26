"""Labelled ads: what a real ad asks for, told by reading it. The ads themselves stay outside the project.

A file of `tests/nlp/labels/` holds ids, offsets and a fingerprint, and no text; the gold file that came with
the ads and those of the made-up ads hold the text too. All use the terms of the labelling guide beside the
ads, on 2024-06-01.
"""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from config.settings import ROOT
from events.types import FieldName, Kind, Strength

DAY: Final = date(2024, 6, 1)
"""The day whose law the labels follow."""
FOLDER: Final = ROOT / "tests" / "nlp" / "labels"
MADE_UP: Final = tuple(
    FOLDER / f"{name}.jsonl" for name in ("trades", *(f"trades_{number}" for number in range(2, 12)))
)
"""Ads written for the project, over trades that the real ones lack; the only files here that hold texts."""
GOLD: Final = Path("gold") / "dev.jsonl"
_ID_STARTS: Final = '{"id": "'


class LabelError(ValueError):
    """A label file that does not fit the ads; the message names the file and the ad."""


class Marked(Protocol):
    """What a label and a mention of the reader have in common."""

    @property
    def field(self) -> FieldName: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def strength(self) -> Strength: ...


class Mark(BaseModel):
    """One credential in an ad; `start` and `end` count characters of the field, end exclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    field: FieldName
    start: int
    end: int
    kind: Kind
    strength: Strength


class Labels(BaseModel):
    """The labels of one ad: one line of a label file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str
    leasing: bool
    mentions: tuple[Mark, ...]
    sha: str
    """The first 12 hex digits of SHA-256 over title, line feed and text."""
    draw: Literal["rich", "cue", "trade", "random"] | None = None
    """What it was drawn by: a word for papers, a rare cue beside one, its trade or publisher, or chance."""


@dataclass(frozen=True, slots=True)
class LabelledAd:
    title: str
    text: str
    leasing: bool
    mentions: tuple[Mark, ...]


def fingerprint(title: str, text: str) -> str:
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:12]


def labels_in(path: Path) -> list[Labels]:
    """The rows of a label file.

    Raises:
        LabelError: a row is no label of this form.
    """
    rows = []
    for number, line in enumerate(_lines(path), start=1):
        try:
            rows.append(Labels.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise LabelError(f"{path.name}, line {number}: {where}: {first['msg']}") from error
    return rows


def _lines(path: Path) -> list[str]:
    # Ads hold line separators of Unicode within their texts, so only line feeds end a row.
    return path.read_text(encoding="utf-8").strip("\n").split("\n")


def texts_of(ids: Iterable[str], folder: Path) -> dict[str, tuple[str, str]]:
    """Title and text of the ads with these ids in the `*.jsonl.gz` files of `folder`."""
    wanted = set(ids)
    found = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                # Only a few in a hundred thousand are wanted, so the others are not parsed.
                if line[len(_ID_STARTS) :].partition('"')[0] in wanted:
                    ad = json.loads(line)
                    found[ad["id"]] = (ad["title"] or "", ad["text"] or "")
    return found


def labelled(path: Path, texts: dict[str, tuple[str, str]]) -> list[LabelledAd]:
    """The ads of a label file with their texts.

    Raises:
        LabelError: an ad is missing, or its text is not the one that was labelled.
    """
    ads = []
    for row in labels_in(path):
        title, text = texts.get(row.id, ("", ""))
        if fingerprint(title, text) != row.sha:
            raise LabelError(f"{path.name}: {row.id}: this text is not the one that was labelled")
        ads.append(LabelledAd(title, text, row.leasing, row.mentions))
    return ads


def gold(path: Path) -> list[LabelledAd]:
    """The ads of a gold file, which holds texts and more about each mention than is scored."""
    rows = [json.loads(line) for line in _lines(path)]
    return [
        LabelledAd(row["title"], row["text"], row["leasing"], tuple(_mark(m) for m in row["mentions"]))
        for row in rows
    ]


def _mark(mention: dict[str, object]) -> Mark:
    return Mark.model_validate({name: mention[name] for name in Mark.model_fields})


def label_files() -> list[Path]:
    """The files of `FOLDER` whose ads stay outside the project, such as `tuning` and `held_out`."""
    return sorted((path for path in FOLDER.glob("*.jsonl") if path not in MADE_UP), reverse=True)


def sets(shared: Path) -> dict[str, list[LabelledAd]]:
    """Every labelled set by name: `dev`, which rules were mended on, those of `FOLDER`, the made-up last."""
    files = label_files()
    texts = texts_of((row.id for path in files for row in labels_in(path)), shared / "ads")
    outside = {path.stem: labelled(path, texts) for path in files}
    return {"dev": gold(shared / GOLD)} | outside | {path.stem: gold(path) for path in MADE_UP}
