"""The table of the letters about what a bureau has to do: of which occasion it was told."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models import Base, Case, Delivery

__all__ = ["Base", "DeliveryDuty"]


class DeliveryDuty(Base):
    """A case that was assigned, or is late, as a letter told it: once for each occasion."""

    __tablename__ = "delivery_duties"
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """As in `store.deliveries`."""
    case_id: Mapped[str] = mapped_column(ForeignKey(Case.id), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Id of the event that assigned it, or the day that was missed."""
    delivery_id: Mapped[str] = mapped_column(ForeignKey(Delivery.id), index=True)
