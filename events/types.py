"""The events that travel through the log: frozen, versioned, with deterministic ids.

Decoding happens here and nowhere else. Every decoder raises `DecodeError`, and only that, on bytes it
does not understand. Offsets count characters (code points) of the field they refer to, end exclusive.
"""

import re
from base64 import b64decode
from datetime import date, datetime
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from config.terms import Employment, Period, Schooling
from events.ids import ad_id, stable_id

Kind = Literal[
    "licensing", "proficiency", "skill_level", "delisted", "post_permit", "foreign",
    "vendor", "statutory", "title", "education", "generic", "other",
]  # fmt: skip
Strength = Literal["required", "preferred", "alternative", "after_hire", "mentioned", "negated"]
Verdict = Literal["violation", "advisory", "lawful", "none"]
Severity = Literal["red", "orange", "yellow", "grey", ""]
FieldName = Literal["title", "text"]
PosterType = Literal["public", "state", "private", "agency", "platform", "individual", "unknown"]
SourceKind = Literal["crawl", "file", "push", "report"]
PUBLIC_REPORTS: Final = "public-report"
"""The source of all ads that the public reported (群众举报), and of no others."""
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The character NUL as JSON writes it, and not the six letters after an escaped backslash."""

DivisionCode = Annotated[str, Field(pattern=r"^\d{6}$")]


class DecodeError(ValueError):
    """The bytes are no event of this type; the message names the field."""


class _Frozen(BaseModel):
    # A field that we do not know comes from a newer producer of the same schema version, so it is optional.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(_Frozen):
    """What all events share: a schema version, an id derived from their content, and a partition key."""

    SCHEMA: ClassVar[int] = 1
    schema_version: int = 1
    event_id: str

    @property
    def key(self) -> bytes:
        """Partition key: events with the same key keep their order."""
        raise NotImplementedError

    def encode(self) -> bytes:
        return to_json(self)

    @classmethod
    def decode(cls, value: bytes | None) -> Self:
        """The event in `value`.

        Raises:
            DecodeError: not UTF-8 JSON of this type and schema version, in which case it names the first bad
                field; or it holds a NUL, which PostgreSQL cannot keep.
        """
        if value and rb"\u0000" in value and _NUL.search(value):
            raise DecodeError(f"{cls.__name__}: holds the character NUL")
        try:
            event = cls.model_validate_json(value or b"")
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "event"
            raise DecodeError(f"{cls.__name__}: {where}: {first['msg']}") from error
        if event.schema_version != cls.SCHEMA:
            raise DecodeError(f"{cls.__name__}: schema_version: {event.schema_version} is not {cls.SCHEMA}")
        return event


class Shown(_Frozen):
    """Bytes as they were received that show an ad: the id of their capture, and where in them it stands."""

    capture: str
    locator: str = ""
    """Line, sheet and row, or file of an archive; empty where the whole is meant."""


class Pay(_Frozen):
    """What an ad pays, as far as it says so; what it leaves open is None."""

    low: int | None = None
    """The least, in hundredths of the currency's unit."""
    high: int | None = None
    """The most, in the same; equal to `low` where one amount is named."""
    currency: str = ""
    """ISO 4217; empty where neither a sign nor a word tells it."""
    per: Period | None = None
    months: int | None = None
    """How many months' pay a year brings: 14 for 14薪."""
    negotiable: bool = False


class Terms(_Frozen):
    """What an ad says in fields of its own beside its wording: as written, and as far as understood."""

    pay: Pay | None = None
    """What `JobAd.salary` says."""
    employment: str = ""
    employment_types: tuple[Employment, ...] = ()
    headcount: int | None = None
    education: str = ""
    schooling: Schooling | None = None
    """The lowest schooling that will do."""
    experience: str = ""
    experience_years: int | None = None
    """The least number of years asked for."""


class JobAd(Event):
    """One version of one posting, as collected, with contacts already masked (topic `ads.collected`)."""

    source: str
    """The board's id, or the name given to a file drop."""
    source_kind: SourceKind
    source_ad_id: str
    """The posting's id at its source."""
    run_id: str
    """The crawl or intake run that brought it."""
    observed_at: AwareDatetime
    """When it was fetched or handed in."""
    url: str = ""
    title: str = ""
    text: str = ""
    company: str = ""
    city: str = ""
    """Place of work as written."""
    division: DivisionCode | None = None
    """Division code of the place of work, of several places what they share; None when unclear (辖区不明)."""
    divisions: tuple[DivisionCode, ...] = ()
    """Division codes of all places that are named and clear, each once, as written one after another."""
    posted: date | None = None
    """The date the ad claims; None when missing, unreadable, or after it was observed."""
    valid_through: date | None = None
    """The last day it claims to hold; an ad past it has expired, which is not to be gone from its board."""
    salary: str = ""
    """As written; `terms.pay` holds what it says."""
    poster: PosterType = "unknown"
    acting_for: str = ""
    """The employer for whom the poster hires, where the wording names one (代招, 用工单位)."""
    terms: Terms = Terms()
    masked: int = 0
    """Number of stretches masked at the door."""
    raw_sha256: str = ""
    """SHA-256 of the bytes fetched, or of the row handed in."""
    evidence: tuple[Shown, ...] = ()
    """What shows it, most telling first; empty where nothing is kept (docs/evidence.md)."""
    content_hash: str
    """Hash of the raw fields that make a new version."""

    @property
    def ad_id(self) -> str:
        return ad_id(self.source, self.source_ad_id)

    @property
    def key(self) -> bytes:
        return self.ad_id.encode()

    @classmethod
    def id_for(cls, source: str, source_ad_id: str, content_hash: str) -> str:
        """Event id: equal for the same content of the same posting, whoever sends it and whenever."""
        return stable_id("job-ad", cls.SCHEMA, source, source_ad_id, content_hash)


class Span(_Frozen):
    """A stretch of one field of an ad, in characters of the original text."""

    field: FieldName
    start: int
    end: int
    text: str


class Mention(_Frozen):
    """One credential named in an ad, how it is tied to the job, and what the policy makes of it."""

    field: FieldName
    start: int
    end: int
    quote: str
    """The words themselves: `ad.field[start:end]`."""
    name: str
    """Canonical name."""
    qualification: str | None
    """Id of the catalogue row; None for a name that the catalogue does not know."""
    kind: Kind
    strength: Strength
    row: str = ""
    """Row of the policy that decided: the kind, or a special row (config/policy.yaml)."""
    verdict: Verdict
    cue: Span | None
    """The words that decided the strength; None where the rule needed none."""
    rule: str
    """Id of the rule that decided the strength."""
    clause: Span
    """The shortest clause that shows the mention in context: the evidence."""
    section: str = ""
    """Heading the clause stands under, as a rule id; empty when none."""
    basis: tuple[str, ...] = ()
    """Ids of the legal texts (config/policy.yaml) the verdict rests on."""
    ended_by: str = ""
    """The document that ended the paper, as cited for a reader, in place of the text `cancelled` in `basis`;
    empty where `basis` does not hold that text or the catalogue names no document."""
    edition: str
    """Catalogue edition in force on the reading's date."""
    suggestion: str = ""
    """A lawful wording, in Chinese, for violations and advisories."""
    measure: str = ""
    """What the bureau may do, in Chinese."""
    severity: Severity = ""


class PackFinding(_Frozen):
    """What a rule pack (config/packs.py) finds in an ad: never a violation, always to be looked at."""

    pack: str
    """Id of the pack: `leasing`, `training`."""
    rule: str
    evidence: Span
    """The shortest stretch that shows it."""
    basis: tuple[str, ...] = ()
    """Ids of the legal texts (config/policy.yaml) the hint rests on."""


class Reading(_Frozen):
    """All that nlp says about one ad."""

    on: date
    """The date whose law applies."""
    edition: str
    rules_version: str
    """Hash over catalogue, cue and policy data: two readings with the same version agree."""
    catalogue_version: str = ""
    """Hash over the catalogue's data alone; empty in readings of older producers."""
    policy_version: str = ""
    """Hash over the policy's data alone; empty in readings of older producers."""
    rules_since: AwareDatetime | None = None
    """Since when these rules are in use (docs/releases.md): of two readings of an ad the one whose rules came
    into use later counts. None in readings outside the pipeline and of older producers."""
    verdict: Verdict
    """The gravest verdict among the mentions."""
    leasing: bool = False
    leasing_evidence: Span | None = None
    findings: tuple[PackFinding, ...] = ()
    """What the rule packs find, leasing included; they leave the verdict alone."""
    occupation: str = ""
    """Family of posts (config/occupations.yaml) that the title names; empty where it names none, and in many
    readings of older producers."""
    mentions: tuple[Mention, ...] = ()


class CheckedAd(Event):
    """An ad together with its reading (topic `ads.checked`)."""

    ad: JobAd
    reading: Reading

    @property
    def key(self) -> bytes:
        return self.ad.key

    @classmethod
    def of(cls, ad: JobAd, reading: Reading) -> Self:
        """The event for `reading`; its id changes with the rules, so a re-reading is a new event."""
        event_id = stable_id("checked-ad", cls.SCHEMA, ad.event_id, reading.rules_version, str(reading.on))
        return cls(event_id=event_id, ad=ad, reading=reading)


class DeadLetter(Event):
    """A record that could not be handled, kept byte for byte with the reason (topic `ads.dead`)."""

    topic: str
    partition: int
    offset: int
    group: str
    record_key: str
    """Base64 of the record's key."""
    value: str
    """Base64 of the record's value."""
    reason: str
    """Error class and message, at most 1,000 characters."""
    died_at: datetime

    @property
    def key(self) -> bytes:
        return self.event_id.encode()

    @property
    def original(self) -> tuple[str, bytes, bytes]:
        """Topic, key and value of the record, as they were."""
        return self.topic, b64decode(self.record_key), b64decode(self.value)

    @classmethod
    def id_for(cls, topic: str, partition: int, offset: int, group: str) -> str:
        return stable_id("dead-letter", topic, partition, offset, group)
