"""The table of the webhooks that tell a bureau's own system what happens to its cases."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base

__all__ = ["Base", "WebhookPosition"]


class WebhookPosition(Base):
    """How far along the audit chain a bureau's webhook has been planned."""

    __tablename__ = "webhook_positions"
    bureau: Mapped[str] = mapped_column(ForeignKey("bureaus.code"), primary_key=True)
    number: Mapped[int]
    """Of the last link that was looked at; at first, of the newest one."""
