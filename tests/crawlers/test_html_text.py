import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.html_text import html_to_text, parse_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("普通文字，没有标签", "普通文字，没有标签"),
        ("第一行\r\n\r\n第二行\t完", "第一行\n第二行 完"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("<p>一</p><p>二</p>", "一\n二"),
        ("一<br>二<br/>三", "一\n二\n三"),
        ("<h3>任职要求</h3><ul><li>甲</li><li>乙</li></ul>尾", "任职要求\n甲\n乙\n尾"),
        ("<ol><li>甲<ol><li>子</li></ol></li><li>乙</li></ol>", "1. 甲\n1. 子\n2. 乙"),
        ('<ol start="3"><li>甲</li><li value="7">乙</li><li>丙</li></ol>', "3. 甲\n7. 乙\n8. 丙"),
        ('<ol start="-1"><li>甲</li></ol><ol start="九"><li>乙</li></ol>', "1. 甲\n1. 乙"),
        ("<details><summary>要求</summary>有证</details>尾", "要求\n有证\n尾"),
        ("<table><caption>岗位</caption><tr><th>证书</th><td>无</td></tr></table>", "岗位\n证书 无"),
        ("<p>同\n一\n段</p>", "同 一 段"),
        ("<pre>两\n行</pre>", "两\n行"),
        ("<p>持<b>教师</b>资格<i>证</i></p>", "持教师资格证"),
        (
            "<table><tr><td>岗位</td><td>人数</td></tr><tr><td>教师</td></tr></table>",
            "岗位 人数\n教师",
        ),
        ("&lt;div&gt;要求&lt;/div&gt;&lt;div&gt;有证&lt;/div&gt;", "要求\n有证"),
        ("<p>见<script>alert(1)</script><style>p{}</style>文</p>", "见文"),
        ('<p>见</p><p style="display: none">隐</p><p hidden>藏</p><!-- 注 --><p>文</p>', "见\n文"),
        ("工资<5000元>", "工资<5000元>"),
        ("<p>&nbsp;&nbsp;空&nbsp;格</p>", "空 格"),
        ("一、持证&amp;#xa;二、&amp;nbsp;经验&amp;amp;#10;三", "一、持证\n二、 经验\n三"),
        ("<p>甲&amp;nbsp;乙&amp;#20320;&amp;lt;R&amp;amp;D&amp;gt;</p>", "甲 乙你&lt;R&amp;D&gt;"),
    ],
)
def test_lines_are_kept(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@given(st.text(max_size=300))
def test_any_text_is_readable_storable_and_stable(markup: str) -> None:
    text = html_to_text(markup)
    text.encode()
    assert "\0" not in text
    assert text == "\n".join(line.strip() for line in text.splitlines() if line.strip())


MANY = " ".join(f"a{n}=1" for n in range(300_000))


@pytest.mark.parametrize(
    "hostile",
    [
        "<div>" * 200_000,
        "<ol>" + "<li>x" * 50_000,
        "<a" * 200_000,
        "<p a=b " * 100_000,
        f"<p {MANY}>x</p>",
        f"<script {MANY}>x</script>",
        ("<p" + " b" * 499 + ">") * 3_000,
        "<p x=\" 'y" * 100_000,
        "<script>" * 100_000,
    ],
    ids=["depth", "list", "open", "unclosed", "attributes", "script", "crowded", "quotes", "scripts"],
)
def test_hostile_markup_takes_bounded_time(hostile: str) -> None:
    began = time.process_time()
    html_to_text(hostile)
    assert time.process_time() - began < 5


def test_a_tag_with_too_many_attributes_keeps_what_it_holds() -> None:
    assert html_to_text(f"<p>须</p><p {MANY}>持证</p><p>上岗</p>") == "须\n持证\n上岗"


def test_scripts_are_no_tags() -> None:
    script = "if (a <b) { " + "x = y; " * 1_000 + "}"
    tree = parse_html(f"<p>须</p><script>{script}</script><p>持证</p>")
    assert tree is not None
    assert next(tree.iter("script")).text == script
