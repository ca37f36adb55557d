"""What is said on callbacks: sentences with placeholders, whole in every language."""

from dataclasses import asdict, replace
from datetime import date

import pytest

from dispatch.domain import callback_script
from dispatch.domain.callback_script import DEFAULTS, LANGUAGES, PARTS, PLACEHOLDERS, CallbackScript
from dispatch.domain.errors import Invalid

NAMES = dict.fromkeys(PLACEHOLDERS, "x")


@pytest.mark.parametrize("language", DEFAULTS)
def test_the_sentences_that_the_service_comes_with_are_sound_and_leave_no_braces(language: str) -> None:
    script = callback_script.checked(DEFAULTS[language])
    assert tuple(asdict(script)) == PARTS
    assert "{" not in "".join(asdict(callback_script.spoken(script, NAMES)).values())


def test_every_language_of_documents_is_spoken() -> None:
    assert {language for spoken in LANGUAGES.values() for language in spoken} == set(DEFAULTS)
    assert LANGUAGES["zh-en"] == ("zh", "en")


@pytest.mark.parametrize(
    ("text", "code"),
    [("  ", "template_empty"), ("长" * 501, "template_long"), ("您好{phone}", "template_placeholder")],
)
def test_a_sentence_that_cannot_be_said_is_named_by_its_part(text: str, code: str) -> None:
    wanted = replace(DEFAULTS["zh"], closing=text)
    (fault,) = callback_script.faults(wanted)
    assert (fault.code, fault.field) == (code, "closing")
    with pytest.raises(Invalid):
        callback_script.checked(wanted)


def test_every_faulty_sentence_is_told_at_once() -> None:
    empty = CallbackScript(**dict.fromkeys(PARTS, ""))
    assert [fault.field for fault in callback_script.faults(empty)] == list(PARTS)


def test_sentences_are_kept_without_blanks_around_them() -> None:
    assert callback_script.checked(replace(DEFAULTS["zh"], closing=" 再见 \n")).closing == "再见"


def test_a_name_that_looks_like_a_placeholder_is_said_as_it_is() -> None:
    said = callback_script.spoken(replace(DEFAULTS["zh"], greeting="{customer}您好"), {**NAMES, "customer": "{agent}"})
    assert said.greeting == "{agent}您好"


@pytest.mark.parametrize(("language", "words"), [("zh", "3月6日"), ("en", "6 March")])
def test_a_day_is_said_as_people_say_it(language: str, words: str) -> None:
    assert callback_script.day_in_words(date(2026, 3, 6), language) == words
