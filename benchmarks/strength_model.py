"""Would a trained model read strengths better than the rules? `python -m benchmarks.strength_model [FOLDER]`.

A spaCy textcat (bag of character n-grams, on one core) is trained on the sets whose ads may be looked at, and
told where each credential stands. On the credentials of `spent_3` that the reader finds too, the rules, the
model, and the rules overruled by a confident model are compared. docs/accuracy.md says what came of it.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, get_args

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from benchmarks.labels import DAY, LabelledAd, Mark, sets
from config.settings import ROOT
from events.types import Strength
from nlp.normalise import fold
from nlp.reader import Reader

TRAINED_ON: Final = ("dev", "tuning", "spent", "spent_2", "trades", "trades_2")
TESTED_ON: Final = "spent_3"
BEFORE: Final = 30
AFTER: Final = 40
"""Characters of the same line that the model sees on each side."""
ROUNDS: Final = 10
BATCH: Final = 32
SEED: Final = 7
CONFIDENT: Final = (0.5, 0.8, 0.9, 0.95, 0.99)
_MODEL: Final = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": True,
    "ngram_size": 3,
    "no_output_layer": False,
    "length": 262144,
}


class Answer(NamedTuple):
    """One credential: the strength it has, and the strengths that rules and model say."""

    truth: str
    rules: str
    model: str
    confidence: float


def window(ad: LabelledAd, mark: Mark) -> list[str]:
    """Tokens around a credential: single characters, each with the side it stands on."""
    text = ad.title if mark.field == "title" else ad.text
    before = fold(text[max(0, mark.start - BEFORE) : mark.start]).rpartition("\n")[2]
    after = fold(text[mark.end : mark.end + AFTER]).partition("\n")[0]
    name = fold(text[mark.start : mark.end])
    sides = (("<", before), ("=", name), (">", after))
    return [f"{side}{character.strip() or '_'}" for side, part in sides for character in part]


def trained(ads: Iterable[LabelledAd]) -> Language:
    nlp = spacy.blank("zh")
    labels = get_args(Strength)
    textcat = nlp.add_pipe("textcat", config={"model": _MODEL})
    for label in labels:
        textcat.add_label(label)  # type: ignore[attr-defined]
    examples = [
        Example.from_dict(
            Doc(nlp.vocab, words=window(ad, mark)),
            {"cats": {label: float(label == mark.strength) for label in labels}},
        )
        for ad in ads
        for mark in ad.mentions
    ]
    optimizer = nlp.initialize(lambda: examples)
    order = random.Random(SEED)
    for _ in range(ROUNDS):
        order.shuffle(examples)
        for start in range(0, len(examples), BATCH):
            nlp.update(examples[start : start + BATCH], sgd=optimizer, drop=0.2)
    return nlp


def answers(nlp: Language, reader: Reader, ads: Iterable[LabelledAd]) -> Iterator[Answer]:
    for ad in ads:
        found = reader.read(title=ad.title, text=ad.text, on=DAY).mentions
        for mark in ad.mentions:
            said = [m for m in found if m.field == mark.field and m.start < mark.end and mark.start < m.end]
            if said:
                cats = nlp.get_pipe("textcat")(Doc(nlp.vocab, words=window(ad, mark))).cats
                best = max(cats, key=cats.__getitem__)
                yield Answer(mark.strength, said[0].strength, best, cats[best])


def share(right: Iterable[bool]) -> str:
    of = list(right)
    return f"{sum(of) / len(of):.3f} ({sum(of)}/{len(of)})"


def main() -> None:
    labelled = sets(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared")
    nlp = trained(ad for name in TRAINED_ON for ad in labelled[name])
    told = list(answers(nlp, Reader.load(), labelled[TESTED_ON]))
    print("rules:", share(each.truth == each.rules for each in told))
    print("model:", share(each.truth == each.model for each in told))
    for least in CONFIDENT:
        mixed = (each.truth == (each.model if each.confidence >= least else each.rules) for each in told)
        print(f"rules, the model overruling where its confidence is {least} or more:", share(mixed))


if __name__ == "__main__":
    main()
