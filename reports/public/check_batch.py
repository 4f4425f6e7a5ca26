"""A batch of ads to be judged before they are published: from a request's body to what is said of each."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from config.serving import MOST, items_of
from events.types import FieldName, Kind, Mention, PackFinding, PosterType, Strength, Verdict
from nlp.reader import Reader
from nlp.rules import Rules
from reports.citations import Texts, cited
from reports.public.self_check import LONGEST_TEXT, LONGEST_TITLE, gravest

MAX_BYTES: Final = 2 * 1024 * 1024
"""Bytes of one request's body."""


class AdToCheck(BaseModel):
    """One ad; `on` is the day whose law applies, today where it is left out."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(max_length=200)] = ""
    """Comes back with the answer."""
    title: Annotated[str, Field(max_length=LONGEST_TITLE)] = ""
    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    company: Annotated[str, Field(max_length=200)] = ""
    poster: PosterType = "unknown"
    on: date | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        # An ad without a word must never look like one without requirements.
        if not self.title.strip() and not self.text.strip():
            raise PydanticCustomError("empty", "neither title nor text")
        return self


class Batch(BaseModel):
    """What a request holds."""

    model_config = ConfigDict(extra="forbid")

    ads: Annotated[list[AdToCheck], Field(min_length=1, max_length=MOST)]


class CheckedMention(BaseModel):
    """A paper that an ad names; `start` and `end` count characters of the field, `end` exclusive."""

    field: FieldName
    start: int
    end: int
    quote: str
    clause: str
    """The shortest clause that shows it."""
    name: str
    qualification: str | None
    """Its id in the catalogue."""
    kind: Kind
    strength: Strength
    cue: str
    """The words that decided the strength."""
    rule: str
    verdict: Verdict
    basis: tuple[str, ...]
    """The legal texts, in Chinese."""
    suggestion: str
    """A lawful wording, in Chinese."""


class Hint(BaseModel):
    """What a rule pack finds, such as the loan of certificates: to be looked at, no verdict."""

    pack: str
    name: str
    field: FieldName
    start: int
    end: int
    quote: str


class CheckedAd(BaseModel):
    """What is said of one ad."""

    item: int
    """Its place in the batch, counted from 0."""
    id: str
    on: date
    edition: str
    """Id of the edition of the catalogue that held on the day."""
    verdict: Verdict
    """The gravest of its mentions."""
    mentions: list[CheckedMention]
    """The gravest first, at most 50."""
    left_out: int
    """How many more there are."""
    hints: list[Hint]


class Problem(BaseModel):
    """What is wrong with an ad; `field` is empty where it is the whole."""

    field: str
    reason: str


class RefusedAd(BaseModel):
    """An ad that could not be judged."""

    item: int
    id: str
    error: Problem


class Answers(BaseModel):
    """What is said of a batch, ad by ad in the batch's order, and by which rules."""

    rules_version: str
    catalogue_version: str
    policy_version: str
    results: list[CheckedAd | RefusedAd]


def check_batch(reader: Reader, body: bytes, today: date) -> Answers:
    """Judge the ads in a request's body; one that is wrong costs itself only.

    Raises:
        BatchError: no JSON, not of the form `{"ads": [...]}`, or too many ads.
    """
    rules = reader.rules
    return Answers.model_construct(
        rules_version=rules.version,
        catalogue_version=rules.catalogue_version,
        policy_version=rules.policy_version,
        results=[_result(reader, number, item, today) for number, item in enumerate(items_of(body))],
    )


def _result(reader: Reader, number: int, item: object, today: date) -> CheckedAd | RefusedAd:
    try:
        ad = AdToCheck.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        return RefusedAd.model_construct(
            item=number, id=_id_of(item), error=Problem(field=field, reason=first["msg"])
        )
    reading = reader.read(
        title=ad.title, text=ad.text, on=ad.on or today, poster=ad.poster, company=ad.company
    )
    shown = gravest(reading.mentions)
    return CheckedAd.model_construct(
        item=number,
        id=ad.id,
        on=reading.on,
        edition=reading.edition,
        verdict=reading.verdict,
        mentions=[_mention(mention, reader.rules.policy.bases) for mention in shown],
        left_out=len(reading.mentions) - len(shown),
        hints=[_hint(finding, reader.rules) for finding in reading.findings],
    )


def _id_of(item: object) -> str:
    found = item.get("id") if isinstance(item, dict) else ""
    return found if isinstance(found, str) and found.isprintable() else ""


def _mention(mention: Mention, texts: Texts) -> CheckedMention:
    return CheckedMention.model_construct(
        field=mention.field,
        start=mention.start,
        end=mention.end,
        quote=mention.quote,
        clause=mention.clause.text,
        name=mention.name,
        qualification=mention.qualification,
        kind=mention.kind,
        strength=mention.strength,
        cue=mention.cue.text if mention.cue else "",
        rule=mention.rule,
        verdict=mention.verdict,
        basis=cited(mention.basis, mention.ended_by, texts),
        suggestion=mention.suggestion,
    )


def _hint(finding: PackFinding, rules: Rules) -> Hint:
    words = finding.evidence
    return Hint.model_construct(
        pack=finding.pack,
        name=next(pack.name for pack in rules.data.packs if pack.id == finding.pack),
        field=words.field,
        start=words.start,
        end=words.end,
        quote=words.text,
    )
