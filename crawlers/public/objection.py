"""Objections as they come in from the public: masked, the contact encrypted, under a receipt."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine

from crawlers.masking import mask
from crawlers.posting import storable
from crawlers.public.desk import Receipts
from store.database import transaction
from store.objections import Brought, bring, forget_contacts

_log: Final = logging.getLogger(__name__)


def take_objection(engine: Engine, receipts: Receipts, fields: Mapping[str, str], now: datetime) -> str:
    """Keep the objection that a form holds (about, organisation, reasons, contact); gives its receipt."""
    receipt = receipts.token()
    if fields.get("homepage"):
        # A program filled in what no person sees. It gets the answer it expects, and learns nothing.
        _log.info("an objection by a program was left out")
        return receipt
    brought = Brought(
        receipt=receipt,
        at=now,
        about=storable(fields["about"]),
        organisation=_masked(fields["organisation"]),
        reasons=_masked(fields["reasons"]),
        contact=receipts.sealed(fields.get("contact", "")),
        delete_contact_at=now + timedelta(days=receipts.contact_days),
    )
    with transaction(engine) as session:
        forget_contacts(session, now)
        bring(session, brought)
    return receipt


def _masked(text: str) -> str:
    return mask(storable(text))[0]
