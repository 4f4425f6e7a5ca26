"""`qingdan check [FILE|-]`: judges one ad as text, or many as JSON lines, and says why."""

import codecs
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, Self, get_args

import click
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from config.clock import now_in_china
from config.settings import settings
from config.tables import DataError
from events.types import PosterType, Reading
from nlp.explanation import explain, explain_silence
from nlp.reader import Reader
from nlp.rules import Rules

_FOUND_TROUBLE: Final = 1
_LINE_FILES: Final = (".jsonl", ".ndjson")
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MENTION_FIELDS: Final = (
    "field", "start", "end", "kind", "strength", "name", "qualification", "verdict",
    "cue", "rule", "basis", "edition", "quote", "severity", "suggestion", "row", "measure",
    "ended_by",
)  # fmt: skip


class Ad(BaseModel):
    """One line of input; anything may be missing, but not both title and text."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int = ""
    title: str | None = ""
    text: str | None = ""
    company: str | None = ""
    city: str | None = ""
    posted: str | None = None
    poster: PosterType | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        # An ad without a word must never look like one without requirements.
        if not (self.title or "").strip() and not (self.text or "").strip():
            raise ValueError("neither title nor text")
        return self

    def day(self, fallback: date) -> date:
        """Its `posted` date, or `fallback` when it has none.

        Raises:
            ValueError: `posted` is no date.
        """
        return date.fromisoformat(self.posted[:10]) if self.posted else fallback


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), default="-")
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help="The day whose law applies.")
@click.option(
    "--poster",
    type=click.Choice(get_args(PosterType)),
    default="unknown",
    show_default=True,
    help="Who posts the ads that do not say so themselves.",
)
@click.option("--format", "output", type=click.Choice(["text", "jsonl"]), help="Default: that of the input.")
@click.option("--explain", "silent", is_flag=True, help="Also say why words were passed over.")
def command(file: str, on: datetime | None, poster: PosterType, output: str | None, silent: bool) -> None:
    """Judge one ad as text, or many as JSON lines (FILE, or - for standard input).

    Each JSON line {"id","title","text","company","city","posted","poster"} is judged on --on, else on its
    `posted` date, else today. Exit status 1 when the text or a line could not be read; the other lines are
    still answered.
    """
    try:
        reader = _reader(settings().rules)
    except DataError as error:
        raise click.ClickException(str(error)) from error
    with _opened(file) as stream:
        first = next((line for line in stream if line.strip()), b"")
        many = file.endswith(_LINE_FILES) or first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{")
        form = output or ("jsonl" if many else "text")
        wishes = Wishes(day=on.date() if on else None, poster=poster, form=form, silent=silent)
        trouble = 0
        if many:
            trouble = _judge_lines(reader, _lines(first, stream), wishes)
        else:
            _show(reader, Ad(text=_decoded(first + stream.read())), wishes)
    sys.exit(_FOUND_TROUBLE if trouble else 0)


@cache
def _reader(folder: Path) -> Reader:
    """The reader of the rules in `folder`, built once: it takes most of a second, a plain ad next to nothing.

    Raises:
        DataError: the rules cannot be used.
    """
    return Reader(Rules.load(folder))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How the ads are to be judged and shown."""

    day: date | None
    """None: the day of each ad."""
    poster: PosterType
    """Of ads that do not say who posts them."""
    form: str
    silent: bool
    """Whether to say why words were not taken for a credential."""


def _opened(file: str) -> BinaryIO | io.BufferedReader:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def _decoded(data: bytes) -> str:
    # What cannot be read must never look like an ad without requirements.
    for encoding in ("utf-16",) if data.startswith(_UTF16_MARKS) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\0" not in text:
            return text
    raise click.ClickException("no text in the input, or none in UTF-8, UTF-16 or GB18030; save it as UTF-8")


def _lines(first: bytes, stream: BinaryIO | io.BufferedReader) -> Iterator[bytes]:
    yield first
    yield from stream


def _judge_lines(reader: Reader, lines: Iterator[bytes], wishes: Wishes) -> int:
    """Number of lines that could not be read; each is reported with its number and field."""
    trouble = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            _show(reader, Ad.model_validate(json.loads(line.decode("utf-8-sig"))), wishes)
        except ValidationError as error:
            first = error.errors()[0]
            trouble += _complain(number, f"{first['loc'][0] if first['loc'] else 'line'}: {first['msg']}")
        except UnicodeDecodeError as error:
            trouble += _complain(number, f"not UTF-8 at byte {error.start}")
        except json.JSONDecodeError as error:
            trouble += _complain(number, f"not JSON at column {error.colno}: {error.msg}")
        except ValueError as error:
            trouble += _complain(number, f"posted: {error}")
    return trouble


def _complain(number: int, what: str) -> int:
    click.echo(f"qingdan check: line {number}: {what}", err=True)
    return 1


def _show(reader: Reader, ad: Ad, wishes: Wishes) -> None:
    title, text = ad.title or "", ad.text or ""
    on = wishes.day or ad.day(now_in_china().date())
    poster = ad.poster or wishes.poster
    reading = reader.read(title=title, text=text, on=on, poster=poster, company=ad.company or "")
    if wishes.form == "jsonl":
        click.echo(json.dumps(as_answer(ad.id, reading), ensure_ascii=False))
        return
    click.echo(explain(reading, title=title, text=text, rules=reader.rules))
    if wishes.silent:
        click.echo(explain_silence(reader, reading, title=title, text=text))


def as_answer(ad_id: str | int, reading: Reading) -> dict[str, Any]:
    """One line of output: the fields fixed in the design."""
    return {
        "id": ad_id,
        "leasing": reading.leasing,
        "leasing_evidence": reading.leasing_evidence and reading.leasing_evidence.model_dump(),
        "findings": [finding.model_dump() for finding in reading.findings],
        "verdict": reading.verdict,
        "edition": reading.edition,
        "on": reading.on.isoformat(),
        "rules_version": reading.rules_version,
        "catalogue_version": reading.catalogue_version,
        "policy_version": reading.policy_version,
        "occupation": reading.occupation,
        "mentions": [mention.model_dump(include=set(_MENTION_FIELDS)) for mention in reading.mentions],
    }
