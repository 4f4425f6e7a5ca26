"""Every page, for every role and every area: who sees what, generated from the table of pages."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine

from config.divisions import NATION
from config.weeks import Week
from events.types import DeadLetter
from reports.console.app import PAGES
from reports.console.gate import FACTOR, Page
from reports.weekly.issue import Signing, issue
from reports.weekly.publish import Order
from store.accounts import ROLES
from store.case_file import open_case_file
from store.database import snapshot, transaction
from store.dead_letters import note_letters
from store.objections import Brought, bring
from tests.factory import WEDNESDAY, checked_ad, job_ad, mention
from tests.noticed import approve, issued
from tests.recorded import add, case_of, filled, fresh_store, violation
from tests.reports.console.browsing import Answer, Browser
from tests.reports.console.conftest import LogIn

PLACES = {"own": "330100", "sibling": "330200", "above": "330000", "elsewhere": "310000", "nation": "000000"}
"""Where cases lie, as an account of Hangzhou calls them."""
AREAS = {
    "330100": {"own"},
    "330000": {"own", "sibling", "above"},
    "000000": set(PLACES),
    "340000": set(),
}
"""What an account of each bureau sees."""
WEEK = Week.of(WEDNESDAY)
"""Of which reports were issued."""
NAME = "某某师证"
"""In the curation tray."""
NATIONAL = "全国事项"
"""In the ad that names it, and in a dead letter."""
LETTER = DeadLetter(
    event_id=DeadLetter.id_for("ads.collected", 0, 0, "check"), topic="ads.collected", partition=0, offset=0,
    group="check", record_key="", value="", reason=NATIONAL, died_at=WEDNESDAY,
)  # fmt: skip
FORM = {
    "why": "属实", "action": "approve", "name": NAME, "choice": "ignore", "state": "rejected",
    "place": "1", "answer": "removed", "done_on": f"{WEDNESDAY:%Y-%m-%d}", "said_by": "王合规",
}  # fmt: skip
"""Of a suspected case nothing can be approved: what is told about it is all there is to see."""
EMPTY = {("POST", "/password"), ("POST", FACTOR), ("POST", "/notices")}
"""Forms in which `FORM` fills in nothing that they ask for."""
BEHIND = "after=QD-310000-2026-000001"
TOKEN = re.compile(r"\b[0-9a-f]{64}\b")
PROTECTED = [page for page in PAGES if page.roles]


def number_at(place: str) -> str:
    return f"QD-{PLACES[place]}-2026-000001"


def notice_at(place: str) -> str:
    return f"{PLACES[place]}-P-2026-1"


def secret_of(place: str) -> str:
    return f"单位{PLACES[place]}有限公司"


def objection_to(place: str) -> Brought:
    return Brought(
        receipt=place, at=WEDNESDAY, about=number_at(place), organisation=secret_of(place), reasons="不属实",
        contact="", delete_contact_at=WEDNESDAY,
    )  # fmt: skip


@cache
def stored() -> bytes:
    """A store with one case at each place, and an objection to it."""
    return filled(fill)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with fresh_store(tmp_path / "places", stored()) as engine:
        yield engine


def fill(engine: Engine) -> None:
    for number, (place, code) in enumerate(PLACES.items()):
        division = None if place == "nation" else code
        add(engine, violation(number, company=secret_of(place), division=division, source=f"board-{code}"))
        with transaction(engine) as session:
            bring(session, objection_to(place))
    text = f"{NATIONAL}：须持有会计从业资格证"
    unknown = mention(text=text, name=NAME, qualification=None, kind="other", verdict="none")
    add(engine, checked_ad(job_ad(9, text=text), unknown))
    for number, (place, code) in enumerate(PLACES.items(), start=20):
        division = None if place == "nation" else code
        noticed = violation(number, company=f"{secret_of(place)}二厂", division=division, source="demo")
        add(engine, noticed)
        approve(engine, case_of(engine, noticed))
        issued(engine, bureau=code)
    for code in PLACES.values():
        issue(engine, Order(period=WEEK, bureau=code), Signing(by="张处长", at=WEEK.end))
    with transaction(engine) as session:
        note_letters(session, [(LETTER, "board")])


def ask(browser: Browser, page: Page, place: str) -> Answer:
    names = {"number": number_at(place), "objection": str(1 + list(PLACES).index(place))}
    names |= {"notice": notice_at(place), "document": "letter.docx"}
    names |= {"report": f"{PLACES[place]}-{WEEK}-N-1", "file": "weekly-internal.html"}
    path = page.path.format(**names, action="confirm", letter=LETTER.event_id, deed="drop")
    if page.method == "GET":
        return browser.get(f"{path}?{urlencode({'name': NAME})}")
    return browser.post(path, **FORM, **{f"case:{number_at(place)}": "yes"})


def is_about_a_case(page: Page) -> bool:
    named = any(name in page.path for name in ("{number}", "{objection}", "{report}", "{notice}"))
    return named or (page.method, page.path) == ("POST", "/cases")


def expected(page: Page, role: str, area: str, *, seen: bool) -> set[int]:
    if role not in page.roles:
        return {403}
    if ("{" in page.path and is_about_a_case(page) and not seen) or (page.nationwide and area != NATION):
        return {404}
    if "{action}" in page.path and role != "reviewer":
        return {403}
    if page.path.endswith(("/remind", "/notices/{notice}/list")):  # too early; no file
        return {409}
    # A form with nothing in it changes no password, and shows no code.
    return {400} if (page.method, page.path) in EMPTY else {200, 303}


def leaks(answer: Answer, area: str) -> Iterator[str]:
    for place, code in PLACES.items():
        if place not in AREAS[area]:
            yield from (told for told in (secret_of(place), f"board-{code}") if told in answer.text)
    if area != NATION and NATIONAL in answer.text:
        yield NATIONAL


def status_of(engine: Engine, place: str) -> str:
    with snapshot(engine) as session:
        found = open_case_file(session, number_at(place))
        assert found is not None
        return found.line.status


@pytest.mark.parametrize("area", AREAS)
def test_every_page_for_every_role_and_area(log_in: LogIn, engine: Engine, area: str) -> None:
    # Reviewers come last: they change the cases that the others must not.
    for role in sorted(ROLES, key="reviewer".__eq__):
        assert {status_of(engine, place) for place in PLACES} == {"suspected"}
        browser = log_in(f"{role}甲", role, area)
        for page in PROTECTED:
            for place in PLACES if is_about_a_case(page) else ("own",):
                answer = ask(browser, page, place)
                seen = place in AREAS[area]
                assert answer.status in expected(page, role, area, seen=seen), (page, role, place)
                assert list(leaks(answer, area)) == [], (page, role, place)
    for place in PLACES:
        assert status_of(engine, place) == ("reviewed" if place in AREAS[area] else "suspected")


@pytest.mark.parametrize("area", ["330100", "330000"])
@pytest.mark.parametrize(
    "query",
    ["view=all", "words=%E5%8D%95%E4%BD%8D", "bureau=000000", "bureau=310000", "after=QD-310000-2026-000001"],
)
def test_no_query_of_the_list_leaks(log_in: LogIn, area: str, query: str) -> None:
    answer = log_in(bureau=area).get(f"/cases?{query}")
    assert list(leaks(answer, area)) == []
    # The form's token is random and may hold any six digits.
    told = TOKEN.sub("", answer.text).replace("bureau=310000", "").replace("after=QD-310000-2026-000001", "")
    assert "310000" not in told


def test_what_is_not_seen_and_what_is_not_there_are_told_alike(log_in: LogIn) -> None:
    browser = log_in(bureau="330100")
    hidden, absent = (
        browser.get(f"/cases/{number_at('sibling')}"),
        browser.get("/cases/QD-330200-2026-000009"),
    )
    assert (hidden.status, hidden.text) == (absent.status, absent.text)


def test_who_is_not_logged_in_comes_to_the_entrance(base: str) -> None:
    browser = Browser(base)
    browser.get("/login")
    assert [ask(browser, page, "own").place for page in PROTECTED] == ["/login"] * len(PROTECTED)


def test_an_administrator_sees_the_accounts_of_the_area_only(log_in: LogIn) -> None:
    log_in("上海人", "officer", "310000")
    log_in("杭州人", "officer", "330100")
    words = log_in("浙江管理员", "admin", "330000").get("/accounts").words
    assert "杭州人" in words
    assert "上海人" not in words
