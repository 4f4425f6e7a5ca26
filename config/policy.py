"""The policy: what follows from what a paper is, how an ad ties it to the job, and who posts the ad.

A verdict comes from a row of the table (a kind, or one of the special rows), the strength of the demand and
the type of poster; the scopes of licences decide which special row applies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from config import scopes as scope_file
from config import tables
from config.scopes import Licence, Scopes, Statute, Tie
from config.settings import settings
from config.tables import DATA, PartialDate, read_yaml, together

Verdict = Literal["violation", "advisory", "lawful", "none"]
Severity = Literal["red", "orange", "yellow", "grey", ""]
Strength = Literal["required", "preferred", "alternative", "after_hire", "mentioned", "negated"]
Poster = Literal["public", "state", "private", "agency", "platform", "individual", "unknown"]
RowId = Literal[
    "licensing", "proficiency", "skill_level", "delisted", "post_permit", "foreign",
    "vendor", "statutory", "title", "education", "generic", "other",
    "pending", "licensing_elsewhere", "statutory_tie",
]  # fmt: skip
"""The kinds, and three rows for what a kind does not tell: see policy.yaml."""
FILE: Final = "policy.yaml"
STATUTE: Final = "statute"
"""In a row's basis: stands for the articles that scopes.yaml gives for the paper."""
CANCELLED: Final = "cancelled"
"""In a row's basis: stands for the document that ended the paper, as the catalogue has it."""
NO_CATALOGUE: Final = "no-catalogue-yet"
"""What every mention of a time without a catalogue rests on."""
_NOT_FOUND: Final = ("未找到", "未见", "未写明", "尚无")
"""Words of which one says openly that there is no text."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Basis(_Data):
    """A legal text, or the open statement that none was found."""

    title: str = Field(min_length=1)
    number: str
    """Document number, or the article of a statute."""
    date: PartialDate
    addressee: str
    """Whom it binds, in Chinese."""
    quote: str
    verified: bool
    source: str = Field(min_length=1)

    @property
    def citation(self) -> str:
        """Title, number and date, for a reader; marked where it is from memory."""
        details = "".join(f"（{part}）" for part in (self.number, self.date) if part)
        return self._mark(self.title + details)

    @property
    def brief(self) -> str:
        """The number alone of a document that has one; else the title, with the article of a statute."""
        if self.number.endswith("号"):
            return self._mark(self.number)
        return self._mark(self.title + (f"（{self.number}）" if self.number else ""))

    def told_of_paper(self, citation: str) -> str | None:
        """What `citation` says of one paper, with the colon before it; None if it is of another text.

        It begins with the number, or has it in brackets: 未列入目录（国发〔2016〕68号）.
        """
        if not self.number.endswith("号"):
            return None
        if citation.startswith(self.number):
            return citation.removeprefix(self.number)
        bracketed = f"（{self.number}）"
        return f"：{citation.replace(bracketed, '')}" if bracketed in citation else None

    def _mark(self, text: str) -> str:
        return text if self.verified else f"{text}〔待核〕"

    @property
    def found(self) -> bool:
        """Whether there is a text; else the title says that none was found."""
        return bool(self.number or self.date)


_PAPERS: Final = ("证", "证书", "证明", "资格", "执照", "职称", "考试", "成绩", "等级", "等")


def paper(name: str) -> str:
    """What one holds: the name itself where it is a paper's, else its certificate (建造师 → 建造师证书)."""
    return name if name.endswith(_PAPERS) else f"{name}证书"


def _names_only(wording: str) -> str:
    try:
        fields = {field for _, field, _, _ in Formatter().parse(wording) if field is not None}
    except ValueError as error:
        raise ValueError(f"a brace without its partner: {error}") from error
    if fields - {"name"}:
        raise ValueError(f"only {{name}} can be filled in, not {sorted(fields - {'name'})}")
    return wording


Wording = Annotated[str, AfterValidator(_names_only)]


class Exemption(_Data):
    """What differs in a row for one type of poster."""

    verdicts: dict[Strength, Verdict] = {}
    severity: Severity | None = None
    """Of its violations; none given: that of the poster."""
    basis: tuple[str, ...] = ()
    """Texts to weigh besides."""


_NO_EXEMPTION: Final = Exemption()


class Row(_Data):
    """One row of the table."""

    name: str = Field(min_length=1)
    """For a reader, in Chinese."""
    verdicts: dict[Strength, Verdict] = {}
    """Strengths left out have the verdict none."""
    basis: tuple[str, ...] = ()
    severity: Severity | None = None
    """Of its violations, whoever posts them; none given: that of the poster."""
    suggestion: Wording = ""
    posters: dict[Poster, Exemption] = {}


class Measure(_Data):
    """What the bureau may do."""

    text: str = Field(min_length=1)
    basis: tuple[str, ...] = Field(min_length=1)


class Table(_Data):
    """policy.yaml."""

    bases: dict[str, Basis]
    rows: dict[RowId, Row]
    soft_ground: str
    """What an advisory on a soft demand rests on besides."""
    severity: dict[Poster, Severity]
    """Of a violation, by who posts it."""
    unnamed: Severity
    """Of a violation whose ad names no employer, unless the poster makes it red."""
    measures: dict[Literal["violation", "advisory"], dict[Poster, Measure]]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _all_there("rows", get_args(RowId), self.rows)
        _all_there("severity", get_args(Poster), self.severity)
        for verdict in ("violation", "advisory"):
            measures = self.measures.get(verdict, {})
            _all_there(f"measures.{verdict}", get_args(Poster), measures)
        return self

    @model_validator(mode="after")
    def _cites_what_is_there(self) -> Self:
        for where, cited in self._citations():
            missing = sorted(set(cited) - set(self.bases))
            if missing:
                raise ValueError(f"{where}: {missing} are no ids of bases")
        return self

    def _citations(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        yield "soft_ground", (self.soft_ground, STATUTE, NO_CATALOGUE)
        for name, row in self.rows.items():
            yield f"rows.{name}.basis", row.basis
            for poster, exemption in row.posters.items():
                yield f"rows.{name}.posters.{poster}.basis", exemption.basis
        for verdict, measures in self.measures.items():
            for poster, measure in measures.items():
                yield f"measures.{verdict}.{poster}.basis", measure.basis


def _all_there(field: str, names: tuple[str, ...], given: object) -> None:
    missing = [name for name in names if name not in given]  # type: ignore[operator]
    if missing:
        raise ValueError(f"{field}: {missing} are missing")


@dataclass(frozen=True)
class Policy:
    """The table and the scopes that it speaks of, under one version."""

    table: Table
    scopes: Scopes
    version: str
    """Hash over both files."""

    @cached_property
    def bases(self) -> dict[str, Basis]:
        """All texts that a reading may cite, by id: those of the table, and the articles of the scopes."""
        tied = {
            text: _basis(statute, each.activity)
            for sort, each in self._scoped()
            for text, statute in _articles(sort, each)
        }
        return self.table.bases | tied

    @property
    def verdicts(self) -> dict[RowId, dict[Strength, Verdict]]:
        """The table without its exemptions."""
        return {name: row.verdicts for name, row in self.table.rows.items()}

    def row_name(self, row: str) -> str:
        """A row for a reader, in Chinese; a row that there no longer is keeps its id."""
        return self._row_names.get(row, row)

    @cached_property
    def _row_names(self) -> dict[str, str]:
        return {name: row.name for name, row in self.table.rows.items()}

    def verdict(self, row: RowId, strength: Strength, poster: Poster = "unknown") -> Verdict:
        """The verdict on one mention; none where the table says nothing."""
        found = self.table.rows[row]
        exemption = found.posters.get(poster)
        if exemption and strength in exemption.verdicts:
            return exemption.verdicts[strength]
        return found.verdicts.get(strength, "none")

    def grounds_of(
        self, row: RowId, verdict: Verdict, strength: Strength, poster: Poster = "unknown"
    ) -> tuple[str, ...]:
        """Ids of the texts that `verdict` rests on; `STATUTE` stands for those of the paper."""
        if verdict == "none":
            return ()
        found = self.table.rows[row]
        besides = found.posters[poster].basis if poster in found.posters else ()
        soft = verdict == "advisory" and strength != "required"
        return (*found.basis, *besides, *((self.table.soft_ground,) if soft else ()))

    def severity_of(self, row: RowId, verdict: Verdict, *, poster: Poster, named: bool) -> Severity:
        """How urgent one mention is, as far as one ad can tell; `named`: the ad names its employer."""
        if verdict == "advisory":
            return "grey"
        if verdict != "violation":
            return ""
        severity = self._severity(row, poster)
        return severity if named or severity == "red" else self.table.unnamed

    def _severity(self, row: RowId, poster: Poster) -> Severity:
        found = self.table.rows[row]
        exemption = found.posters.get(poster, _NO_EXEMPTION)
        given = (exemption.severity, found.severity, self.table.severity[poster])
        return next(severity for severity in given if severity is not None)

    def measure(self, verdict: Verdict, poster: Poster) -> str:
        """What the bureau may do and on what it rests, in Chinese; empty where nothing need be done."""
        if verdict not in {"violation", "advisory"}:
            return ""
        return self._measures[verdict, poster]

    @cached_property
    def _measures(self) -> dict[tuple[str, str], str]:
        return {
            (verdict, poster): f"{measure.text}（{'；'.join(map(self._told, measure.basis))}）"
            for verdict, measures in self.table.measures.items()
            for poster, measure in measures.items()
        }

    def _told(self, basis: str) -> str:
        text = self.bases[basis]
        if not text.found:
            return text.title
        return f"依据{text.citation}" + (f"，适用于{text.addressee}" if text.addressee else "")

    def suggestion(self, row: RowId, verdict: Verdict, name: str) -> str:
        """A lawful wording, in Chinese; empty where nothing need change."""
        if verdict not in {"violation", "advisory"}:
            return ""
        return self.table.rows[row].suggestion.format(name=paper(name))

    def statutes(self, sort: Literal["licence", "tie"], tied: str, on: date) -> tuple[str, ...]:
        """Ids in `bases` of the articles of a licence or a tie in force on a day; `STATUTE` if none is."""
        known = self._statutes.get((sort, tied), ())
        return tuple(text for text, statute in known if statute.in_force(on)) or (STATUTE,)

    def tied(self, texts: Iterable[str]) -> Licence | Tie | None:
        """The licence or tie whose articles are among the `texts` that a reading cites."""
        return next((self._tied[text] for text in texts if text in self._tied), None)

    @cached_property
    def _tied(self) -> dict[str, Licence | Tie]:
        return {text: each for sort, each in self._scoped() for text, _ in _articles(sort, each)}

    @cached_property
    def _statutes(self) -> dict[tuple[str, str], tuple[tuple[str, Statute], ...]]:
        return {(sort, each.id): tuple(_articles(sort, each)) for sort, each in self._scoped()}

    def _scoped(self) -> Iterator[tuple[str, Licence | Tie]]:
        yield from (("licence", each) for each in self.scopes.licences)
        yield from (("tie", each) for each in self.scopes.ties)


def _articles(sort: str, tied: Licence | Tie) -> Iterator[tuple[str, Statute]]:
    """The articles with the ids under which a reading cites them."""
    for number, statute in enumerate(tied.statutes, start=1):
        yield f"{sort}-{tied.id}-{number}", statute


def _basis(statute: Statute, activity: str) -> Basis:
    return Basis(
        title=f"《{statute.law}》",
        number=statute.article,
        date=statute.dated,
        addressee=activity,
        quote=statute.quote,
        verified=statute.verified,
        source=statute.source,
    )


def load(folder: Path = DATA) -> Policy:
    """The policy in `folder`.

    Raises:
        DataError: a file does not fit its schema, cites a text that is not there, or is not whole.
    """
    files = together(
        table=lambda: read_yaml(folder / FILE, Table),
        scopes=lambda: scope_file.load(folder),
    )
    return Policy(**files, version=digest(folder))


@lru_cache(maxsize=1)
def shipped() -> Policy:
    """The policy that ships with the program, loaded once."""
    return load()


def in_use() -> Policy:
    """The policy in the folder that the settings name: what people are shown is cited from it.

    Raises:
        DataError: the file does not fit its schema, or cites a text that is not there.
    """
    return _loaded(settings().rules)


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Policy:
    return load(folder)


def digest(folder: Path = DATA) -> str:
    """Twelve hexadecimal digits over the files of the policy."""
    return tables.digest(folder / name for name in (FILE, scope_file.FILE))


def problems(policy: Policy, qualifications: frozenset[str], families: frozenset[str]) -> Iterator[str]:
    """What the schema cannot tell, one line each; ids of all qualifications and of all families of posts."""
    for name, row in policy.table.rows.items():
        for field, what in _gaps(row):
            yield f"{FILE}: rows.{name}.{field}: a verdict, and {what}"
    for text, basis in policy.table.bases.items():
        if basis.verified and basis.found and not basis.addressee:
            yield f"{FILE}: bases.{text}.addressee: a text, and not whom it binds"
        if not basis.found and not any(word in basis.title for word in _NOT_FOUND):
            yield f"{FILE}: bases.{text}: no number, no date, and no word in the title that none was found"
    yield from scope_file.problems(policy.scopes, qualifications, families)


def _gaps(row: Row) -> Iterator[tuple[str, str]]:
    given = set(row.verdicts.values()).union(*(each.verdicts.values() for each in row.posters.values()))
    if given - {"none"} and not row.basis:
        yield "basis", "no legal text nor the word that none was found"
    if given & {"violation", "advisory"} and not row.suggestion:
        yield "suggestion", "no lawful wording"
