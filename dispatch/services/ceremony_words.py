"""What a signer is asked to confirm, in words: taken from what was frozen when the signing began."""

from dataclasses import dataclass
from typing import Any

from contracts import labels
from dispatch.domain.text import Text
from dispatch.store.ceremonies import Ceremony


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement to confirm."""

    id: str
    words: Text


def statements(ceremony: Ceremony) -> list[Statement]:
    """All statements of a ceremony in their order."""
    return [Statement(one, _words(one, ceremony.shown)) for one in ceremony.statements]


def _words(statement: str, shown: dict[str, Any]) -> Text:
    group, _, member = statement.partition(".")
    if group == "insurance":
        return _cover(next(row for row in shown["insurance"] if row["cover"] == member))
    told = shown["wording"]["declaration"][int(member) - 1]
    return Text(told["zh"], told["en"])


def _cover(row: dict[str, Any]) -> Text:
    name = labels.COVERS[row["cover"]]
    zh, en = [f"本车已投保{name.zh}"], [f"The car has the insurance: {name.en.lower()}"]
    if row["insurer"]:
        zh.append(f"保险公司为{row['insurer']}")
        en.append(f"insurer {row['insurer']}")
    if row["valid_until"]:
        zh.append(f"有效期至 {row['valid_until']}")
        en.append(f"valid until {row['valid_until']}")
    return Text("，".join(zh) + "。", ", ".join(en) + ".")
