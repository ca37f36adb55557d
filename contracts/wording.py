"""The same words in Chinese and English, and figures as both languages write them."""

import re
from dataclasses import dataclass
from typing import Literal

_MEETING = re.compile(r"(?<=[\u4e00-\u9fff])(?=[0-9])|(?<=[0-9%])(?=[\u4e00-\u9fff])")
Language = Literal["zh", "zh-en", "en"]


@dataclass(frozen=True, slots=True)
class Wording:
    """Chinese and English of one phrase; the Chinese is the binding one."""

    zh: str
    en: str

    def filled(self, figures: "dict[str, Wording]") -> "Wording":
        """The phrase with its {placeholders} filled; KeyError names a figure that is missing."""
        return Wording(
            self.zh.format_map({name: figure.zh for name, figure in figures.items()}),
            self.en.format_map({name: figure.en for name, figure in figures.items()}),
        )


def plain(text: str) -> Wording:
    """Words that are the same in both languages: a name, a plate, a number."""
    return Wording(text, text)


def spaced(zh: str) -> str:
    """Chinese with a space between characters and figures, as it is set in print: 前30分钟 -> 前 30 分钟."""
    return _MEETING.sub(" ", zh)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals, for columns of money: 6650 -> '66.50'."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{cents:02d}"


def _short(fen: int) -> str:
    return yuan(fen).removesuffix(".00")


def money(fen: int) -> Wording:
    """Fen as a sentence says it: 1000 -> '10 元' / '¥10'."""
    return Wording(f"{_short(fen)} 元", f"¥{_short(fen)}")


def money_range(low: int, high: int) -> Wording:
    """A range of fen as a sentence says it: '10 元至 20 元' / '¥10–20'."""
    if low == high:
        return money(low)
    return Wording(f"{_short(low)} 元至 {_short(high)} 元", f"¥{_short(low)}–{_short(high)}")


def kilometres(metres: int) -> Wording:
    """Metres as kilometres, without a decimal where there is none: 5000 -> '5 公里' / '5 km'."""
    number = f"{metres / 1000:.1f}".removesuffix(".0")
    return Wording(f"{number} 公里", f"{number} km")


def minutes(count: int) -> Wording:
    """A number of minutes, whole hours as hours: 60 -> '1 小时' / '1 hour'."""
    if count >= 60 and count % 60 == 0:
        hours = count // 60
        return Wording(f"{hours} 小时", "1 hour" if hours == 1 else f"{hours} hours")
    return Wording(f"{count} 分钟", "1 minute" if count == 1 else f"{count} minutes")
