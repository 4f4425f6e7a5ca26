import html
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.loose_json import loads

AD = {"title": "电工", "text": "持证上岗\n值夜班", "tags": ["a", "b"]}
PLAIN = json.dumps(AD, ensure_ascii=False)


@pytest.mark.parametrize(
    "source",
    [
        f"\ufeff{PLAIN}",
        f"  {PLAIN};\n",
        f"{PLAIN}}}",
        f"callback({PLAIN});",
        f"/**/jQuery112.cb_1 ({PLAIN})",
        f"window.data = {PLAIN};",
        f"const jobs={PLAIN}",
        f")]}}',\n{PLAIN}",
        f"while(1);{PLAIN}",
        json.dumps(PLAIN),
        html.escape(PLAIN),
        PLAIN.replace('"', "“", 1).replace('"', "”"),
        PLAIN.replace(": ", ":\u00a0"),
        PLAIN.replace("\\n", "\n"),
        PLAIN.replace('"', "'"),
        "{title: '电工', text: '持证上岗\\n值夜班', tags: ['a', 'b',],}",
    ],
)
def test_what_is_around_json_or_wrong_with_it_does_not_cost_it(source: str) -> None:
    assert loads(source) == AD


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": 1},\n{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"low": , "high": 08000, "rate": 0.5}', {"low": None, "high": 8000, "rate": 0.5}),
        ('{"text": "须持"会计证"上岗", "n": 1}', {"text": '须持"会计证"上岗', "n": 1}),
        ('{"t": "<a href="/y">详</a>", "u": ["p", "q"]}', {"t": '<a href="/y">详</a>', "u": ["p", "q"]}),
        ('{"t": "见"附件"", "n": 1}', {"t": '见"附件"', "n": 1}),
        (r'{"t": "it\'s \x ok"}', {"t": "it's x ok"}),
        (r'{"u": "http://a", "t": "/* b */ , } // \"d\"",}', {"u": "http://a", "t": '/* b */ , } // "d"'}),
    ],
)
def test_mending_changes_nothing_but_the_mistake(source: str, value: object) -> None:
    assert loads(source) == value


@pytest.mark.parametrize(
    "source",
    [
        "",
        "  ",
        PLAIN[:-1],
        PLAIN[:20],
        f"{PLAIN}{PLAIN[:-2]}",
        f"{PLAIN} and so on",
        '{"a": "b" "c": 1}',
        '{"a" = 1}',
        "{a: [1, 2",
        "callback(",
        "<html>",
        '"' + "[" * 3000,
    ],
)
def test_what_breaks_off_or_goes_on_in_another_language_is_no_json(source: str) -> None:
    with pytest.raises(ValueError, match="no JSON: "):
        loads(source)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values)
def test_sound_json_is_read_as_it_is(value: object) -> None:
    read = json.loads(json.dumps(value))
    if not (isinstance(value, str) and value.lstrip()[:1] in ("{", "[")):
        assert loads(json.dumps(value)) == read


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        '" ',
        "\\",
        "[",
        '{"a":',
        "/*",
        ',"',
        '"' + " " * 90,
        "{a:'",
        '"{',
        "0",
        "1 ",
        "“",
        ":",
        "a(",
        "\u00a0",
    ],
)
def test_hostile_sources_take_time_in_proportion(piece: str) -> None:
    def seconds(size: int) -> float:
        source = '{"a": ' + piece * (size // len(piece))
        start = time.process_time()
        with pytest.raises(ValueError, match="no JSON"):
            loads(source)
        return time.process_time() - start

    assert seconds(80_000) < max(0.5, 6 * seconds(20_000))
