"""The first draft of a board file, from what a probe found; a person looks at it before it is used."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import yaml

from crawlers import jobposting, signs
from crawlers.board import is_loopback
from crawlers.extract import guess
from crawlers.extract.containers import Container, Document, xml_tree
from crawlers.extract.guess_html import Rows, rows_of, text_of
from crawlers.extract.problem import DocumentProblem
from crawlers.extract.records import JsonRecord
from crawlers.probe import Site

Content = dict[str, Any]
_Found = tuple[Content, list[str]]
"""Part of a board file, and what to note about it."""

_APPROVAL: Final = "`approved` is to be filled in by the person who looked at terms and robots.txt."
FILL_IN: Final = "FILL_IN"
"""Stands where a person has to say what could not be guessed."""
_TENANTS: Final = {
    "greenhouse": r"//(?:boards|job-boards|boards-api)\.greenhouse\.io/(?:v1/boards/)?([\w-]+)",
    "lever": r"//(?:jobs\.lever\.co|api\.lever\.co/v0/postings)/([\w-]+)",
    "ashby": r"//(?:jobs\.ashbyhq\.com|api\.ashbyhq\.com/posting-api/job-board)/([\w.-]+)",
    "smartrecruiters": r"//(?:jobs|careers|api)\.smartrecruiters\.com/(?:v1/companies/)?([\w-]+)",
    "personio": r"//([\w-]+)\.jobs\.personio\.(?:de|com)",
    "recruitee": r"//([\w-]+)\.recruitee\.com",
    "teamtailor": r"//([\w-]+)\.teamtailor\.com",
    "workable": r"//apply\.workable\.com/(?!api/|j/)([\w-]+)",
    "beisen": r"//([\w-]+)\.zhiye\.com",
    "workday": r"//(?P<host>(?P<tenant>[\w-]+)\.wd\d+\.myworkdayjobs\.com)/(?:wday/cxs/[\w-]+/)?"
    r"(?:[a-z]{2}-[A-Z]{2}/)?(?P<site>[\w-]+)",
    "oracle": r"//(?P<host>[\w-]+(?:\.[\w-]+){0,4}\.oraclecloud\.com)/hcmUI/CandidateExperience/[^/]+/sites/"
    r"(?P<site>\w+)",
    "hotjob": r"//(?P<host>[\w.-]+)/(?P<suite>SU\w+)/pb/",
    "moka": r"//app\.mokahr\.com/(?:social|campus)[\w-]{0,30}/([\w-]+)",
}
"""Template → the addresses of the sites it is for, with the tenant, or with several values by their names."""
_WITHOUT_NAME: Final = frozenset(
    {"lever", "ashby", "workable", "beisen", "moka", "workday", "oracle", "hotjob"}
)
"""Templates of systems that do not say whose jobs they are."""
_STATE: Final = re.compile(r"\b((?:window\.)?\w{3,40} ?=)\s*(?=[\[{]|JSON\.parse\()")
_HIDDEN: Final = re.compile(r"<input\b[^>]{0,300}", re.IGNORECASE)
_SCRIPTS: Final = 20
"""Assignments in scripts that are looked at."""
_DATA: Final = re.compile(r"<script\b(?=[^>]{0,300}application/json)[^>]{0,300}", re.IGNORECASE)
_DATA_ATTRIBUTE: Final = re.compile(
    r"<[a-z]+\b[^<>]{0,300}?\s(data-[\w-]{1,40})=[\"'](?:\[|\{|&#0?34;|&quot;)", re.IGNORECASE
)
_FULL: Final = re.compile(r"value=[\"'](?:\[|\{|&#0?34;|&quot;)")
_ID: Final = re.compile(r"\bid=[\"']?([\w-]+)")


@dataclass(frozen=True, slots=True)
class Draft:
    content: Content
    notes: Sequence[str] = field(default_factory=tuple)
    """What a person should know or do."""

    def written(self) -> str:
        """The board file, its notes as comments at the top."""
        head = "".join(f"# {note}\n" for note in self.notes)
        return head + yaml.safe_dump(self.content, allow_unicode=True, sort_keys=False, width=110)


def draft(site: Site, *, board_id: str) -> Draft | None:
    """A board file for `site`; None where nothing on it can be recognised."""
    for look in (_known_system, _sitemap, _list):
        if (found := look(site)) is not None:
            content, notes = found
            host = urlsplit(site.address).netloc
            local: Content = {"local": True, "delay": 0} if is_loopback(host) else {}
            return Draft({"id": board_id, "name": host} | content | local, [*notes, _APPROVAL])
    return None


def _known_system(site: Site) -> _Found | None:
    for template, pattern in _TENANTS.items():
        if found := re.search(pattern, site.address):
            values = found.groupdict() or {"tenant": found[1]}
            more = {"company": FILL_IN} if template in _WITHOUT_NAME else {}
            more |= {"portal": FILL_IN} if template == "beisen" else {}
            notes = [f"A firm's jobs at {template}."]
            notes += [f"values: {', '.join(more)} could not be guessed."] if more else []
            return {"template": template, "values": values | more}, notes
    return None


def _sitemap(site: Site) -> _Found | None:
    if site.sample is None or not jobposting.find(site.sample.text).postings:
        return None
    fullest = [address for address, pages in site.sitemaps.items() if pages]
    content = {"engine": "jsonld-sitemap", "start": fullest, "hosts": _hosts(fullest), "delay": 5}
    return content, [f"{site.sample.address} holds a JobPosting, and so may the other pages of the sitemaps."]


def _list(site: Site) -> _Found | None:
    if signs.challenge(site.page):
        return None
    document = Document(site.page, site.address)
    for look in (_feed, _json, _json_in_page, _postings):
        if (found := look(document)) is not None:
            return _listing(site, {**found, "fields": _rules(found["fields"])})
    rows = rows_of(site.page, site.address)
    return None if rows is None else _rows(site, rows)


def _listing(site: Site, listing: Content) -> _Found:
    """The part of a board file for a list whose records hold everything."""
    missing = [name for name in ("id", "title", "text") if listing["fields"].get(name, FILL_IN) == FILL_IN]
    notes = [f"fields.{name}: could not be guessed." for name in missing]
    notes.append("One page was looked at: say in `pages` how the list goes on, if it does.")
    content = {"engine": "listing", "hosts": _hosts([site.address]), "delay": 5}
    return content | {"listing": {"request": {"url": site.address}, **listing}}, notes


def _rows(site: Site, rows: Rows) -> _Found:
    """The same for rows that lead to pages of their own."""
    address = urljoin(site.address, "{list}") if rows.slices else site.address
    listing: Content = {"request": {"url": address}}
    listing |= {"slices": {"list": list(rows.slices)}} if rows.slices else {}
    listing |= {"pages": dict(rows.pages)} if rows.pages and not rows.slices else {}
    listing |= {"container": "html", "items": rows.items, "fields": dict(rows.fields)}
    engine = "notices" if rows.of_notices else "listing"
    hosts = _hosts([site.address, *rows.addresses])
    content: Content = {"engine": engine, "hosts": hosts, "delay": 5, "listing": listing}
    notes = [f"The list begins with: {', '.join(rows.titles[:3])}."]
    if not listing.keys() & {"slices", "pages"}:
        notes.append("How the list goes on could not be seen: say so in `slices` or `pages`.")
    if engine == "listing":
        content["detail"] = _detail(site.linked.text if site.linked else "")
        notes += ["detail.fields.text: could not be guessed."] if FILL_IN in str(content["detail"]) else []
    return content, notes


def _detail(page: str) -> Content:
    """Where the page of one posting says what."""
    if (found := _postings(Document(page))) is not None:
        return {"container": found["container"], "fields": {"text": "description", **_rules(found["fields"])}}
    return {"container": "html", "fields": {"text": text_of(page) or FILL_IN}}


def _rules(fields: Mapping[str, Sequence[str]]) -> Content:
    rules: Content = {name: FILL_IN for name in ("id", "title") if name not in fields}
    for name, paths in fields.items():
        rules[name] = paths[0] if len(paths) == 1 else {"under": {path: path for path in paths}}
    return rules


def _feed(document: Document) -> Content | None:
    start = document.text.lstrip("\ufeff \r\n\t")[:2000].lower()
    if not start.startswith("<") or "<html" in start:
        return None
    try:
        root, _ = xml_tree(document.text)
    except DocumentProblem:
        return None
    return _content("xml", guess.in_xml(root))


def _json(document: Document) -> Content | None:
    return _content("json", _in_container("json", document))


def _in_container(container: str, document: Document) -> guess.Guess | None:
    try:
        root = Container.written(container).open(document).root
    except DocumentProblem:
        return None
    return guess.in_json(root.node) if isinstance(root, JsonRecord) else None


def _containers(page: str) -> Iterator[str]:
    """Where a page may hold JSON: hidden fields, scripts that are data, attributes, assignments."""
    hidden = (found[0] for found in _HIDDEN.finditer(page) if _FULL.search(found[0]))
    yield from (f"input_json: input#{name[1]}" for each in hidden if (name := _ID.search(each)))
    data = [found[0] for found in islice(_DATA.finditer(page), _SCRIPTS)]
    yield from (f"page_json: script#{name[1]}" for each in data if (name := _ID.search(each)))
    if data and not any(map(_ID.search, data)):
        yield "page_json: script[type='application/json']"
    attributes = dict.fromkeys(found[1] for found in islice(_DATA_ATTRIBUTE.finditer(page), _SCRIPTS))
    yield from (f"page_json: [{name}]::attr({name})" for name in attributes)
    yield from (f"inline_js: {found[1]}" for found in islice(_STATE.finditer(page), _SCRIPTS))


def _json_in_page(document: Document) -> Content | None:
    """The list that is most like one of postings, in a hidden field or a script of the page."""
    containers = list(_containers(document.text))
    guesses = {each: found for each in containers if (found := _in_container(each, document)) is not None}
    if not guesses:
        return None
    best = max(guesses, key=lambda each: guesses[each].worth)
    # A script holds many lists; one that knows neither title nor text is hardly one of postings.
    return _content(best, guesses[best]) if {"title", "text"} & set(guesses[best].fields) else None


def _content(container: str, found: guess.Guess | None) -> Content | None:
    if found is None:
        return None
    items = {"items": found.items} if found.items else {}
    return {"container": container, **items, "fields": found.fields}


def _postings(document: Document) -> Content | None:
    if not jobposting.find(document.text).postings:
        return None
    names = {
        "id": "identifier.value",
        "title": "title",
        "text": "description",
        "company": "hiringOrganization.name",
    }
    names |= {"city": "jobLocation.address.addressLocality", "posted": "datePosted", "url": "url"}
    return {"container": "jobposting", "fields": {name: [path] for name, path in names.items()}}


def _hosts(addresses: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(urlsplit(address).netloc for address in addresses))
