"""Legal texts as a reader is told them."""

from collections.abc import Iterable, Iterator, Mapping

from config.policy import CANCELLED, Basis

Texts = Mapping[str, Basis]
"""The legal texts of the policy, by id."""


def cited(basis: Iterable[str], ended_by: str, texts: Texts, *, brief: bool = False) -> tuple[str, ...]:
    """The citations of the texts of `basis`; `brief` for a reader who finds them `in_full` elsewhere.

    The document that ended the paper, `ended_by`, stands in for the policy's general line. A reading of last
    year may rest on a text that this year's policy no longer holds; then its id is told.
    """
    return tuple(dict.fromkeys(_citations(basis, ended_by, texts, brief=brief)))


def _citations(basis: Iterable[str], ended_by: str, texts: Texts, *, brief: bool) -> Iterator[str]:
    for each in basis:
        if ended_by and each == CANCELLED:
            yield ended_by
        elif each in texts:
            yield texts[each].brief if brief else texts[each].citation
        else:
            yield each


def in_full(basis: Iterable[str], texts: Texts) -> tuple[str, ...]:
    """The documents of `basis` with title, number and date, each once; no line that says there is none."""
    found = (texts[each] for each in basis if each in texts)
    return tuple(dict.fromkeys(text.citation for text in found if text.found))
