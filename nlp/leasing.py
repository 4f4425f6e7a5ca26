"""Does an ad offer or ask for the mere loan of a certificate (挂靠, 挂证)?"""

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from config.reading import Leasing


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
                if word in self._core and not self._refused(text, start):
                    return number, start, end
                if word in self._groups:
                    groups.setdefault(self._groups[word], (number, start, end))
        if len(groups) < self._data.enough or not any(
            word in text for text in texts for word in self._data.registrable
        ):
            return None
        return min(groups.values())

    def _refused(self, text: str, start: int) -> bool:
        before = text[max(0, start - 8) : start].rstrip(' 的"“')
        return any(
            refusal in before[-len(refusal) - 4 :] for refusal in self._data.refusals if len(refusal) > 1
        ) or (before.endswith(tuple(refusal for refusal in self._data.refusals if len(refusal) == 1)))
