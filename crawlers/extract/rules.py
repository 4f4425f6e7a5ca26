"""Rules: what a board file says about where the fields of a posting stand in a document."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from string import Formatter
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from crawlers.extract.containers import Container
from crawlers.extract.steps import step

FieldName = Literal[
    "id", "title", "text", "company", "city", "posted", "valid_through", "salary", "url", "poster",
    "ownership", "employment", "headcount", "education", "experience",
]  # fmt: skip

_SOURCES: Final = ("first", "all", "under", "template", "const")


def _listed(written: object) -> object:
    return [written] if isinstance(written, str | Mapping) else written


class Rule(BaseModel):
    """Where one field comes from: exactly one of `from`, `all`, `under`, `template` and `const`."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    first: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(alias="from")] = ()
    """Expressions; the first that finds anything wins. A rule that is only text or a list means these."""
    all: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """Expressions whose findings stand below each other."""
    under: Mapping[str, str] = Field(default_factory=dict)
    """Header → expression: the same, each under its header."""
    template: str = ""
    """Text with other fields in braces: `https://board.example/jobs/{id}`."""
    const: str = ""
    do: Annotated[tuple[str | Mapping[str, Any], ...], BeforeValidator(_listed)] = ()
    """Steps, one after another (crawlers/extract/steps.py)."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, written: object) -> object:
        return {"from": written} if isinstance(written, str | list) else written

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(bool(getattr(self, name)) for name in _SOURCES) != 1:
            raise ValueError("exactly one of from, all, under, template and const is expected")
        for each in self.do:
            step(each)
        return self

    @property
    def expressions(self) -> tuple[str, ...]:
        return (*self.first, *self.all, *self.under.values())

    @property
    def needs(self) -> frozenset[str]:
        """The fields in the braces of the template."""
        return placeholders(self.template)


def placeholders(template: str) -> frozenset[str]:
    """The names in braces in a template.

    Raises:
        ValueError: a brace without its other half.
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


class Extraction(BaseModel):
    """How one kind of document holds its postings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    container: str
    """How the document holds its records (`crawlers.extract.containers.Container`)."""
    items: str = ""
    """Where in the container the records are; empty: the container itself, or the members of its array."""
    fields: Annotated[Mapping[FieldName, Rule], Field(min_length=1)]
    required: frozenset[FieldName] = frozenset({"title"})
    """Fields without which a record is no posting but a sign that the board has changed."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        container = Container.written(self.container)
        for place, expression in self._of_records():
            _check(place, container.check, expression)
        for place, expression in self.of_document():
            _check(place, container.check_of_document, expression)
        plain = {name for name, rule in self.fields.items() if not rule.template}
        for name, rule in self.fields.items():
            if strange := rule.needs - plain - self.given():
                raise ValueError(f"fields.{name}: no field {', '.join(sorted(strange))} for the template")
        return self

    def of_document(self) -> Iterator[tuple[str, str]]:
        """The expressions that are asked of a whole document, each after its place in the board file."""
        yield from ()

    def _of_records(self) -> Iterator[tuple[str, str]]:
        if self.items:
            yield "items", self.items
        for name, rule in self.fields.items():
            for expression in rule.expressions:
                yield f"fields.{name}", expression

    def given(self) -> frozenset[str]:
        """Fields that stand before the document is read, so that templates may name them."""
        return frozenset()


def _check(place: str, check: Callable[[str], None], expression: str) -> None:
    try:
        check(expression)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


class Detail(Extraction):
    """The page of one posting that a list names; what it says comes before what the list says."""

    required: frozenset[FieldName] = frozenset({"text"})
    address: str = "{url}"
    """Template over the fields of the list."""
    form: Mapping[str, str] = Field(default_factory=dict)
    """Name → template over the same: a form to be sent, where the page is asked for by POST."""

    def given(self) -> frozenset[str]:
        return frozenset(get_args(FieldName))

    @property
    def needs(self) -> frozenset[str]:
        """The fields of the list that the address and the form are made of."""
        return placeholders(self.address).union(*map(placeholders, self.form.values()))


class Pages(BaseModel):
    """How a list goes on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Literal["page", "offset", "cursor", "next"]
    """`page` and `offset` count; `cursor` and `next` are told by the page before: a token, an address."""
    first: Annotated[int, Field(ge=0)] = 1
    """The first page's number or offset."""
    step: Annotated[int, Field(gt=0)] = 1
    """By how much the number grows: for an offset the size of a page."""
    most: Annotated[int, Field(gt=0)] = 500
    """Pages of one slice; a list that goes on makes the run incomplete."""
    known: Annotated[int, Field(ge=0)] = 0
    """Of a list that is sorted newest first: pages in a row with nothing new that end the walk."""
    where: str = ""
    """The expression that finds the cursor or the next address in the document."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.by in ("cursor", "next")) != bool(self.where):
            raise ValueError(f"where: {'expected' if not self.where else 'not used'} with by: {self.by}")
        return self


class ListRequest(BaseModel):
    """How a page of a list is asked for; `{page}`, `{cursor}` and the names of slices stand for values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(min_length=1)]
    method: Literal["GET", "POST"] = "GET"
    json_body: Annotated[Mapping[str, Any], Field(alias="json")] = Field(default_factory=dict)
    form: Mapping[str, str] = Field(default_factory=dict)
    headers: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.json_body or self.form) and self.method != "POST":
            raise ValueError("json and form are for method: POST")
        if self.json_body and self.form:
            raise ValueError("json or form, not both")
        return self


class Listing(Extraction):
    """A list of postings, over one or many pages."""

    request: ListRequest
    slices: Mapping[str, Annotated[Sequence[str | int], Field(min_length=1)]] = Field(default_factory=dict)
    """Name → values: the list is walked once for each combination, where a board shows only part of one."""
    pages: Pages | None = None
    total: str = ""
    """The expression that finds how many postings the board says there are."""

    def of_document(self) -> Iterator[tuple[str, str]]:
        yield from super().of_document()
        if self.total:
            yield "total", self.total
        if self.pages is not None and self.pages.where:
            yield "pages.where", self.pages.where
