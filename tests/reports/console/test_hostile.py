"""Hostile words in every field of an ad, and of a form, are words."""

from urllib.parse import urlencode

from lxml import html
from sqlalchemy import Engine

from tests.recorded import add, violation
from tests.reports.console.browsing import Answer
from tests.reports.console.conftest import LogIn

PAYLOADS = (
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus=alert(1) x='",
    "<img src=x onerror=alert(1)>",
    "</textarea></style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}{% include 'x' %}",
)  # fmt: skip
TAGS = {"script", "iframe", "object", "embed", "img", "base", "svg", "style"}


def hostile(engine: Engine) -> None:
    for number, payload in enumerate(PAYLOADS):
        text = f"须持{payload}证"
        fields = {"name": payload, "qualification": payload, "suggestion": payload, "basis": (payload,)}
        said = {"quote": payload, "text": text, "edition": payload, "rule": payload, "row": payload, **fields}
        ad = {"source": payload, "url": payload, "title": payload, "company": payload, "acting_for": payload}
        add(engine, violation(number, said=said, text=text, **ad))


def check(answer: Answer) -> None:
    for element in html.fromstring(answer.text).iter():
        assert element.tag not in TAGS
        for attribute, value in element.attrib.items():
            assert not str(attribute).startswith("on")
            assert attribute not in {"style", "src", "srcset", "autofocus"}
            if attribute in {"href", "action"}:
                assert str(value).startswith(("/", "#", "https://", "http://"))


def test_hostile_words_are_words_on_every_page(log_in: LogIn, engine: Engine) -> None:
    hostile(engine)
    browser = log_in()
    listed = browser.get("/cases")
    check(listed)
    for number, payload in enumerate(PAYLOADS, start=1):
        case = browser.get(f"/cases/QD-310000-2026-{number:06d}")
        assert case.status == 200
        check(case)
        assert " ".join(payload.split()) in case.words
        assert " ".join(payload.split()) in listed.words


def test_hostile_words_of_a_form_and_an_address_are_words(log_in: LogIn, engine: Engine) -> None:
    add(engine, violation(1))
    browser = log_in()
    for payload in PAYLOADS:
        check(browser.post("/cases/QD-310000-2026-000001/approve", why=payload, document=payload))
        check(browser.get(f"/cases?{urlencode({'words': payload, 'week': payload, 'employer': payload})}"))
    check(browser.post("/login", name=PAYLOADS[1], password=PAYLOADS[1]))
    browser.post("/cases/QD-310000-2026-000001/confirm", why=PAYLOADS[0])
    case = browser.get("/cases/QD-310000-2026-000001")
    check(case)
    assert PAYLOADS[0] in case.words
