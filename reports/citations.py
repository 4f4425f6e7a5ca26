"""Legal texts as a reader is told them."""

from collections.abc import Iterable, Mapping

from config.policy import CANCELLED


def cited(basis: Iterable[str], ended_by: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """The citations of the texts of `basis`; `texts` gives that of each id.

    The document that ended the paper, `ended_by`, stands in for the policy's general line. A reading of last
    year may rest on a text that this year's policy no longer holds; then its id is told.
    """
    return tuple(ended_by if ended_by and each == CANCELLED else texts.get(each, each) for each in basis)
