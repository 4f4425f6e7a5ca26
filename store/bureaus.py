"""The bureaus of config/bureaus.csv as rows, so that cases and deliveries can refer to them."""

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from config.bureaus import BureauRow, load_bureaus
from store.database import one_at_a_time, transaction
from store.models import Bureau


def load_bureaus_into(engine: Engine) -> None:
    """Bring the table up to the file; writes nothing when they agree already."""
    with transaction(engine) as session:
        one_at_a_time(session.connection(), "loading bureaus")
        stored = {bureau.code: bureau for bureau in session.scalars(select(Bureau))}
        for row in load_bureaus():
            _take_over(session, row, stored.get(row.code))


def _take_over(session: Session, row: BureauRow, stored: Bureau | None) -> None:
    if stored is None:
        session.add(Bureau(code=row.code, name=row.name, parent=row.parent, email=row.email))
        return
    stored.name, stored.parent, stored.email = row.name, row.parent, row.email
