"""What is left of personal facts for eyes that need not know them whole. Phones and plates mask themselves."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.domain.plate import PROVINCES

_HIDDEN = "**"
_TITLE = re.compile(r"(?:先生|女士|小姐|老师|总|师傅)$")
_COMPOUND_SURNAMES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
    "慕容",
    "司徒",
    "夏侯",
    "端木",
    "长孙",
)
_HAN = r"[\u4e00-\u9fff]"
_CITY = re.compile(rf"(?:{_HAN}{{2,6}}?(?:省|自治区))?{_HAN}{{2,8}}?[市州盟]")
# 小区, 社区, 园区 and their like are where somebody lives, not which district they live in.
_DISTRICT = re.compile(rf"(?:{_CITY.pattern})?{_HAN}{{1,5}}?(?:(?<![小社园景校库厂湾宅])区|县|旗)")

# Seven digits and more, however they are set apart, are somebody's number; a date is not.
_DIGITS = re.compile(r"(?!\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))(?<!\d)[+＋]?(?:\d[\s\-–.·()（）]{0,2}){6,}\d")
_PLATE = re.compile(rf"([{PROVINCES}])\s?([A-Za-z])[\s·•.\-]{{0,2}}(?:[A-Za-z0-9]\s?){{3,5}}[A-Za-z0-9警学港澳领]")


def name(full: str) -> str:
    """A person's name down to the surname: '王小明' is '王**', '欧阳娜娜' '欧阳**', 'John Smith' 'J**'."""
    plain = full.strip()
    if not plain:
        return ""
    if _TITLE.search(plain):
        return plain if len(plain) <= 4 else plain[0] + _HIDDEN
    if plain.startswith(_COMPOUND_SURNAMES) and len(plain) > 2:
        return plain[:2] + _HIDDEN
    return plain[0] + _HIDDEN


def address(full: str) -> str:
    """An address down to its district ('江西省上饶市信州区**'), or its city; nothing of it where neither is named."""
    plain = full.strip()
    for boundary in (_DISTRICT, _CITY):
        found = boundary.match(plain)
        if found:
            return found.group() + _HIDDEN
    return _HIDDEN if plain else ""


def free_text(words: str) -> str:
    """What somebody wrote, without the phones, plates and other long numbers in it: '车主13800138000' is '车主****'."""
    without_plates = _PLATE.sub(lambda found: f"{found[1]}{found[2].upper()}·***", words)
    return _DIGITS.sub("****", without_plates)


_CODE = re.compile(r"[a-z][a-z_.]{0,47}")
_NUMBER_OF_OURS = re.compile(r"[A-Z]{1,8}-?[0-9]{0,6}(-[0-9A-Za-z]{1,14}){0,3}")
_ADDRESSES = frozenset({"address", "address_before"})


def is_code(text: str) -> bool:
    """Whether a text of a record says nothing of a person: a code, a time, or a number that we gave to a thing."""
    return bool(_CODE.fullmatch(text) or _NUMBER_OF_OURS.fullmatch(text)) or _is_time(text)


def _is_time(text: str) -> bool:
    if not re.match(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def record(told: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry of the journal tells, with addresses down to their district and without numbers in its words."""
    return {name: address(value) if name in _ADDRESSES and isinstance(value, str) else _masked(value)
            for name, value in told.items()}  # fmt: skip


def _masked(value: Any) -> Any:
    match value:
        case str():
            return value if is_code(value) else free_text(value)
        case Mapping():
            return record(value)
        case list():
            return [_masked(item) for item in value]
        case _:
            return value
