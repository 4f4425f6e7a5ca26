"""The spaCy pipeline: `build()` is the only way to one.

Each step of the reading behind the search for names is a component. It takes an item of an ad in which a name
was found, and leaves in it what it made of it. A Doc of the item is made only for a component that reads one:
the steps do not, and it takes a tenth of the time of an ad with a name. Its tokens are characters, since
Chinese word boundaries cost recall.
"""

from collections.abc import Callable

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from nlp.clause import Item
from nlp.cues import CueReader
from nlp.lists import read_lists
from nlp.resolution import Resolver
from nlp.rules import Rules

ITEM = "item"
"""Key of `Doc.user_data` under which the components share an item."""
_STEPS = ("qingdan_lists", "qingdan_resolver", "qingdan_cues")


class _Orths(dict[str, int]):
    """Characters with their ids in the vocabulary, by which a Doc is built in half the time."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings = vocab.strings

    def __missing__(self, character: str) -> int:
        self[character] = orth = self._strings.add(character)
        return orth


class Characters:
    """Tokenizer: every character is a token, and none is lost."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self._orths = _Orths(vocab)

    def __call__(self, text: str) -> Doc:
        # spaCy's stubs know of words only; a Doc takes their ids as well.
        orths: list[str] = [self._orths[character] for character in text]  # type: ignore[misc]
        return Doc(self.vocab, words=orths, spaces=[False] * len(text))


class Step:
    """A pipeline component around one step of the reading."""

    def __init__(self, step: Callable[[Item], None]) -> None:
        self.step = step

    def __call__(self, doc: Doc) -> Doc:
        self.step(doc.user_data[ITEM])
        return doc


_RULES: dict[str, Rules] = {}
"""Rules in use, by version: a component's configuration holds text, so it names the version."""


@Language.factory("qingdan_lists")
def _lists(nlp: Language, name: str, rules: str) -> Step:  # noqa: ARG001
    return Step(read_lists)


@Language.factory("qingdan_resolver")
def _resolver(nlp: Language, name: str, rules: str) -> Step:  # noqa: ARG001
    return Step(Resolver(_RULES[rules].data.contexts).resolve)


@Language.factory("qingdan_cues")
def _cues(nlp: Language, name: str, rules: str) -> Step:  # noqa: ARG001
    data = _RULES[rules].data
    return Step(CueReader(data.cues, data.sections).judge)


class Pipeline:
    """The components over items; what they find is kept in the item.

    They are called without the detour over `Language`, whose care for errors and options costs more than some
    of them take. No memory zone is needed: tokens are single characters of the basic plane, so the vocabulary
    stays small.
    """

    def __init__(self, nlp: Language) -> None:
        self._tokenizer = nlp.tokenizer
        self._components = [component for _, component in nlp.pipeline]

    def read(self, item: Item) -> None:
        """Takes `item` through the components."""
        doc: Doc | None = None
        for component in self._components:
            if isinstance(component, Step):
                component.step(item)
            else:
                doc = component(doc or self._doc(item))

    def _doc(self, item: Item) -> Doc:
        doc = self._tokenizer(item.text)
        doc.user_data[ITEM] = item
        return doc


def build(rules: Rules) -> Pipeline:
    """The pipeline under `rules`."""
    _RULES[rules.version] = rules
    nlp = spacy.blank("zh")
    # No step reads lexical attributes; computing them for every new character would double the time.
    nlp.vocab.lex_attr_getters.clear()  # type: ignore[attr-defined]
    nlp.tokenizer = Characters(nlp.vocab)
    for step in _STEPS:
        nlp.add_pipe(step, config={"rules": rules.version})
    return Pipeline(nlp)
