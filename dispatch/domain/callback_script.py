"""What an agent says on a callback (P7): greeting, one sentence for each question, closing; placeholders in braces."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from dispatch.domain import reply_template
from dispatch.domain.errors import Invalid

PARTS = (
    "greeting", "satisfaction", "badge_worn", "car_checked", "fee_explained", "copy_handed_over", "opinions",
    "suggestions", "closing",
)  # fmt: skip
"""In the order in which they are said."""
PLACEHOLDERS = ("customer", "agent", "branch", "company", "driver", "badge", "day", "number")
"""What may stand in braces: {customer} and so on. {day} is the service day, {number} that of the trip."""
MAX_LENGTH = 500
LANGUAGES: Mapping[str, tuple[str, ...]] = {"zh": ("zh",), "en": ("en",), "zh-en": ("zh", "en")}
"""The languages a branch speaks on the telephone, by that of its documents: the first one is spoken unless asked."""


@dataclass(frozen=True, slots=True)
class CallbackScript:
    """The sentences of one language."""

    greeting: str
    satisfaction: str
    badge_worn: str
    car_checked: str
    fee_explained: str
    copy_handed_over: str
    opinions: str
    suggestions: str
    closing: str


DEFAULTS: Mapping[str, CallbackScript] = {
    "zh": CallbackScript(
        greeting="{customer}您好，我是{branch}的客服{agent}。{day}是我们的代驾员{driver}为您服务的，"
        "想占用您一分钟做个回访，现在方便吗？",
        satisfaction="请您给这次服务打个分，1 到 5 分，5 分是非常满意。",
        badge_worn="代驾员到达时佩戴工牌了吗？",
        car_checked="出发前和您一起检查过车辆了吗？",
        fee_explained="收费标准跟您说清楚了吗？",
        copy_handed_over="代驾协议交给您一份了吗？",
        opinions="您对这次服务有什么意见？",
        suggestions="您希望我们在哪些方面改进？",
        closing="谢谢您，您的意见我们都记下了。期待再次为您服务，再见！",
    ),
    "en": CallbackScript(
        greeting="Good day, {customer}. This is {agent} from {branch}. Our driver {driver} drove you home on {day}. "
        "May I ask for a minute of your time?",
        satisfaction="How satisfied were you, from 1 to 5, where 5 is best?",
        badge_worn="Did the driver wear the badge?",
        car_checked="Was the car looked over with you before the drive?",
        fee_explained="Was the fee explained to you?",
        copy_handed_over="Did you get a copy of the agreement?",
        opinions="What did you think of the service?",
        suggestions="What could we do better?",
        closing="Thank you: all of it is written down. We look forward to driving you again. Goodbye!",
    ),
}
"""What is said where a branch has not written its own."""


def checked(script: CallbackScript) -> CallbackScript:
    """The script, tidied. Raises the first of `faults`."""
    for fault in faults(script):
        raise fault
    return CallbackScript(**{part: text.strip() for part, text in asdict(script).items()})


def faults(script: CallbackScript) -> list[Invalid]:
    """Everything that does not fit, each with its part as the field: nothing to say, too long, unknown placeholders."""
    found = []
    for part, text in asdict(script).items():
        try:
            reply_template.check(text, field=part, known=PLACEHOLDERS, most=MAX_LENGTH)
        except Invalid as fault:
            found.append(fault)
    return found


def spoken(script: CallbackScript, values: Mapping[str, str]) -> CallbackScript:
    """The script with its placeholders filled in; a name that looks like a placeholder stays a name."""
    return replace(script, **{part: reply_template.filled(text, values) for part, text in asdict(script).items()})


def day_in_words(day: date, language: str) -> str:
    """A day as it is said: 3月6日, 6 March."""
    return f"{day.day} {_MONTHS[day.month - 1]}" if language == "en" else f"{day.month}月{day.day}日"


# Not strftime: the process's locale would decide the language.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
