"""Traditional characters and frequent slips are read as the plain ones, each as one character."""

import pytest

from nlp.characters import PLAIN
from nlp.normalise import fold
from tests.nlp.reading import kinds


def test_every_form_has_one_plain_character_that_is_plain_itself() -> None:
    assert not PLAIN.keys() & PLAIN.values()
    for code, plain in PLAIN.items():
        assert fold(chr(code)) == fold(chr(plain)) == chr(plain)


@pytest.mark.parametrize(
    ("paper", "kind"),
    [
        ("廚師證書", "skill_level"), ("護士執業證書", "licensing"), ("會計從業資格證", "delisted"),
        ("餐飲業食品安全員證", "statutory"), ("證劵從業資格證", "proficiency"),
        ("養老護理員證", "skill_level"), ("園林綠化工證", "skill_level"),
        ("壓力容器操作證", "licensing"), ("鍋爐操作證", "licensing"),
    ],
)  # fmt: skip
def test_papers_in_traditional_characters(paper: str, kind: str) -> None:
    assert [found for _, found in kinds(f"應徵條件:須持有{paper}。")] == [kind]
