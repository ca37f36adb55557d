"""A signing in words: what is asked to confirm, taken from what was frozen when it began, and what a step was about."""

from dataclasses import dataclass
from typing import Any

from contracts import labels
from dispatch.domain.ceremony import Step
from dispatch.domain.text import Text
from dispatch.store.ceremonies import Ceremony, CeremonyEvent


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement to confirm."""

    id: str
    words: Text


def statements(ceremony: Ceremony) -> list[Statement]:
    """All statements of a ceremony in their order."""
    return [Statement(one, _words(one, ceremony.shown)) for one in ceremony.statements]


def about(ceremony: Ceremony, event: CeremonyEvent) -> Text:
    """What a step was about beside its name: the statement confirmed or taken back, the end of a code's number."""
    if event.step is Step.CONFIRMED or (event.step is Step.BACK and event.detail in ceremony.statements):
        return _words(event.detail, ceremony.shown)
    number = f"…{event.detail}" if event.step is Step.CODE_SENT else ""
    return Text(number, number)


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
