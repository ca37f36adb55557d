"""Wording that is data, not interface: it is frozen into quotes, agreements and receipts in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese and English."""

    zh: str
    en: str

    def in_(self, locale: str) -> str:
        """The wording for a locale such as 'zh', 'zh_CN' or 'en'."""
        return self.en if locale.startswith("en") else self.zh
