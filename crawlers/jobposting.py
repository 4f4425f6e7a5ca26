"""schema.org JobPosting out of a page: JSON-LD, mended where it is broken, else microdata or RDFa.

Every script is parsed on its own: the usual library drops all blocks of a page when one is malformed.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crawlers import microdata
from crawlers.html_text import html_to_text, parse_html, scalar
from events.types import PosterType

Node = Mapping[str, Any]

# Each pattern consumes what it begins, to the end if need be, and never backtracks: linear in time.
_STRING: Final = r'"(?:[^"\\]++|\\.)*+(?:"|\Z)'
_STRING_OR_COMMENT: Final = re.compile(
    _STRING + r"|/\*.*?(?:\*/|\Z)|//[^\n]*+|<!--|-->|<!\[CDATA\[|\]\]>", re.DOTALL
)
_STRING_OR_COMMA: Final = re.compile(_STRING + r"|,(?=\s*+[}\]])", re.DOTALL)
_STRAY_BACKSLASH: Final = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|(.)?)', re.DOTALL)
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


def find(page: str) -> Found:
    """All JobPosting nodes of `page`: of each JSON-LD script that can be read, else of the markup."""
    tree = parse_html(page)
    if tree is None:
        return Found((), ())
    postings: list[Node] = []
    broken: list[str] = []
    for number, script in enumerate(tree.iter("script"), start=1):
        if "ld+json" not in script.get("type", "").lower() or not (source := (script.text or "").strip()):
            continue
        try:
            postings.extend(_postings(loads(source)))
        except ValueError as error:
            if "JobPosting" in source:
                broken.append(f"script {number}: {error}")
    if not postings:
        postings = list(microdata.items(tree, "JobPosting"))
    links = tree.iter("link")
    canonical = next((link.get("href", "") for link in links if link.get("rel") == "canonical"), "")
    return Found(tuple(postings), tuple(broken), canonical)


def loads(source: str) -> object:
    """The JSON in a script, mended step by step until it can be read.

    Raises:
        ValueError: no step helps; says what is wrong with the source as it stands.
    """
    failure = ""
    for variant in (source, html.unescape(source)):
        for mended in (variant, _without_comments(variant), _mended(variant)):
            try:
                return json.loads(mended, strict=False)
            except (ValueError, RecursionError) as error:
                failure = failure or str(error) or type(error).__name__
    raise ValueError(f"no JSON: {failure}")


def _without_comments(source: str) -> str:
    return _STRING_OR_COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else " ", source)


def _mended(source: str) -> str:
    """Comments out, backslashes that escape nothing in JSON out, trailing commas out."""
    plain = _STRAY_BACKSLASH.sub(lambda match: match[0] if match[1] else match[2] or "", source)
    return _STRING_OR_COMMA.sub(
        lambda match: match[0] if match[0].startswith('"') else "", _without_comments(plain)
    ).rstrip(";\n\t ")


def _postings(data: object) -> Iterator[Node]:
    """Every JobPosting in `data`, however it is wrapped (list, @graph, mainEntity …), in order."""
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            if "JobPosting" in _types(node):
                yield node
            else:
                stack.extend(reversed(list(node.values())))


def _types(node: object) -> list[str]:
    """The types of a node, without the vocabulary's prefix (`http://schema.org/`, `schema:`)."""
    kinds = node.get("@type") if isinstance(node, dict) else None
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [re.split(r"[/:#]", kind)[-1] for kind in kinds if isinstance(kind, str)]


def fields(node: Node) -> Fields:
    """The fields of one JobPosting; what is missing or of an odd shape is empty."""
    organization = _first(node.get("hiringOrganization"))
    return Fields(
        identifier=_identifier(node),
        title=html_to_text(_text(node.get("title") or node.get("name"))).replace("\n", " "),
        text="\n".join(filter(None, map(html_to_text, _body(node)))),
        company=html_to_text(_text(organization)).replace("\n", " "),
        poster=next((_POSTERS[kind] for kind in _types(organization) if kind in _POSTERS), "unknown"),
        city=_city(node.get("jobLocation")),
        posted=_text(node.get("datePosted")),
        valid_through=_text(node.get("validThrough")),
        salary=_salary(node.get("baseSalary"), _text(node.get("salaryCurrency"))),
    )


def _body(node: Node) -> list[str]:
    """The description, then requirements that the page gives only outside of it."""
    parts: list[str] = []
    for name in ("description", "responsibilities", "qualifications", "experienceRequirements"):
        part = _text(node.get(name))
        if part and not any(part in earlier for earlier in parts):
            parts.append(part)
    return parts


def _first(value: object) -> object:
    """The first element of a list; anything else is itself."""
    return _first(value[0]) if isinstance(value, list) and value else value


def _text(value: object) -> str:
    """A value as text: of an object its `name` or `value`, of a list its first element."""
    value = _first(value)
    if isinstance(value, dict):
        value = _first(value.get("name") or value.get("value"))
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return scalar(str(value)).strip()
    return ""


def _identifier(node: Node) -> str:
    identifier = _first(node.get("identifier"))
    if isinstance(identifier, dict):
        return _text(identifier.get("value") or identifier.get("@id"))
    return _text(identifier)


def _city(location: object) -> str:
    """The place of work as written: region and locality of the first place that names one."""
    for place in location if isinstance(location, list) else [location]:
        address = _first(place.get("address")) if isinstance(place, dict) else place
        if isinstance(address, dict):
            region, locality = _text(address.get("addressRegion")), _text(address.get("addressLocality"))
            # A Chinese locality is ambiguous without its province (鼓楼区); a foreign one is not written so.
            chinese = bool(region) and not region.isascii() and not locality.startswith(region)
            written = (region if chinese else "") + locality or region or _text(address.get("streetAddress"))
        else:
            written = _text(address)
        if written:
            return html_to_text(written).replace("\n", " ")
    return ""


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
