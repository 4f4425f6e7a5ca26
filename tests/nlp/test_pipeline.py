"""The reader within a spaCy pipeline."""

from nlp.pipeline import READING, SPANS, build
from tests.nlp.reading import DAY, read

TEXT = "任职要求：持有电工证，\U0001f600有茶艺师证者优先。"


def test_a_doc_bears_the_mentions_and_the_reading() -> None:
    doc = build(DAY)(TEXT)
    assert [(span.text, span.label_) for span in doc.spans[SPANS]] == [
        ("电工证", "licensing"),
        ("茶艺师证", "skill_level"),
    ]
    assert doc.user_data[READING] == read(TEXT)


def test_an_empty_doc_bears_none() -> None:
    doc = build(DAY)("")
    assert list(doc.spans[SPANS]) == []
