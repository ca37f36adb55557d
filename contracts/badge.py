"""The badge card that a driver wears (P1): photo, number, name, company, and a code that says if it is in force."""

from dataclasses import dataclass
from datetime import date

from contracts.facts import Company, Photo
from contracts.wording import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeFacts:
    """Everything a badge card says. `valid_until` is the earlier of licence and permit; `url` is behind the code."""

    company: Company
    name: str
    badge: str
    photo: Photo
    valid_until: date
    url: str
    language: Language = "zh"
