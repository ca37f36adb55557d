"""Money is integer fen inside, yuan with two decimals outside."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from dispatch.domain.errors import N_, Invalid


def yuan(fen: int) -> str:
    """Amount in fen as plain yuan text: 6650 -> '66.50', -50 -> '-0.50'."""
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole}.{cents:02d}"


def fen(text: str, *, field: str | None = None) -> int:
    """Yuan text as a person types it ('20', '66.5', '¥ 1,200.00') in fen.

    Raises Invalid when it is not an amount or has a fraction of a fen.
    """
    cleaned = text.strip().lstrip("¥￥").replace(",", "").strip()
    try:
        value = Decimal(cleaned) * 100
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value != value.to_integral_value():
        raise Invalid(
            "money_format", N_("“%(text)s” is not an amount in yuan, such as 20 or 66.50"), field=field, text=text
        )
    return int(value)


def round_fen(amount: Decimal) -> int:
    """A computed amount in fen rounded half up to a whole fen, the way a cashier rounds."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
