"""Text messages to customers. The sender fills in `{link}` and `{code}`: neither lies in the database in clear."""

from collections.abc import Callable

from dispatch.domain.money import yuan
from dispatch.store.trips import Trip


def for_event(event_type: str, trip: Trip) -> str | None:
    """The message that a customer gets for an event of their trip; None for events that do not concern them."""
    write = _TEXTS.get(event_type)
    return None if write is None else write(trip)


def code(trip: Trip) -> str:
    """The message with a one-time code for signing; `{code}` is filled in by the sender, as the link is."""
    return f"【{trip.branch.name}】代驾协议签署验证码：{{code}}，10分钟内有效。本人未要求签署的，请勿告知他人。"


def number_changed(trip: Trip, number: str) -> str:
    """What the number before is told: somebody who did not ask for it must be able to object."""
    return (
        f"【{trip.branch.name}】订单{trip.number}的联系电话已改为尾号{number[-4:]}的号码。"
        f"如非本人要求，请立即致电{trip.branch.phone}。"
    )


def _payer(trip: Trip) -> str:
    """Who pays, where it is not the customer."""
    return f"（由{trip.account.name}记账结算，您无需付款）" if trip.account is not None else ""


def _when(trip: Trip) -> str:
    return f"{trip.appointed_at.astimezone(trip.branch.zone):%m月%d日%H:%M}"


def _booked(trip: Trip) -> str:
    return (
        f"【{trip.branch.name}】您预约的代驾（{trip.number}，{_when(trip)}）已登记，"
        f"预计费用{yuan(trip.quote_total_fen)}元{_payer(trip)}。司机、费用和协议请看：{{link}}"
    )


def _driver_found(trip: Trip) -> str | None:
    if trip.driver is None:
        return None
    return (
        f"【{trip.branch.name}】代驾员{trip.driver.name}（工号{trip.driver.badge_id}）将为您服务，"
        f"见面时请核对胸卡照片：{{link}}"
    )


def _arrived(trip: Trip) -> str | None:
    return None if trip.driver is None else f"【{trip.branch.name}】代驾员{trip.driver.name}已到达约定地点。{{link}}"


def _replaced(trip: Trip) -> str:
    return f"【{trip.branch.name}】正在为您更换代驾员，不另收费，给您添麻烦了。客服电话{trip.branch.phone}"


def _ended(trip: Trip) -> str:
    fee = f"费用{yuan(trip.total_fen)}元{_payer(trip)}" if trip.total_fen else "不收取费用"
    return f"【{trip.branch.name}】您的代驾预约{trip.number}已取消，{fee}。{{link}}"


def _nobody_yet(trip: Trip) -> str:
    return (
        f"【{trip.branch.name}】正在为您（{trip.number}）寻找代驾员，暂时还没有人接单，我们会继续安排。"
        f"不用等了或想改时间，请致电{trip.branch.phone}"
    )


def given_up_after(minutes: int) -> str:
    """What is written on a trip that the clock gave up."""
    return f"{minutes}分钟内没有代驾员接单"


def _unfulfilled(trip: Trip) -> str:
    return f"【{trip.branch.name}】很抱歉，暂时没有代驾员可以为您服务（{trip.number}），未收取任何费用。"


def _closed(trip: Trip) -> str:
    fare = f"费用{yuan(trip.total_fen or 0)}元{_payer(trip)}"
    return f"【{trip.branch.name}】本次代驾已完成，{fare}。协议与回执可在此下载：{{link}}"


_TEXTS: dict[str, Callable[[Trip], str | None]] = {
    "trip.book": _booked,
    "trip.assign": _driver_found,
    "trip.accept": _driver_found,
    "trip.arrive": _arrived,
    "trip.replace_driver": _replaced,
    "trip.cancel": _ended,
    "trip.give_up": _unfulfilled,
    "trip.nobody_found": _nobody_yet,
    "trip.sign_receipt": _closed,
}
