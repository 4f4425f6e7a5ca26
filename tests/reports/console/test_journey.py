"""A case from clue to end in a real browser: four people, by the keyboard alone."""

from datetime import timedelta

from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from sqlalchemy import Engine

from store.audit import breaks
from store.database import snapshot, transaction
from store.rechecks import Look, due, note, take
from tests.browser import logged
from tests.factory import Clock
from tests.keyboard import Keyboard
from tests.recorded import add, violation
from tests.reports.console.conftest import PASSWORD, LogIn

NUMBER = "QD-310000-2026-000001"


class Person:
    """Somebody who has logged in and opened the case."""

    def __init__(self, chrome: Chrome, base: str, name: str) -> None:
        self.keyboard = Keyboard(chrome)
        chrome.get(base)
        self.keyboard.write("用户名", name)
        self.keyboard.write("密码", PASSWORD)
        self.keyboard.press(Keys.ENTER)
        self.keyboard.sees(f"{name}（")
        # Typed into the bar of addresses, but by the first, who comes from the list.
        if name == "王初核":
            self.keyboard.activate(NUMBER)
        else:
            chrome.get(f"{base}/cases/{NUMBER}")
        self.keyboard.sees("下一步")

    def do(self, action: str, told: str, **fields: str) -> None:
        """Do one action, whose form asks for `fields` by their labels, and read what became of the case."""
        self.keyboard.activate(action)
        for label, text in fields.items():
            self.keyboard.write(label, text)
        self.keyboard.write("理由", "经核实")
        self.keyboard.activate(action)
        self.keyboard.sees(f"状态\n{told}")

    def leave(self) -> None:
        self.keyboard.activate("退出")
        self.keyboard.sees("用户名")


def look_again(engine: Engine, clock: Clock) -> None:
    """What `qingdan cases recheck` finds: the ad asks for nothing any more."""
    with transaction(engine) as session:
        ads = take(session, [each.ad_id for each in due(session, clock(), most=5)], clock())
        for ad_id in ads:
            note(session, ad_id, {"C-accounting": Look("lawful", "正文已改")}, clock())


def test_a_case_is_worked_to_its_end_without_a_mouse(
    chrome: Chrome, base: str, log_in: LogIn, engine: Engine, clock: Clock
) -> None:
    add(engine, violation(1, url="https://jobs.example/1"))
    for name, role in (
        ("王初核", "reviewer"),
        ("李复核", "reviewer"),
        ("赵承办", "officer"),
        ("钱承办", "officer"),
    ):
        log_in(name, role)
    chrome.get(f"{base}/login")
    chrome.delete_all_cookies()

    first = Person(chrome, base, "王初核")
    first.do("初核确认", "初核通过待复核")
    first.keyboard.sees("复核通过、成案：这一步须由另一人办理")
    first.leave()

    second = Person(chrome, base, "李复核")
    second.do("复核通过、成案", "已成案待派发")
    second.do("派发", "已派发待签收")
    second.leave()

    officer = Person(chrome, base, "赵承办")
    officer.do("签收", "已签收")
    officer.do("开始核查", "核查中", 监察员="赵承办、孙监察")
    officer.do("责令改正", "责令改正", 文书="沪人社监令〔2026〕1号")
    officer.do("整改完成", "已整改待回头看")
    officer.leave()

    clock.now += timedelta(days=90)
    look_again(engine, clock)
    last = Person(chrome, base, "钱承办")
    last.do("销号", "已销号", 结果="已改为合法表述")
    last.keyboard.sees("您现在没有可以办理的步骤")
    assert logged(chrome, "browser") == []
    with snapshot(engine) as session:
        assert not list(breaks(session))
