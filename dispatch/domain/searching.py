"""What can be found of a customer, in the one form in which it is compared: no spaces, no punctuation, lower case."""

import re
import unicodedata
from enum import StrEnum, auto

from dispatch.domain import phone, pinyin

SHORT = 2
"""Fragments up to this length are found by their grams, longer ones by trigrams of the text."""
_IGNORED = re.compile(r"[\W_]+")


class SearchKind(StrEnum):
    """What a line of the search table is of."""

    PHONE = auto()
    PLATE = auto()
    NAME = auto()
    ADDRESS = auto()


def normalised(text: str) -> str:
    """A fragment or a fact as it is compared: '赣E·12 345' is '赣e12345', '138-0013 8000' is '13800138000'."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text)).lower()


def phone_line(e164: str) -> str:
    """A number as it is dialled from abroad and at home; one line where the one holds the other."""
    abroad, at_home = normalised(e164), normalised(phone.display(e164))
    return abroad if at_home in abroad else f"{abroad}\n{at_home}"


def plate_line(plate: str) -> str:
    """A plate."""
    return normalised(plate)


def name_line(name: str) -> str:
    """A name with its pinyin initials below it: '王小明' and 'wxm'."""
    return _with_initials(normalised(name), pinyin.name_initials(name))


def address_line(address: str) -> str:
    """An address with its pinyin initials below it."""
    return _with_initials(normalised(address), pinyin.initials(address))


def grams(line: str) -> list[str]:
    """Every piece of one or two characters, each once: what a short fragment is looked up by."""
    found = {
        part[start : start + length]
        for part in line.split("\n")
        for length in range(1, SHORT + 1)
        for start in range(len(part) - length + 1)
    }
    return sorted(found)


def _with_initials(text: str, initials: str) -> str:
    return text if not initials or initials in text else f"{text}\n{initials}"
