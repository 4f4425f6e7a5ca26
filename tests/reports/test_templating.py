import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from reports.templating import environment, external, visible


def printed(value: object) -> str:
    return environment().from_string("{{ value }}").render(value=value)


def test_every_value_is_escaped_whatever_the_template_is_called() -> None:
    assert printed('<script>"x"</script>') == "&lt;script&gt;&#34;x&#34;&lt;/script&gt;"


def test_template_language_in_data_prints_itself() -> None:
    assert printed("{{7*7}}{% raw %}") == "{{7*7}}{% raw %}"


def test_an_undefined_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody }}").render()


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("甲\u202e乙", "甲[U+202E]乙"),
        ("零\u200b宽", "零[U+200B]宽"),
        ("\u2066a\u2069", "[U+2066]a[U+2069]"),
        ("\U000e0041", "[U+E0041]"),
        ("空\u3164白", "空[U+3164]白"),
        ("a\x00b\x07", "a[U+0000]b[U+0007]"),
        ("软\u00ad连", "软[U+00AD]连"),
        ("换行\n留下", "换行\n留下"),
        ("汉字、English １２３", "汉字、English １２３"),
    ],
)
def test_hidden_characters_are_written_out(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown
    assert printed(hidden) == shown


@given(st.text())
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@pytest.mark.parametrize(
    "address",
    ["https://jobs.example/1", "http://招聘.example/职位?id=1&x=2#a", "https://[2001:db8::1]:8443/x"],
)
def test_web_addresses_are_links(address: str) -> None:
    assert external(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " https://jobs.example/1",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "//jobs.example/1",
        "https:jobs.example",
        "https://",
        "https://jobs.example:port/",
        "https://[broken/",
        'https://jobs.example/" onmouseover="x',
        "https://jobs.example/\u202egpj.exe",
        "ftp://jobs.example/1",
        "file:///etc/passwd",
    ],
)
def test_anything_else_is_no_link(address: str) -> None:
    assert external(address) == ""
