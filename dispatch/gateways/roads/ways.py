"""Which ways of OpenStreetMap a car may take, in which direction, and how fast it gets on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]

# km/h that a car gets on with, lights and crossings included; not what the sign allows.
CLASS_KMH = {
    "motorway": 90.0, "motorway_link": 50.0, "trunk": 65.0, "trunk_link": 40.0, "primary": 42.0, "primary_link": 35.0,
    "secondary": 36.0, "secondary_link": 30.0, "tertiary": 32.0, "tertiary_link": 28.0, "unclassified": 28.0,
    "residential": 24.0, "living_street": 10.0, "road": 24.0, "service": 14.0,
}  # fmt: skip
OF_LIMIT = 0.75  # of a signed limit is reached on the whole
_ZONES = {"urban": 50.0, "rural": 80.0, "living_street": 20.0, "motorway": 120.0, "zone30": 30.0, "zone20": 20.0}
_MILE_KM = 1.609344
_NO_WAY = frozenset({"no", "private", "agricultural", "forestry", "emergency", "military"})
_NOT_A_STREET = frozenset({"driveway", "parking_aisle", "drive-through", "emergency_access"})
_ROUND = frozenset({"roundabout", "circular"})


@dataclass(frozen=True, slots=True)
class Passage:
    """How a way may be driven. `forward`: as it is drawn on the map."""

    mps: float
    forward: bool = True
    backward: bool = True


def passage(tags: Tags) -> Passage | None:
    """How a car gets along a way; None where it may not drive."""
    usual = CLASS_KMH.get(tags.get("highway", ""))
    if usual is None or not _open_to_cars(tags) or tags.get("area") == "yes":
        return None
    limit = limit_kmh(tags.get("maxspeed", ""))
    kmh = usual if limit is None else max(5.0, limit * OF_LIMIT)
    forward, backward = _directions(tags)
    return Passage(kmh / 3.6, forward, backward) if forward or backward else None


def limit_kmh(text: str) -> float | None:
    """A signed limit: '50', '30 mph', 'CN:urban', 'none', 'walk'; None where it says nothing."""
    if text == "none":
        return 130.0
    if text == "walk":
        return 7.0
    if zone := re.fullmatch(r"[A-Z]{2}:(\w+)", text):
        return _ZONES.get(zone[1])
    if number := re.match(r"(\d+(?:\.\d+)?)\s*(mph)?", text):
        return float(number[1]) * (_MILE_KM if number[2] else 1) or None
    return None


def _open_to_cars(tags: Tags) -> bool:
    if tags.get("service") in _NOT_A_STREET:
        return False
    for key in ("motorcar", "motor_vehicle", "vehicle", "access"):  # the most particular sign counts
        if key in tags:
            return tags[key] not in _NO_WAY
    return True


def _directions(tags: Tags) -> tuple[bool, bool]:
    for key in ("oneway:motorcar", "oneway:motor_vehicle", "oneway"):
        match tags.get(key, ""):
            case "yes" | "true" | "1":
                return True, False
            case "-1" | "reverse":
                return False, True
            case "no":
                return True, True
            case "reversible" | "alternating":  # nobody knows which way it is open now
                return False, False
    one_way = tags.get("junction") in _ROUND or tags.get("highway") in ("motorway", "motorway_link")
    return True, not one_way
