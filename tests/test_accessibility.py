"""What looks for barriers finds some: a page without them is one that has been looked at."""

from urllib.parse import quote

from selenium.webdriver import Chrome

from tests.accessibility import faults

BARRED = """<!DOCTYPE html><html><title>x</title><body><main><img src="data:,"><input>
<p style="color:#ccc">pale</p><details><summary>more</summary><button></button></details>
<p style="width:900px">wide</p></main>"""


def test_barriers_are_found(chrome: Chrome) -> None:
    chrome.get(f"data:text/html;charset=utf-8,{quote(BARRED)}")
    found = list(faults(chrome))
    for rule in ("image-alt", "label", "color-contrast", "html-has-lang", "button-name"):
        assert any(f"1366: {rule}" in fault for fault in found), rule
    assert "500: the page has to be scrolled sideways" in found
    assert "1366: the page has to be scrolled sideways" not in found
