"""Finding cases by words: the texts that are searched, and how the database looks for a word in them.

A word is found wherever it stands, however short: Chinese has no spaces, and 电工 is a word. On PostgreSQL an
index of characters and their pairs tells which texts can hold it; SQLite looks at all of them.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise
from typing import Final

from sqlalchemy import ColumnElement, Text, and_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.cases import standing
from store.models import Case, Clue, Employer
from store.search_models import CaseWords
from store.upsert import among, put_newer

_PAIR: Final = 2


def folded(text: str) -> str:
    """`text` in small letters of the usual width."""
    return unicodedata.normalize("NFKC", text).casefold()


def says(session: Session, text: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    """Whether this text of `CaseWords` holds the folded `word`, which is not empty."""
    if session.get_bind().dialect.name != "postgresql":
        return func.instr(text, word) > 0
    grams = func.search_grams(text, type_=ARRAY(Text)).contains(literal(grams_of(word), ARRAY(Text)))
    # The index does not know in which order pairs stand, so the text is looked at as well, and first where
    # the row was come by otherwise. Of LIKE the planner believes that it keeps few of the rows that the grams
    # keep: so it is where several pairs make a word, and not where one says all.
    holds = text.contains(word, autoescape=True) if len(word) > _PAIR else func.strpos(text, word) > 0
    return and_(holds, grams)


def grams_of(word: str) -> list[str]:
    """What every text that holds `word` holds as well: its pairs of characters, or its only character."""
    return sorted({one + other for one, other in pairwise(word)}) or [word]


def index_cases(session: Session, case_ids: Collection[str]) -> None:
    """Write anew what these cases are found by."""
    if not case_ids:
        return
    mine = among(session, Case.id.expression, case_ids)
    named = select(Case.id, Case.number, Employer.name, Case.name)
    named = named.outerjoin(Employer, Employer.id == Case.employer_id).where(mine).order_by(Case.id)
    # Two recorders may add clues to one case: the second one waits here, and then sees what the first wrote.
    cases = session.execute(named.with_for_update(key_share=True, of=Case)).all()
    clauses: dict[str, list[str]] = defaultdict(list)
    quoted = select(Clue.case_id, Clue.clause).where(among(session, Clue.case_id.expression, case_ids))
    for case_id, clause in session.execute(quoted.where(standing()).distinct()):
        clauses[case_id].append(clause)
    rows = [
        {
            "case_id": case_id,
            "employer": folded(employer or ""),
            "name": folded(name),
            "words": folded("\n".join([number, employer or "", name, *sorted(clauses[case_id])])),
        }
        for case_id, number, employer, name in cases
    ]
    # Whoever has the case is the newest.
    put_newer(session, CaseWords, rows, newer=("case_id",), keep=())
