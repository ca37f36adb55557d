"""How a branch dials; without a row its computers open tel: addresses."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.domain.dialling import Dialling, DialWay
from dispatch.store.base import Base


class DiallingRow(Base):
    """A branch's setting."""

    __tablename__ = "dialling"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branch.id"), primary_key=True, autoincrement=False)
    way: Mapped[DialWay]
    sip_host: Mapped[str] = mapped_column(String(200))
    order_url: Mapped[str] = mapped_column(String(400))

    def as_dialling(self) -> Dialling:
        """The row as the rules see it."""
        return Dialling(self.way, self.sip_host, self.order_url)
