"""The made-up ads (ads/*.yaml), each with what we meant by it, so that a reading can be compared."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from events.types import Kind, PosterType, Strength

FOLDER: Final = Path(__file__).parent / "ads"

Variant = Literal[
    "plain", "trailing_comma", "comment", "stray_backslash", "entities", "control_chars", "cdata",
    "two_scripts", "graph", "list", "type_list", "cambrian", "gbk",
]  # fmt: skip
"""How the page's markup is written; all but `plain` are ways in which real pages are odd or broken."""


class DemoAdError(Exception):
    """A file of made-up ads cannot be used; the message names the file and the field."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Strict):
    """What the ad's author meant: is it in violation, and what is its main mention?"""

    violation: bool
    leasing: bool = False
    training: bool = False
    """Whether it sells a course as a job."""
    mention: str = ""
    """The credential as written; empty when the ad names none."""
    kind: Kind | None = None
    strength: Strength | None = None


class DemoAd(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z]+-\d\d$")]
    title: str
    employer: str
    org: PosterType
    place: tuple[str, str]
    """Province and city."""
    posted: date
    """Fixed, as everything else: a second crawl must find nothing new."""
    pay: Annotated[str, Field(pattern=r"^(\d+-\d+)?$")]
    """Yuan a month, from-to; empty when the ad does not say."""
    text: str
    """Lines: `## heading`, `- item`, `1. item`, anything else is a paragraph."""
    page: Variant = "plain"
    expect: Expectation


def load_ads(folder: Path = FOLDER) -> tuple[DemoAd, ...]:
    """All made-up ads, in the order of the files' names.

    Raises:
        DemoAdError: a field is missing or wrong, or an id is used twice.
    """
    ads: list[DemoAd] = []
    for file in sorted(folder.glob("*.yaml")):
        ads += _read(file)
    ids = [ad.id for ad in ads]
    if twice := {each for each in ids if ids.count(each) > 1}:
        raise DemoAdError(f"{folder}: id: {', '.join(sorted(twice))} used twice")
    return tuple(ads)


def _read(file: Path) -> Sequence[DemoAd]:
    try:
        return TypeAdapter(list[DemoAd]).validate_python(yaml.safe_load(file.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise DemoAdError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
