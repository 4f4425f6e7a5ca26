"""Speed of reading: `python -m benchmarks.reading FILE.jsonl[.gz]… [--limit N] [--readings N]`, on one core.

Measured in the same run, in processor time, in turns over short stretches of ads, the best of a few rounds:
the reader; the bare automaton over the same words (the limit); spaCy `blank("zh")` with a PhraseMatcher over
whole ads (the naive way). Each figure stands beside its target; the ratios depend least on the machine and on
what else it does. Then hostile texts at two sizes, and the memory of many readings.
"""

import argparse
import gzip
import itertools
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import spacy
from ahocorasick_rs import AhoCorasick, MatchKind
from spacy.matcher import PhraseMatcher

from nlp.normalise import normalise
from nlp.reader import Reader

DAY = date(2024, 6, 1)
ROUNDS = 5
STRETCH = 250
NAIVE_SHARE = 20
HOSTILE = ("证", "有证", "持", "(", "证(", "7", "必须持有", "一级/", "教 ", "电工证、", "挂靠")


def ads_in(paths: list[Path], limit: int) -> Iterator[tuple[str, str]]:
    """Title and text of at most `limit` ads."""
    left = limit
    for path in paths:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for line in lines:
                if left == 0:
                    return
                left -= 1
                ad = json.loads(line)
                yield ad.get("title") or "", ad.get("text") or ""


def seconds(
    works: dict[str, Callable[[str, str], object]], ads: list[tuple[str, str]], rounds: int
) -> dict[str, float]:
    """Processor time of each of `works` over all `ads`.

    They take turns over short stretches, of each of which the best round counts: other work on the machine
    only slows, and mostly all of them alike, so that their ratios hold where the times themselves do not.
    """
    totals = dict.fromkeys(works, 0.0)
    for begin in range(0, len(ads), STRETCH):
        stretch = ads[begin : begin + STRETCH]
        best = dict.fromkeys(works, math.inf)
        for _ in range(rounds):
            for name, work in works.items():
                best[name] = min(best[name], once(work, stretch))
        totals = {name: total + best[name] for name, total in totals.items()}
    return totals


def once(work: Callable[[str, str], object], ads: list[tuple[str, str]]) -> float:
    started = time.process_time()
    for title, text in ads:
        work(title, text)
    return time.process_time() - started


def naive(reader: Reader) -> Callable[[str, str], object]:
    """Whole ads through spaCy's own tokenizer and a PhraseMatcher that is blind to case."""
    nlp = spacy.blank("zh")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("name", [nlp.make_doc(word) for word in reader.rules.lexicon.known if word.strip()])
    return lambda title, text: matcher(nlp(f"{title}\n{text}"))


def bare(reader: Reader) -> Callable[[str, str], object]:
    """One search for the same words, its results left alone."""
    words = [word.text for word in reader.rules.lexicon.words.words]
    find = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes
    return lambda title, text: (find(title), find(text))


def show(what: str, figure: float, target: float) -> None:
    verdict = "met" if figure >= target else "MISSED"
    print(f"{what}: {figure:,.2f} (target {target:,.2f}: {verdict})")


def peak() -> int:
    """Peak memory of this process in kB; unlike ru_maxrss it is not inherited from the parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def speed(reader: Reader, ads: list[tuple[str, str]]) -> None:
    triggers = reader.rules.lexicon.triggers
    candidates = [ad for ad in ads if any(triggers(normalise(part).text) for part in ad)]
    print(f"{len(ads)} ads, {len(candidates)} with a candidate")

    def read(title: str, text: str) -> object:
        return reader.read(title=title, text=text, on=DAY)

    took = seconds({"reader": read, "bare": bare(reader)}, ads, ROUNDS)
    sample = seconds({"reader": read, "naive": naive(reader)}, ads[::NAIVE_SHARE], 1)
    loaded = seconds({"reader": read}, candidates, ROUNDS)["reader"]
    bare_rate = len(ads) / took["bare"]
    show("reader, ads a second", len(ads) / took["reader"], 15_000)
    show("reader, ads with a candidate a second", len(candidates) / loaded, 3_000)
    show(f"share of the bare automaton ({bare_rate:,.0f} a second)", took["bare"] / took["reader"], 0.25)
    show("times spaCy and PhraseMatcher, over a sample", sample["naive"] / sample["reader"], 15)
    print(f"one ad takes as long as {took['reader'] / took['bare']:.1f} searches by the bare automaton")


def hostility(reader: Reader) -> None:
    for unit in HOSTILE:
        took = []
        for size in (500_000, 1_000_000):
            started = time.process_time()
            reader.read(title="", text=unit * (size // len(unit)), on=DAY)
            took.append(time.process_time() - started)
        print(f"hostile {unit!r}: 0.5 million characters {took[0]:.2f} s, 1 million {took[1]:.2f} s")


def memory(reader: Reader, ads: list[tuple[str, str]], readings: int) -> None:
    before = peak()
    for title, text in itertools.islice(itertools.cycle(ads), readings):
        reader.read(title=title, text=text, on=DAY)
    print(f"peak memory: {before:,} kB before, {peak():,} kB after {readings:,} more readings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=20_000)
    parser.add_argument("--readings", type=int, default=0, help="of the memory test; 0 leaves it out")
    arguments = parser.parse_args()
    started = time.process_time()
    reader = Reader.load()
    print(f"load: {time.process_time() - started:.2f} s")
    ads = list(ads_in(arguments.files, arguments.limit))
    if not ads:
        sys.exit("no ads in these files")
    speed(reader, ads)
    memory(reader, ads, arguments.readings)
    hostility(reader)


if __name__ == "__main__":
    main()
