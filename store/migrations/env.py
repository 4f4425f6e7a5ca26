"""Alembic's entry: migrations run on the connection that `store.database.upgrade` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

# With these, Base knows all tables.
from store import (  # noqa: F401
    access_models,
    account_models,
    casework_models,
    crawl_models,
    curation_models,
    dataset_models,
    duty_models,
    evidence_models,
    feedback_models,
    issued_models,
    likeness_models,
    notice_models,
    objection_models,
    public_report_models,
    push_models,
    recheck_models,
    search_models,
    stage_models,
    staging_models,
    token_models,
    webhook_models,
)
from store.models import Base, Instant


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - Alembic's contract
    # A migration must keep its meaning when our own column types change, so it names only SQLAlchemy's.
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
