"""Properties: any string gets a reading, offsets lie inside the raw text, disguises change nothing."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.types import Reading
from nlp.normalise import normalise
from tests.nlp.reading import read

PIECES = [
    "茶艺师证",
    "必须",
    "优先",
    "无需",
    "证",
    "持",
    "PMP",
    "(",
    "（",
    "、",
    "\n",
    "1、",
    "任职要求：",
    "\ud800",
    "\0",
    "\u200b",
    "&nbsp;",
    "一级/二级建造师",
    "<br>",
    "教 师 资 格 证",
    "İ",
    "１",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
SENTENCE = "任职要求:1、必须持有茶艺师证;2、有保育员证或两年经验;3、PMP证书优先;4、无需健康证。"


def spans_fit(reading: Reading, title: str, text: str) -> None:
    raw = {"title": title, "text": text}
    for mention in reading.mentions:
        words = raw[mention.field]
        assert 0 <= mention.start < mention.end <= len(words)
        assert words[mention.start : mention.end] == mention.quote
        for span in (mention.clause, mention.cue):
            assert span is None or words[span.start : span.end] == span.text
        assert mention.clause.start <= mention.start < mention.end <= mention.clause.end


@given(title=TEXTS, text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_any_ad_gets_a_reading_whose_offsets_fit(title: str, text: str) -> None:
    spans_fit(read(text, title=title), title, text)


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_normalised_offsets_lead_back_into_the_text(text: str) -> None:
    normal = normalise(text)
    for start in range(len(normal.text)):
        first, last = normal.original(start, start + 1)
        assert 0 <= first < last <= len(text)


def judged(text: str) -> list[tuple[str, str | None, str]]:
    return [(mention.kind, mention.qualification, mention.strength) for mention in read(text).mentions]


@given(where=st.lists(st.integers(0, len(SENTENCE)), max_size=6))
@settings(max_examples=60, deadline=None)
def test_invisible_characters_change_no_verdict(where: list[int]) -> None:
    text = SENTENCE
    for position in sorted(where, reverse=True):
        text = text[:position] + "\u200b" + text[position:]
    reading = read(text)
    spans_fit(reading, "", text)
    assert judged(text) == judged(SENTENCE)


def test_full_width_and_traditional_forms_change_no_verdict() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in SENTENCE)
    assert judged(wide) == judged(SENTENCE)
    assert judged("任職要求:須持有茶藝師證書")[0][2] == "required"


HOSTILE: Final = (
    "证",
    "有证",
    "持",
    "(",
    "证(",
    "7",
    "必须持有",
    "、",
    "一级",
    "一级/",
    "教 ",
    "电工证、",
    "挂靠",
)


@pytest.mark.parametrize(
    ("title", "unit"),
    # A title names a post that the text does not take up: for each paper one may look for it again.
    [*(("", unit) for unit in HOSTILE), ("焊工", "电工证、")],
)
def test_hostile_texts_take_linear_time(title: str, unit: str) -> None:
    read(unit * 100, title=title)
    # In turns, and the best of each: other work on the machine only slows.
    took = [(busy(title, unit, 10_000), busy(title, unit, 20_000)) for _ in range(3)]
    short, long = map(min, zip(*took, strict=True))
    assert long < 2.5 * short + 0.15


def busy(title: str, unit: str, size: int) -> float:
    """Processor time in seconds of reading `size` characters of `unit`."""
    started = time.process_time()
    read(unit * (size // len(unit)), title=title)
    return time.process_time() - started


def peak() -> int:
    """Peak memory of this process in kB; ru_maxrss would begin with that of the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_stays_flat_over_many_different_ads() -> None:
    ads = [f"{chr(0x4E00 + i % 500)}{i}持茶艺师证或第{i}号证书者优先" for i in range(6_000)]
    for ad in ads[:2_000]:
        read(ad)
    before = peak()
    for ad in ads[2_000:]:
        read(ad)
    # One kB kept of each ad would show.
    assert peak() - before < 4_000


def test_a_fresh_process_can_build_the_pipeline() -> None:
    code = (
        "from datetime import date; from nlp.reader import Reader;"
        "print(Reader.load().read(title='', text='须持茶艺师证', on=date(2024, 6, 1)).verdict)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "violation"
