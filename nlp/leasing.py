"""Does an ad offer or ask for the mere loan of a certificate (挂靠, 挂证)?"""

from ahocorasick_rs import AhoCorasick, MatchKind

from config.reading import Leasing


class LeasingReader:
    """One pass for the words, then the traps, refusals and hints of leasing.yaml."""

    def __init__(self, data: Leasing) -> None:
        self._data = data
        self._core = frozenset(data.core)
        self._groups = {word: number for number, group in enumerate(data.hints) for word in group}
        self._words = [*{*data.core, *data.traps, *self._groups}]
        self._automaton = AhoCorasick(self._words, matchkind=MatchKind.LeftmostLongest, store_patterns=False)

    def evidence(self, text: str, *, registrable: bool) -> tuple[int, int] | None:
        """Offsets of the words that show leasing in the normalised `text`, or None.

        `registrable`: the ad names a qualification that is registered with an employer.
        """
        groups: dict[int, tuple[int, int]] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            word = self._words[index]
            if word in self._core and not self._refused(text, start):
                return start, end
            if word in self._groups:
                groups.setdefault(self._groups[word], (start, end))
        if registrable and len(groups) >= self._data.enough:
            return min(groups.values())
        return None

    def names_registrable(self, text: str) -> bool:
        """Whether `text` names a qualification that is registered with an employer."""
        return any(word in text for word in self._data.registrable)

    def _refused(self, text: str, start: int) -> bool:
        before = text[max(0, start - 8) : start].rstrip(" 的\"“")
        return any(refusal in before[-len(refusal) - 4 :] for refusal in self._data.refusals if len(refusal) > 1) or (
            before.endswith(tuple(refusal for refusal in self._data.refusals if len(refusal) == 1))
        )
