"""Pages that declare a wrong encoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.encodings import garbled, true_encoding

TEXT = "招聘：龘靐齉㐀𠮷 须持证上岗，有三年以上工作经验的人员可以报名。" * 3
WESTERN = "Příležitost pro všechny, São Paulo, déjà vu – Übergrößenträger " * 3


@pytest.mark.parametrize(
    ("really", "declared", "told"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("gb18030", "gb18030", "gb18030"),
        ("gb18030", "utf-8", "gb18030"),
        ("utf-8", "gb18030", "utf-8"),
        ("utf-8", "cp1252", "utf-8"),
        ("gb18030", "cp1252", "cp1252"),
    ],
)
def test_what_a_page_is_read_in(really: str, declared: str, told: str) -> None:
    assert true_encoding(TEXT.encode(really), declared) == told


@pytest.mark.parametrize("declared", ["utf-8", "gb18030", "cp1252"])
def test_what_is_plain_or_damaged_is_read_as_declared(declared: str) -> None:
    assert true_encoding(b"<p>plain</p>", declared) == declared
    assert true_encoding("Größe für äöü".encode("cp1252") + b"\xff", declared) == declared


@given(st.text(st.characters(codec="gb18030"), min_size=1))
def test_what_is_declared_rightly_is_never_read_otherwise_with_a_fault(text: str) -> None:
    body = text.encode()
    assert body.decode(true_encoding(body, "utf-8")) == text


def test_what_was_read_in_a_wrong_encoding_is_known() -> None:
    assert not garbled(TEXT)
    assert not garbled(WESTERN)
    assert not garbled("")
    assert garbled(TEXT.encode("gb18030").decode("utf-8", "replace"))
    assert garbled(TEXT.encode().decode("cp1252", "replace"))
    assert garbled(TEXT.encode().decode("latin-1"))
