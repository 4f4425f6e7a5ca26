"""A look-up in the catalogue as a page shows it: what the address asks for, and the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from config.catalogue import explanation
from config.catalogue.demand import Law
from config.catalogue.lookup import Answer, look_up

LONGEST_NAME: Final = 100
"""Characters."""
WORDS: Final = MappingProxyType(
    {
        "cell": explanation.cell,
        "classes": explanation.CLASSES,
        "kind": explanation.kind_told,
        "mark": explanation.mark,
        "parts": explanation.PARTS,
        "said": explanation.said,
        "some": explanation.some,
        "terms": explanation.terms,
        "when": explanation.when,
    }
)
"""How an answer's parts are told in Chinese."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """What templates/look_up.html.j2 shows."""

    name: str
    on: str
    answer: Answer | None = None
    """None where nothing was asked, or nothing that can be answered."""
    problem: str = ""

    @property
    def words(self) -> Mapping[str, object]:
        return WORDS


def asked(law: Law, query: Mapping[str, str], today: date) -> LookUp:
    """The answer to what `query` asks for: `name`, and the day `on`, today where there is none."""
    name, on = query.get("name", ""), query.get("on", "")
    if len(name) > LONGEST_NAME:
        return LookUp(name, on, problem=f"名称至多 {LONGEST_NAME} 个字符。")
    try:
        day = date.fromisoformat(on) if on else today
    except ValueError:
        return LookUp(name, on, problem="日期须写作 2026-11-18 这样的形式。")
    return LookUp(name, on, look_up(law, name, day) if name else None)
