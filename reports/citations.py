"""Legal texts as a reader is told them."""

from collections.abc import Iterable, Mapping

from config.policy import CANCELLED, Basis

Texts = Mapping[str, Basis]
"""The legal texts of the policy, by id."""


def cited(basis: Iterable[str], ended_by: str, texts: Texts, *, brief: bool = False) -> tuple[str, ...]:
    """The citations of the texts of `basis`; `brief` for a reader who finds them `in_full` elsewhere.

    The document that ended the paper, `ended_by`, stands in for the policy's general line; where it is one
    of the texts itself, what it says of the paper stands behind that. A reading of last year may rest on a
    text that this year's policy no longer holds; then its id is told.
    """
    told = {each: _told(each, texts, brief=brief) for each in basis}
    if ended_by and CANCELLED in told:
        said = {each: texts[each].told_of_paper(ended_by) for each in told if each in texts}
        same = next((each for each, words in said.items() if words is not None), None)
        if same is None:
            told[CANCELLED] = ended_by
        else:
            told[same] += said[same] or ""
            del told[CANCELLED]
    return tuple(dict.fromkeys(told.values()))


def each_once(told: Iterable[str]) -> tuple[str, ...]:
    """Citations without those that another repeats and adds to, what it says of one paper."""
    all_told = tuple(dict.fromkeys(told))
    return tuple(text for text in all_told if not any(more.startswith(f"{text}：") for more in all_told))


def _told(text: str, texts: Texts, *, brief: bool) -> str:
    if text not in texts:
        return text
    return texts[text].brief if brief else texts[text].citation


def in_full(basis: Iterable[str], texts: Texts) -> tuple[str, ...]:
    """The documents of `basis` with title, number and date, each once; no line that says there is none."""
    found = (texts[each] for each in basis if each in texts)
    return tuple(dict.fromkeys(text.citation for text in found if text.found))
