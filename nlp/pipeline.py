"""The reader as a component of a spaCy pipeline, for those who work on Docs: `build()` makes such a pipeline.

The reader itself asks a Doc for nothing. Chinese word boundaries cost recall, so that it works on characters,
and a Doc of an ad's characters takes longer than most readings.
"""

from datetime import date
from typing import Final

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.reader import Reader

SPANS: Final = "qingdan"
"""Key of `Doc.spans` under which the mentions are found, labelled with their kinds."""
READING: Final = "reading"
"""Key of `Doc.user_data` under which the whole reading is found."""


class ReadingComponent:
    """Reads the text of a Doc as that of an ad without a title."""

    def __init__(self, reader: Reader, on: date) -> None:
        self._reader = reader
        self._on = on

    def __call__(self, doc: Doc) -> Doc:
        reading = self._reader.read(title="", text=doc.text, on=self._on)
        spans = (
            doc.char_span(mention.start, mention.end, label=mention.kind, alignment_mode="expand")
            for mention in reading.mentions
        )
        doc.spans[SPANS] = [span for span in spans if span is not None]
        doc.user_data[READING] = reading
        return doc


@Language.factory("qingdan")
def _component(nlp: Language, name: str, on: str) -> ReadingComponent:  # noqa: ARG001
    return ReadingComponent(Reader.load(), date.fromisoformat(on))


def build(on: date) -> Language:
    """A pipeline of the Chinese tokenizer and the reader, under the rules that ship, on the day `on`."""
    nlp = spacy.blank("zh")
    nlp.add_pipe("qingdan", config={"on": on.isoformat()})
    return nlp
