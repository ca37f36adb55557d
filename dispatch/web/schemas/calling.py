"""What agents say on callbacks, how they dial, and how far the day is."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field

from dispatch.domain.callback_coverage import Coverage
from dispatch.domain.callback_script import MAX_LENGTH, CallbackScript
from dispatch.domain.dialling import Dialling, DialWay
from dispatch.services.callback_coverage import DayCoverage
from dispatch.web.schemas.common import Id, Schema

Sentence = Annotated[str, Field(max_length=MAX_LENGTH, description="Placeholders in braces: {customer}, {driver} …")]
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="0: the sentences that the service comes with")]


class SpokenSentences(Schema):
    """A script with names filled in, sentence by sentence."""

    greeting: str
    satisfaction: str
    badge_worn: str
    car_checked: str
    fee_explained: str
    copy_handed_over: str
    opinions: str
    suggestions: str
    closing: str


class Sentences(Schema):
    """A script, sentence by sentence."""

    greeting: Sentence
    satisfaction: Sentence
    badge_worn: Sentence
    car_checked: Sentence
    fee_explained: Sentence
    copy_handed_over: Sentence
    opinions: Sentence
    suggestions: Sentence
    closing: Sentence

    def to_domain(self) -> CallbackScript:
        """The script as the rules know it."""
        return CallbackScript(**{part: getattr(self, part) for part in CallbackScript.__slots__})


class SpokenOut(Schema):
    """What to say to one customer, by language."""

    said: dict[str, SpokenSentences]


class ScriptIn(Sentences):
    """The script as it shall be. `version` is the one that was rewritten: an old one is refused."""

    version: Version


class ScriptOut(Sentences):
    """The script in use in a language."""

    language: str
    version: Version


class ScriptsOut(Schema):
    """The scripts of the branch's languages, the usual one first."""

    scripts: list[ScriptOut]


class DiallingIn(Schema):
    """How the branch dials. `sip_host` belongs to `sip`, `order_url` to `exchange`."""

    way: DialWay
    sip_host: Annotated[str, Field(max_length=200, examples=["pbx.example.cn"])] = ""
    order_url: Annotated[str, Field(max_length=400, examples=["https://pbx.example.cn/dial"])] = ""

    def to_domain(self) -> Dialling:
        """The setting as the rules know it. Raises Invalid by field."""
        return Dialling(self.way, self.sip_host.strip(), self.order_url.strip())


class DiallingOut(DiallingIn):
    """How the branch dials."""


class OrderedOut(Schema):
    """What the exchange was told: the extension it rings first, and until when it may."""

    extension: str
    until: datetime


class CoverageOut(Schema):
    """Callbacks due today: reached, unreachable and dropped are done, the rest is left. Then those due before today:
    still open, or ended today."""

    due: int
    done: int
    left: int
    reached: int
    unreachable: int
    dropped: int
    overdue: int
    caught_up: int

    @classmethod
    def of(cls, found: Coverage) -> Self:
        """The figures as they are answered."""
        return cls.model_validate({name: getattr(found, name) for name in CoverageOut.model_fields})


class AgentCoverageOut(Schema):
    """One agent's callbacks; without an id those that nobody has tried or taken."""

    staff_id: Id | None
    name: str
    coverage: CoverageOut


class DayCoverageOut(Schema):
    """The branch's day; its agents add up to it."""

    day: date
    total: CoverageOut
    agents: list[AgentCoverageOut]

    @classmethod
    def of(cls, found: DayCoverage) -> Self:
        """The day as it is answered."""
        return cls(
            day=found.day,
            total=CoverageOut.of(found.total),
            agents=[
                AgentCoverageOut(staff_id=one.staff_id, name=one.name, coverage=CoverageOut.of(one.coverage))
                for one in found.agents
            ],
        )
