"""How the number of a callback is dialled: an address the computer opens, or an order to the exchange."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum, auto
from urllib.parse import urlsplit

from dispatch.domain.calling_hours import QUIET_FROM
from dispatch.domain.errors import N_, Invalid

ORDER_LASTS = timedelta(seconds=60)
"""An order that comes later than this rings nobody: the agent has gone on, and the quiet hours may have begun."""
_HOST = re.compile(r"(?=.{1,200}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?")


class DialWay(StrEnum):
    """What clicking to dial does."""

    TEL = auto()  # tel: the program the computer has for telephone numbers
    SIP = auto()  # sip: the softphone, by way of the branch's own exchange
    EXCHANGE = auto()  # the exchange rings the agent's extension, and then the customer


@dataclass(frozen=True, slots=True)
class Dialling:
    """A branch's setting: `sip_host` belongs to `sip`, `order_url` to `exchange`. Raises Invalid."""

    way: DialWay = DialWay.TEL
    sip_host: str = ""
    order_url: str = ""

    def __post_init__(self) -> None:
        if self.way is DialWay.SIP and not self.sip_host:
            raise Invalid("missing", N_("Please fill this in"), field="sip_host")
        if self.sip_host and not _HOST.fullmatch(self.sip_host):
            raise Invalid("sip_host", N_("A name such as pbx.example.cn, with a port if need be"), field="sip_host")
        if self.way is DialWay.EXCHANGE and not self.order_url:
            raise Invalid("missing", N_("Please fill this in"), field="order_url")
        if self.order_url and not _is_address(self.order_url):
            raise Invalid("order_url", N_("An address begins with https:// and holds no password"), field="order_url")


def address(dialling: Dialling, number: str) -> str:
    """What the computer opens to ring a number (E.164); with an exchange, to ring it by hand."""
    return f"sip:{number}@{dialling.sip_host}" if dialling.way is DialWay.SIP else f"tel:{number}"


def order_good_until(now: datetime, zone: tzinfo, lease_until: datetime) -> datetime:
    """Until when (UTC) an order may be carried out: a minute, as long as the claim holds, never in quiet hours."""
    quiet = datetime.combine(now.astimezone(zone).date(), QUIET_FROM, zone).astimezone(UTC)
    return min(now + ORDER_LASTS, lease_until, quiet)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
    return sound and len(text) <= 400 and not re.search(r"\s", text)
