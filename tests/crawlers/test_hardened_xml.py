"""The one way to parse XML: what strangers may not do with it, and what is mended for them."""

import ast
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import crawlers
from crawlers.hardened_xml import mended, pull_parser, tree_parser


def root(text: str) -> etree._Element:
    return etree.fromstring("".join(mended([text])).encode(), tree_parser(encoding="utf-8"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<a>R&D</a>", "R&D"),
        ("<a>http://x/?b=1&c=2&copy=3</a>", "http://x/?b=1&c=2&copy=3"),
        ("<a>R&amp;D &lt;b&gt; &#20320;&#x597d;</a>", "R&D <b> 你好"),
        ("<a>5&nbsp;000&yen; &mdash; &nosuchthing;</a>", "5\u00a0000¥ — &nosuchthing;"),
        ("<a><![CDATA[R&D &nbsp; <b>]]></a>", "R&D &nbsp; <b>"),
        ("<a>one\x0btwo\x00</a>", "one two "),
        ("\ufeff\n <a>x</a>", "x"),
        ("<a>x & ]]&gt; y</a>", "x & ]]> y"),
    ],
)
def test_everyday_slips_are_mended(text: str, value: str) -> None:
    assert "".join(map(str, root(text).itertext())) == value


@given(st.text(st.sampled_from(list("<>&;![]CDATAamp#x20 \x0b")), max_size=200), st.data())
def test_pieces_may_end_anywhere(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert "".join(mended(["<a>", *pieces])) == "".join(mended(["<a>" + text]))


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>',
        '<!DOCTYPE a [<!ENTITY f SYSTEM "http://127.0.0.1:9/">]><a>&f;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a>&f;</a>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]><a>x&f;</a>',
        '<!DOCTYPE a [<!ENTITY l0 "ha">'
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        + '<!ENTITY f "&l11;">]><a>&f;</a>',
        f'<!DOCTYPE a [<!ENTITY f "{"x" * 50_000}">]><a>{"&f;" * 5_000}</a>',
    ],
    ids=["file", "http", "outside definition", "parameter", "laughs", "quadratic"],
)
def test_entities_lead_nowhere_and_do_not_grow(text: str) -> None:
    began = time.process_time()
    for recover in (False, True):
        parser = tree_parser(recover=recover, encoding="utf-8")
        try:
            found = etree.fromstring(text.encode(), parser)
        except etree.XMLSyntaxError:
            continue
        said = "".join(map(str, found.itertext())) if found is not None else ""
        assert set(said) <= set("&f;x")
        assert len(said) < 20_000
    assert time.process_time() - began < 1


def test_depth_and_length_are_bounded() -> None:
    for text in ("<a>" * 5_000 + "</a>" * 5_000, f"<a>{'x' * 11_000_000}</a>"):
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(text.encode(), tree_parser(encoding="utf-8"))
        with pytest.raises(etree.XMLSyntaxError):
            feed(text)


def feed(text: str) -> None:
    parser = pull_parser(("end",))
    parser.feed(text.encode())
    parser.close()


def test_no_other_module_makes_a_parser_of_xml_or_html() -> None:
    allowed = {"hardened_xml.py": {"XMLParser", "XMLPullParser"}, "html_text.py": {"HTMLParser"}}
    makers = {
        "XMLParser",
        "XMLPullParser",
        "HTMLParser",
        "iterparse",
        "parse",
        "XML",
        "HTML",
        "XMLTreeBuilder",
    }
    for file in Path(crawlers.__file__).parent.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        used = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "etree"
        }
        assert used & makers <= allowed.get(file.name, set()), file
        imported = {
            name.name.partition(".")[0]
            if isinstance(node, ast.Import)
            else (node.module or "").partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
        }
        assert not imported & {"xml", "pickle", "marshal", "shelve", "dill"}, file
