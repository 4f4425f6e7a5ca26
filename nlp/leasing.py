"""Does an ad offer or ask for the mere loan of a certificate (挂靠, 挂证)?"""

import re
from typing import Final

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from config.reading import Leasing

_REFUSED_AFTER: Final = re.compile(
    "(?:的|者|人员|单位|机构|中介|等|一律|均|都|请|[, 、]){0,6}"
    "(?:勿扰|莫扰|勿投|勿入|勿联系|勿来|免谈|绕行|绕道|免开尊口|谢绝|拒绝|不予考虑|不接受|不考虑|不要来)"
)


class LeasingReader:
    """One pass for the words, then the traps, refusals and hints of leasing.yaml."""

    def __init__(self, data: Leasing) -> None:
        self._data = data
        self._core = frozenset(data.core)
        self._groups = {word: number for number, group in enumerate(data.hints) for word in group}
        self._words = [*{*data.core, *data.traps, *self._groups}]
        self._automaton = AhoCorasick(
            self._words, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
        )

    def evidence(self, texts: list[str]) -> tuple[int, int, int] | None:
        """Which of an ad's normalised `texts` shows leasing, and where: index, start, end; None if none does.

        A core word is enough; hints count only where a qualification registered with employers is named.
        """
        groups: dict[int, tuple[int, int, int]] = {}
        for number, text in enumerate(texts):
            for index, start, end in self._automaton.find_matches_as_indexes(text):
                word = self._words[index]
                if word in self._core and not self._refused(text, start, end):
                    return number, start, end
                if word in self._groups:
                    groups.setdefault(self._groups[word], (number, start, end))
        if len(groups) < self._data.enough or not any(
            word in text for text in texts for word in self._data.registrable
        ):
            return None
        return min(groups.values())

    def _refused(self, text: str, start: int, end: int) -> bool:
        """Whether the words at `start`..`end` are refused (谢绝挂靠, 挂靠勿扰)."""
        if _REFUSED_AFTER.match(text, end):
            return True
        before = text[max(0, start - 8) : start].rstrip(' 的"“')
        return any(
            refusal in before[-len(refusal) - 4 :] for refusal in self._data.refusals if len(refusal) > 1
        ) or (before.endswith(tuple(refusal for refusal in self._data.refusals if len(refusal) == 1)))
