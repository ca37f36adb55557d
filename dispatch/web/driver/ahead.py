"""The screens that may come next: a phone keeps them, and without signal the driver goes on from one to the other."""

from dispatch.domain.states import State

_TO_SIGN, _ON_THE_ROAD = ("on_site", "inspected"), ("driving", "stopped", "delivered")
_AHEAD: dict[State, tuple[str, ...]] = {
    State.ACCEPTED: ("en_route", *_TO_SIGN),
    State.EN_ROUTE: _TO_SIGN,
    State.ON_SITE: ("inspected",),
    State.AGREED: _ON_THE_ROAD,
    State.DRIVING: _ON_THE_ROAD,
}
"""As far as a driver gets without the server: signing needs its code and its digest."""
_SIGNED = frozenset({"inspected", "delivered"})
_ASIDE = {
    **dict.fromkeys((State.ON_SITE, State.ACCEPTED, State.EN_ROUTE), ("refuse",)),
    **dict.fromkeys((State.AGREED, State.DRIVING), ("destination", "incident", "deliver")),
}


def reached(state: State, wanted: str) -> str:
    """The screen ahead that is wanted, '' where the trip is there already or does not lead to it."""
    return wanted if wanted in _AHEAD.get(state, ()) else ""


def template(screen: str) -> str:
    """The template's name of a screen ahead."""
    if screen in _SIGNED:
        return "needs_signal"
    return "driving" if screen == "stopped" else screen


def addresses(trip_id: int, state: State) -> list[str]:
    """What the phone should have kept while a trip is in this state, besides the page itself."""
    screens = [f"/driver/trip/{trip_id}?ahead={screen}" for screen in _AHEAD.get(state, ())]
    return screens + [f"/driver/trip/{trip_id}?do={screen}" for screen in _ASIDE.get(state, ())]
