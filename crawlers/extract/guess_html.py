"""Guessing where a page lists postings or notices in its markup, and where a page of one holds its text."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers.html_text import html_to_text, parse_html
from crawlers.intake.headers import bare, ordinary

_FEWEST: Final = 3
"""Rows that make a list."""
_LOOKED_AT: Final = 30
_MOST_LINKS: Final = 20
"""Links of a row that are looked at."""
_LONGEST: Final = 1500
"""Characters of a row; what is longer holds a list rather than being a row of one."""
_ALIKE: Final = 0.6
"""Share of the rows of a list that must have what makes them its rows."""
_SHARED: Final = frozenset({"com", "net", "org", "gov", "edu", "ac"})
"""Labels below which a country gives its domains."""
_NAMED: Final = re.compile(r"[^\W\d_]{2}")
_JOB: Final = re.compile(
    r"job|position|zhaopin|zhiwei|gangwei|recruit|career|vacanc|offer|职位|岗位|招聘|招录|招考|选聘|引进",
    re.IGNORECASE,
)
_NOTICE: Final = re.compile(r"招聘|招录|招考|选聘|引进|公告|公示|通知|简章")
_DAY: Final = re.compile(r"(?:20\d{2}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?")
_BRACKETS: Final = " []（）()【】"
_DAY_IN_ADDRESS: Final = r"/t(20\d{6})_"
_NEXT: Final = (
    "//a[@href and not(starts-with(@href, 'javascript')) and "
    "(@rel='next' or normalize-space()='下一页' or normalize-space()='下页' or normalize-space()='后一页' or "
    "normalize-space()='Next' or normalize-space()='next')]"
)
_MADE_BY_SCRIPT: Final = re.compile(
    r"createPageHTML\((?:['\"][^'\"]{0,99}['\"],\s?)?(\d{1,4}),\s?\d{1,4},\s?['\"](\w{1,40})['\"],\s?['\"](\w{1,9})['\"]"
)
_MOST_PAGES: Final = 20
_OF_A_TEXT: Final = re.compile(
    r"职责|任职|要求|资格|条件|职位描述|岗位描述|工作内容|responsib|require|qualif", re.IGNORECASE
)
_BY_CLASS: Final = ("company", "city", "salary", "posted")

Rules = Mapping[str, Any]
"""Field → rule, as a board file writes it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A list in the markup."""

    items: str
    """The expression that finds its rows."""
    fields: Rules
    titles: Sequence[str]
    addresses: Sequence[str]
    """Of the pages that the rows lead to."""
    pages: Mapping[str, Any] = field(default_factory=dict)
    """How the list goes on, where that can be seen."""
    slices: Sequence[str] = ()
    """Names of the pages of a list whose links a script makes."""

    @property
    def of_notices(self) -> bool:
        """Do the rows lead to notices rather than to postings?"""
        return sum(bool(_NOTICE.search(title)) for title in self.titles) >= _ALIKE * len(self.titles)


def rows_of(page: str, address: str) -> Rows | None:
    """The list of `page` that is most like one of postings or notices; None where nothing is like one."""
    root = parse_html(page)
    if root is None:
        return None
    site = _site(urlsplit(address).netloc)
    groups: dict[tuple[etree._Element, str], list[etree._Element]] = defaultdict(list)
    for element in root.iter("li", "tr", "article", "div", "dl", "dd", "section", "a", "p"):
        parent, link = element.getparent(), _link(element)
        # What leads to another site is no page of this board.
        if parent is not None and link is not None and _site(_host(address, link)) == site:
            groups[parent, str(element.tag)].append(element)
    lists = [(parent, rows) for (parent, _), rows in groups.items() if len(rows) >= _FEWEST]
    worth = [(_worth(rows, address), parent, rows) for parent, rows in lists]
    best = max((each for each in worth if each[0]), key=lambda each: each[0], default=None)
    return None if best is None else _rows(root, best[1], best[2], page, address)


def _host(address: str, link: etree._Element) -> str:
    try:
        return urlsplit(urljoin(address, link.get("href", ""))).netloc
    except ValueError:  # no address at all
        return ""


def _site(host: str) -> str:
    """The domain that a site was given: jobs.a.com and a.com are one, a.gov.cn and b.gov.cn two."""
    labels = host.lower().split(".")
    return ".".join(labels[-3 if labels[-2:-1] and labels[-2] in _SHARED else -2 :])


def _link(row: etree._Element) -> etree._Element | None:
    """The link of a row that names what it is about: in a heading, else the one with the longest words."""
    links = [row] if row.tag == "a" else list(islice(row.iter("a"), _MOST_LINKS))
    real = [each for each in links if _leads_on(each.get("href", "")) and _NAMED.search(_title(each))]
    return max(real, key=lambda link: (_in_heading(link), len(_title(link))), default=None)


def _in_heading(link: etree._Element) -> bool:
    parent = link.getparent()
    return parent is not None and parent.tag in ("h1", "h2", "h3", "h4")


def _leads_on(href: str) -> bool:
    return bool(href) and not href.lower().startswith(("javascript:", "mailto:", "tel:", "#"))


def _title(link: etree._Element) -> str:
    words = " ".join("".join(map(str, link.itertext())).split())
    return max(link.get("title", "").strip(), words, key=len)


def _worth(rows: Sequence[etree._Element], address: str) -> float:
    """How much a list is like one of postings; nothing where it is like a menu."""
    rows = rows[:_LOOKED_AT]
    links = [link for row in rows if (link := _link(row)) is not None]
    texts = [" ".join("".join(map(str, row.itertext())).split()) for row in rows]
    addresses = [link.get("href", "") for link in links]
    if len(set(addresses)) < _ALIKE * len(rows) or max(map(len, texts)) > _LONGEST:
        return 0
    kinds = Counter(re.sub(r"\d+", "0", urlsplit(each).path.rpartition("/")[0]) for each in addresses)
    counted = sum(bool(re.search(r"\d", each)) for each in addresses) >= _ALIKE * len(rows)
    dated = sum(bool(_DAY.search(text)) for text in texts) >= _ALIKE * len(rows)
    about = sum(
        bool(_JOB.search(f"{address} {href} {text}")) for href, text in zip(addresses, texts, strict=True)
    )
    told = sum(len(text) > len(_title(link)) for text, link in zip(texts, links, strict=True))
    signs = counted + dated + (about >= _ALIKE * len(rows)) + (told >= _ALIKE * len(rows))
    alike = kinds.most_common(1)[0][1] >= _ALIKE * len(rows)
    return signs + min(len(rows), _LOOKED_AT) / 100 if alike and signs > 1 and (dated or about) else 0


def _rows(
    root: etree._Element, parent: etree._Element, rows: Sequence[etree._Element], page: str, address: str
) -> Rows:
    items = f"{_path(parent)}/{rows[0].tag}[{'@href' if rows[0].tag == 'a' else './/a[@href]'}]"
    main = [link for row in rows if (link := _link(row)) is not None]
    expression = _link_expression(rows, main)
    titled = sum(bool(each.get("title")) for each in main) >= _ALIKE * len(main)
    title = [f"xpath:{expression}/@title", f"xpath:{expression}"] if titled else f"xpath:{expression}"
    fields: dict[str, Any] = {"title": title, "url": {"from": f"xpath:{expression}/@href", "do": ["url"]}}
    fields |= {name: rule for name, rule in _beside(rows, main).items() if name not in fields}
    addresses = [urljoin(address, each.get("href", "")) for each in main]
    pages = {"by": "next", "where": f"xpath:{_NEXT}/@href"} if root.xpath(_NEXT) else {}
    made = _MADE_BY_SCRIPT.search(page)
    slices = (
        [f"{made[2]}{f'_{n}' if n else ''}.{made[3]}" for n in range(min(int(made[1]), _MOST_PAGES))]
        if made
        else []
    )
    return Rows(f"xpath:{items}", fields, [_title(each) for each in main], addresses, pages, slices)


def _path(element: etree._Element) -> str:
    """An XPath to an element: by its id or its class, else by those of what is around it."""
    steps: list[str] = []
    at: etree._Element | None = element
    while at is not None and at.tag not in ("body", "html"):
        for name in ("id", "class"):
            if (value := at.get(name, "")) and not re.search(r"[\d'\"]", value):
                named = f"{at.tag}[@{name}='{value}']"
                return "//" + "/".join([named, *reversed(steps)])
        steps.append(str(at.tag))
        at = at.getparent()
    return "//" + "/".join(["body", *reversed(steps)])


def _link_expression(rows: Sequence[etree._Element], main: Sequence[etree._Element]) -> str:
    """An XPath, from a row, to its main link."""
    if rows[0].tag == "a":
        return "."
    classes = Counter(link.get("class", "") for link in main)
    of_class = next(
        (f".//a[@class='{name}']" for name, _ in classes.most_common(1) if name and "'" not in name), ""
    )
    known = [".//h2//a", ".//h3//a", ".//h4//a", of_class, ".//a[@href][normalize-space()]", ".//a[@title]"]
    for each in filter(None, known):
        found = [next(iter(row.xpath(each)), None) for row in rows]  # type: ignore[arg-type]
        if sum(one is other for one, other in zip(found, main, strict=False)) >= _ALIKE * len(main):
            return each
    return ".//a[@href]"


def _beside(rows: Sequence[etree._Element], main: Sequence[etree._Element]) -> Rules:
    """What a row says beside its link, by the heads of a table, by class, by its form."""
    found: dict[str, Any] = {}
    if rows[0].tag == "tr":
        found |= _by_head(rows)
    classes = dict.fromkeys(
        name
        for row in rows[:_LOOKED_AT]
        for each in row.iter(etree.Element)
        for name in each.get("class", "").split()
    )
    for name, columns in ordinary(tuple(classes)).items():
        if columns and name in _BY_CLASS:
            found.setdefault(name, f".{columns[0]}")
    if any(True for _ in rows[0].iter("time")):
        found["posted"] = ["time::attr(datetime)", "time"]
    if "posted" not in found and (day := _day(rows)):
        found["posted"] = day
    if "posted" not in found and all(re.search(_DAY_IN_ADDRESS, link.get("href", "")) for link in main):
        found["posted"] = {"from": "a::attr(href)", "do": [{"pattern": _DAY_IN_ADDRESS}]}
    return found


def _by_head(rows: Sequence[etree._Element]) -> Iterator[tuple[str, str]]:
    """The columns of a table by the words above them."""
    head = next((each for each in rows[0].itersiblings("tr", preceding=True)), None)
    if head is None and (table := next(rows[0].iterancestors("table"), None)) is not None:
        head = next((each for each in table.iter("tr") if each is not rows[0]), None)
    cells = list(head.iterchildren("th", "td")) if head is not None else []
    names = [bare("".join(map(str, cell.itertext()))) for cell in cells]
    for name, columns in ordinary(tuple(filter(None, names))).items():
        if columns and name not in ("text", "url", "source", "title"):
            yield name, f"td:nth-child({names.index(columns[0]) + 1})"


def _day(rows: Sequence[etree._Element]) -> object:
    """The rule for the element of each row that holds nothing but a day; nothing where there is none."""
    counted: Counter[str] = Counter()
    bracketed = False
    for row in rows[:_LOOKED_AT]:
        for each in row.iter("span", "i", "em", "b", "td", "p", "div", "dd"):
            written = (each.text or "").strip()
            if not len(each) and _DAY.fullmatch(written.strip(_BRACKETS)):
                name = next(iter(each.get("class", "").split()), "")
                counted[f"{each.tag}.{name}" if name else str(each.tag)] += 1
                bracketed = bracketed or written != written.strip(_BRACKETS)
                break
    best, count = next(iter(counted.most_common(1)), ("", 0))
    if count < _ALIKE * min(len(rows), _LOOKED_AT):
        return ""
    return {"from": best, "do": [{"pattern": _DAY.pattern}]} if bracketed else best


def text_of(page: str) -> str:
    """The expression for the element that holds the text of a posting; empty where none is seen."""
    root = parse_html(page)
    if root is None:
        return ""
    marked = [
        each for each in root.iter(etree.Element) if _OF_A_TEXT.search(each.text or "") and _is_shown(each)
    ]
    if not marked:
        return ""
    shared = [set(each.iterancestors()) | {each} for each in marked]
    around = set.intersection(*shared)
    for element in (marked[0], *marked[0].iterancestors()):
        if (
            element in around
            and len(html_to_text(etree.tostring(element, encoding="unicode"))) > _FEWEST * 10
        ):
            path = _path(element)
            return "" if path == "//body" else f"xpath:{path}"
    return ""


def _is_shown(element: etree._Element) -> bool:
    hidden = {"script", "style", "title", "option", "a", "meta", "noscript"}
    return not hidden & {str(each.tag) for each in (element, *element.iterancestors())}
