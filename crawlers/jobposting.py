"""schema.org JobPosting out of a page: JSON-LD, mended where it is broken, else microdata or RDFa."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import yaml

from config.settings import ROOT
from crawlers import jsonld, microdata
from crawlers.html_text import html_to_text, parse_html, scalar
from events.types import PosterType

KNOWN: Final = ROOT / "config" / "job_posting.yaml"

Node = Mapping[str, Any]

_KIND: Final = "JobPosting"
_BODY: Final = (
    "description",
    "responsibilities",
    "qualifications",
    "educationRequirements",
    "experienceRequirements",
    "skills",
)
"""Where a posting says what it asks for."""
_ADDRESS: Final = frozenset({"addressRegion", "addressLocality", "streetAddress"})
_BREAK: Final = re.compile(r"(?:\\r)?\\n")
"""A line break that was escaped once too often."""
_POSTERS: Final[Mapping[str, PosterType]] = {
    "GovernmentOrganization": "public",
    "EmploymentAgency": "agency",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The JobPosting nodes of a page, and why blocks that name one could not be read."""

    postings: tuple[Node, ...]
    broken: tuple[str, ...]
    canonical: str = ""
    """The page's own word for its address (`link rel=canonical`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A JobPosting's fields as written, with HTML turned into text."""

    identifier: str
    title: str
    text: str
    company: str
    poster: PosterType
    city: str
    posted: str
    valid_through: str
    salary: str
    employment: str
    headcount: str
    education: str
    experience: str


def find(page: str) -> Found:
    """All JobPosting nodes of `page`: of each JSON-LD script that can be read, else of the markup.

    One that has no text in JSON-LD is completed by the only one in the markup.
    """
    tree = parse_html(page)
    if tree is None:
        return Found((), ())
    postings, broken = jsonld.items(tree, _KIND)
    if not any(map(_body, postings)):
        in_markup: list[Node] = list(microdata.items(tree, _KIND))
        both = len(postings) == len(in_markup) == 1
        postings = [{**in_markup[0], **postings[0]}] if both else postings or in_markup
    links = tree.iter("link")
    canonical = next((link.get("href", "") for link in links if link.get("rel") == "canonical"), "")
    return Found(tuple(postings), tuple(broken), canonical)


def fields(node: Node) -> Fields:
    """The fields of one JobPosting; what is missing or of an odd shape is empty."""
    organization = _first(node.get("hiringOrganization"))
    return Fields(
        identifier=_identifier(node),
        title=_line(_text(node.get("title") or node.get("name"))),
        text="\n".join(filter(None, map(html_to_text, _body(node)))),
        company=_line(_text(organization)),
        poster=next((_POSTERS[kind] for kind in jsonld.types(organization) if kind in _POSTERS), "unknown"),
        city=_city(node.get("jobLocation")) or _place(_address(node)),
        posted=_text(node.get("datePosted")),
        valid_through=_text(node.get("validThrough")),
        salary=_salary(node.get("baseSalary"), _text(node.get("salaryCurrency"))),
        employment=" ".join(map(_text, _list(node.get("employmentType")))),
        headcount=_text(node.get("totalJobOpenings")),
        education=_line(_schooling(node.get("educationRequirements"))),
        experience=_line(_experience(node.get("experienceRequirements"))),
    )


@lru_cache(maxsize=1)
def known_names() -> frozenset[str]:
    """The properties of a JobPosting that are read here, or ignored by name."""
    written = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))
    return frozenset(written["handled"]) | frozenset(written["ignored"])


def unknown(node: Node) -> Mapping[str, str]:
    """The other properties of a posting, each with what it says."""
    names = (name for name in node if not name.startswith("@"))
    return {name: str(node[name]) for name in names if name not in known_names()}


def _body(node: Node) -> list[str]:
    """The description, then requirements that the page gives only outside of it."""
    parts: list[str] = []
    for part in (part for name in _BODY for part in _texts(node.get(name))):
        if not any(part in earlier for earlier in parts):
            parts.append(part)
    return parts


def _texts(value: object) -> Iterator[str]:
    """All texts of a value, which may be a list."""
    for each in value if isinstance(value, list) else [value]:
        category = each.get("credentialCategory") if isinstance(each, dict) else None
        if text := _text(category) or _text(each):
            yield text if "\n" in text or "<" in text else _BREAK.sub("\n", text)


def _first(value: object) -> object:
    """The first element of a list; anything else is itself."""
    return _first(value[0]) if isinstance(value, list) and value else value


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _line(markup: str) -> str:
    return html_to_text(markup).replace("\n", " ")


def _text(value: object) -> str:
    """A value as text: of an object its `name` or `value`, of a list its first element."""
    value = _first(value)
    if isinstance(value, dict):
        value = _first(value.get("name") or value.get("value") or value.get("legalName"))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return scalar(str(value)).strip()
    return ""


def _identifier(node: Node) -> str:
    identifier = _first(node.get("identifier"))
    if isinstance(identifier, dict):
        identifier = identifier.get("value") or identifier.get("@id")
    written = _text(identifier)
    # Some pages give the employer's name, which all of its postings share.
    return "" if written == _text(node.get("hiringOrganization")) else written


def _city(location: object) -> str:
    """The places of work as written, each once."""
    places = (_place(_address(place)) or _line(_text(place)) for place in _list(location))
    return "；".join(dict.fromkeys(filter(None, places)))


def _address(place: object) -> object:
    """The address of a place, or of a posting; some pages leave a level out. None where there is none."""
    if not isinstance(place, dict):
        return place
    return _first(place.get("address")) or (place if _ADDRESS & place.keys() else None)


def _place(address: object) -> str:
    """A place as written: region and locality, or what else there is."""
    if isinstance(address, dict):
        region, locality = _text(address.get("addressRegion")), _text(address.get("addressLocality"))
        # A Chinese locality is ambiguous without its province (鼓楼区); a foreign one is not written so.
        chinese = bool(region) and not region.isascii() and not locality.startswith(region)
        written = (region if chinese else "") + locality or region or _text(address.get("streetAddress"))
    else:
        written = _text(address)
    return _line(written)


def _schooling(value: object) -> str:
    """What schooling is asked for: the category of a credential, or words."""
    value = _first(value)
    category = value.get("credentialCategory") if isinstance(value, dict) else None
    return _text(category) or _text(value)


def _experience(value: object) -> str:
    """What experience is asked for: months, or words."""
    value = _first(value)
    months = _text(value.get("monthsOfExperience")) if isinstance(value, dict) else ""
    return f"{months} months" if months else _text(value)


def _salary(value: object, currency: str) -> str:
    """`8000-12000 CNY/MONTH`, or the amount as the page gives it."""
    value = _first(value)
    if not isinstance(value, dict):
        return f"{_text(value)} {currency}".strip() if _text(value) else ""
    currency = _text(value.get("currency")) or currency
    amount = _first(value.get("value"))
    if not isinstance(amount, dict):
        return f"{_text(amount)} {currency}".strip() if _text(amount) else ""
    low, high = _text(amount.get("minValue")), _text(amount.get("maxValue"))
    figures = "-".join(dict.fromkeys(filter(None, (low, high)))) or _text(amount.get("value"))
    unit = _text(amount.get("unitText"))
    return f"{figures} {currency}{'/' + unit if unit else ''}".strip() if figures else ""
