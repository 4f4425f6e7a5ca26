"""规则精度: how often people confirmed what each rule found, and which rules are suspended."""

from typing import Final

from starlette.responses import Response

from config.feedback import feedback
from reports.console.gate import Visit
from reports.console.words import RULE_CHANGES
from reports.wording import ACTORS
from store.database import snapshot
from store.feedback import RuleKey, rule_changes, rule_records

LATEST: Final = 100
"""Changes that the page shows."""


def show(visit: Visit) -> Response:
    with snapshot(visit.desk.engine) as session:
        records = rule_records(session)
        changes = [
            (RuleKey(each.rule, each.policy_row, each.cue), each)
            for each in list(rule_changes(session))[: -LATEST - 1 : -1]
        ]
        return visit.page(
            "rules",
            records=[(record, feedback().of(record.key.rule)) for record in records],
            changes=changes,
            told=RULE_CHANGES,
            actors=ACTORS,
        )
