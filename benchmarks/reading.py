"""Speed of reading: `python -m benchmarks.reading FILE.jsonl[.gz]… [--limit N]`, on one core.

Measured in the same run, in processor time: the reader; the bare automaton over the same words (the limit);
spaCy `blank("zh")` with a PhraseMatcher over whole ads (the naive way). Then hostile texts, at two sizes.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import spacy
from spacy.matcher import PhraseMatcher

from nlp.normalise import normalise
from nlp.reader import Reader

DAY = date(2024, 6, 1)
NAIVE_SHARE = 20
HOSTILE = ("证", "持", "(", "7", "必须持有", "一级/")


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


def rate(work: Callable[[str, str], object], ads: list[tuple[str, str]]) -> float:
    """Ads a second of processor time."""
    started = time.process_time()
    for title, text in ads:
        work(title, text)
    return len(ads) / (time.process_time() - started)


def naive(reader: Reader) -> Callable[[str, str], object]:
    """Whole ads through spaCy's own tokenizer and PhraseMatcher."""
    nlp = spacy.blank("zh")
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("name", [nlp.make_doc(word) for word in reader.rules.lexicon.known if word.strip()])
    return lambda title, text: matcher(nlp.make_doc(f"{title}\n{normalise(text).text}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=20_000)
    arguments = parser.parse_args()
    started = time.process_time()
    reader = Reader.load()
    print(f"load: {time.process_time() - started:.2f} s")
    ads = list(ads_in(arguments.files, arguments.limit))
    if not ads:
        sys.exit("no ads in these files")
    with_candidate = [
        ad for ad in ads if any(reader.rules.lexicon.triggers(normalise(part).text) for part in ad)
    ]
    read = rate(lambda title, text: reader.read(title=title, text=text, on=DAY), ads)
    hit = rate(lambda title, text: reader.read(title=title, text=text, on=DAY), with_candidate)
    bare = rate(
        lambda title, text: (reader.rules.lexicon.words.scan(title), reader.rules.lexicon.words.scan(text)),
        ads,
    )
    slow = rate(naive(reader), ads[::NAIVE_SHARE] or ads)
    print(f"{len(ads)} ads, {len(with_candidate)} with a candidate")
    print(f"reader: {read:,.0f} ads/s; on ads with a candidate: {hit:,.0f} ads/s")
    print(f"bare automaton: {bare:,.0f} ads/s (reader at 1/{bare / read:.1f})")
    print(f"spaCy blank(zh) + PhraseMatcher: {slow:,.0f} ads/s (reader at {read / slow:.1f} times)")
    for unit in HOSTILE:
        took = []
        for size in (500_000, 1_000_000):
            started = time.process_time()
            reader.read(title="", text=unit * (size // len(unit)), on=DAY)
            took.append(time.process_time() - started)
        print(f"hostile {unit!r}: 0.5 MB {took[0]:.2f} s, 1 MB {took[1]:.2f} s")


if __name__ == "__main__":
    main()
