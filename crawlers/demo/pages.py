"""The pages of the demo board, as bytes: readable HTML with JSON-LD, some of it broken on purpose."""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from string import Template
from typing import Any, Final

from crawlers.demo.ads import DemoAd, Variant
from events.types import PosterType

Node = dict[str, Any]

_PAGE: Final = Template(
    """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="$charset">
<title>$title</title>
<style>
body { font: 16px/1.7 sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
header { border-bottom: 2px solid #a33; color: #a33 } h1 { font-size: 1.4rem } h3 { font-size: 1.05rem }
.facts { color: #666 } footer { margin-top: 3rem; color: #888; font-size: .85rem }
</style>
$scripts
</head>
<body>
<header>清单演示招聘网</header>
<main>$body</main>
<footer>本页内容纯属虚构，仅供演示；单位、人员和联系方式均非真实。</footer>
</body>
</html>
"""
)
_CAMBRIAN: Final = {
    "@context": "https://ziyuan.baidu.com/contexts/cambrian.jsonld",
    "title": "招聘信息",
    "pubDate": "2026-11-01T08:00:00",
}
_ORGANIZATIONS: Final[Mapping[PosterType, str]] = {
    "public": "GovernmentOrganization",
    "agency": "EmploymentAgency",
}
_ITEM: Final = re.compile(r"(?P<kind>- |\d+\. )(?P<text>.*)")


def page_of(ad: DemoAd) -> bytes:
    """The detail page of one ad, in the encoding that it declares."""
    charset = "gbk" if ad.page == "gbk" else "utf-8"
    facts = [ad.employer, *ad.place, str(ad.posted), f"{ad.pay}元/月" if ad.pay else "薪资面议"]
    body = (
        f"<h1>{html.escape(ad.title)}</h1>"
        f'<p class="facts">{html.escape("　".join(facts))}</p>'
        f"<article>{markup(ad.text)}</article>"
    )
    return _page(ad.title, _scripts(ad), body, charset=charset).encode(charset)


def cut_off_page(ad: DemoAd) -> bytes:
    """A page whose JSON-LD ends in the middle, so that no mending helps."""
    source = json.dumps(_posting(ad), ensure_ascii=False)
    return _page(ad.title, _script(source[: len(source) // 2]), "<p>页面加载出错。</p>").encode()


def fair_page() -> bytes:
    """A page that holds no posting: an announcement."""
    body = "<h1>冬季专场招聘会公告</h1><p>本周六上午九点在体育馆举行，欢迎求职者携带身份证入场。</p>"
    return _page("招聘会公告", "", body).encode()


def index_page(links: Iterable[tuple[str, str]]) -> bytes:
    """The front page, for people: titles with links."""
    items = "".join(f'<li><a href="{path}">{html.escape(title)}</a></li>' for path, title in links)
    return _page("清单演示招聘网", "", f"<h1>最新职位</h1><ul>{items}</ul>").encode()


def markup(text: str) -> str:
    """HTML for the light markup of the ads: headings, lists, paragraphs."""
    blocks = []
    for tag, lines in groupby(text.strip().splitlines(), key=_tag):
        if tag in {"ol", "ul"}:
            texts = (_ITEM.sub(r"\g<text>", line) for line in lines)
            items = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
            blocks.append(f"<{tag}>{items}</{tag}>")
        else:
            blocks += [f"<{tag}>{html.escape(line.removeprefix('## '))}</{tag}>" for line in lines]
    return "\n".join(blocks)


def _tag(line: str) -> str:
    if line.startswith("## "):
        return "h3"
    item = _ITEM.match(line)
    if item is None:
        return "p"
    return "ul" if item["kind"] == "- " else "ol"


def _page(title: str, scripts: str, body: str, *, charset: str = "utf-8") -> str:
    return _PAGE.substitute(title=html.escape(title), scripts=scripts, body=body, charset=charset)


def _posting(ad: DemoAd) -> Node:
    posting: Node = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "identifier": {"@type": "PropertyValue", "name": "清单演示招聘网", "value": ad.id},
        "title": ad.title,
        "description": markup(ad.text),
        "datePosted": ad.posted.isoformat(),
        "hiringOrganization": {"@type": _ORGANIZATIONS.get(ad.org, "Organization"), "name": ad.employer},
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressRegion": ad.place[0],
                "addressLocality": ad.place[1],
                "addressCountry": "CN",
            },
        },
    }
    if ad.pay:
        low, high = ad.pay.split("-")
        amount = {"minValue": int(low), "maxValue": int(high), "unitText": "MONTH"}
        posting["baseSalary"] = {"@type": "MonetaryAmount", "currency": "CNY", "value": amount}
    return posting


def _scripts(ad: DemoAd) -> str:
    """The page's JSON-LD, well-formed or broken in the way that the ad asks for."""
    posting = _posting(ad)
    wrapped = _WRAPPED[ad.page](posting) if ad.page in _WRAPPED else posting
    source = json.dumps(wrapped, ensure_ascii=False, indent=1)
    broken = _BROKEN[ad.page](source) if ad.page in _BROKEN else source
    return "".join(_script(before) for before in _BEFORE.get(ad.page, ())) + _script(broken)


def _script(source: str) -> str:
    # A description may not end the script it stands in.
    inside = source.replace("</", r"<\/")
    return f'<script type="application/ld+json">{inside}</script>\n'


_WRAPPED: Final[Mapping[Variant, Callable[[Node], object]]] = {
    "graph": lambda posting: {"@context": "https://schema.org/", "@graph": [{"@type": "WebSite"}, posting]},
    "list": lambda posting: [{"@type": "Organization", "name": "清单演示招聘网"}, posting],
    "type_list": lambda posting: posting | {"@type": ["JobPosting", "Thing"]},
}
"""Lawful ways to put a posting into JSON-LD."""

_BROKEN: Final[Mapping[Variant, Callable[[str], str]]] = {
    "trailing_comma": lambda source: source.removesuffix("\n}") + ",\n}",
    "comment": lambda source: source.replace("{", "{ // 职位信息\n /* 由系统生成 */", 1),
    "stray_backslash": lambda source: source.replace("'", r"\'"),
    "entities": html.escape,
    "control_chars": lambda source: source.replace(r"\n", "\n\t"),
    "cdata": lambda source: f"//<![CDATA[\n{source}\n//]]>",
}
"""Unlawful ones that readers of real pages meet."""

_BEFORE: Final[Mapping[Variant, tuple[str, ...]]] = {
    "two_scripts": ('{"@type": "BreadcrumbList", "itemListElement": [',),
    "cambrian": (json.dumps(_CAMBRIAN, ensure_ascii=False),),
}
"""Other scripts that stand before it: a broken one, and one that is no JobPosting."""
