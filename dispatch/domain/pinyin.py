"""Pinyin initials, so that 'wxm' finds 王小明 and 'xzq' finds 信州区."""

import re
from collections.abc import Callable
from functools import cache

# Surnames that are read otherwise than the same character in a word.
_SURNAMES = {
    "单": "s",
    "仇": "q",
    "查": "z",
    "解": "x",
    "区": "o",
    "盖": "g",
    "朴": "p",
    "覃": "q",
    "曾": "z",
    "缪": "m",
    "尉迟": "yc",
    "万俟": "mq",
}


def initials(text: str) -> str:
    """Lower-case initials of each character; Latin letters and digits stay as they are: '信州区8号' is 'xzq8h'."""
    return re.sub(r"[^a-z0-9]", "", "".join(_first_letters()(text)).lower())


def name_initials(name: str) -> str:
    """Initials of a person's name, its surname read as a surname: '单小明' is 'sxm', not 'dxm'."""
    plain = name.strip()
    for surname in sorted(_SURNAMES, key=len, reverse=True):
        if plain.startswith(surname):
            return _SURNAMES[surname] + initials(plain[len(surname) :])
    return initials(plain)


@cache
def _first_letters() -> Callable[[str], list[str]]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its phrases take 60 MB: only for who looks callers up

    return lambda text: lazy_pinyin(text, style=Style.FIRST_LETTER)
