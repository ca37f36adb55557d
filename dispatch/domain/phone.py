"""Phone numbers as people in China dial them, kept in E.164 (`+8613800138000`).

What was dialled is kept beside it by whoever stores it, extension included: the E.164 form only says whose line it is.
"""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from dispatch.domain.errors import N_, Invalid

NO_NUMBER = "—"
"""Shown where a number was erased."""
_HOME = "CN"
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*\d{1,6}$", re.IGNORECASE)
# New mobile ranges open faster than any library learns of them; a customer must not be refused for a new number.
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LOCAL = re.compile(r"[2-8]\d{6,7}")


def parse(text: str, *, field: str = "phone", area_code: str | None = None) -> str:
    """The E.164 form of a number as dialled: '138 0013 8000', '0793-8888888', '+852 6123 4567', full-width digits.

    `area_code` ('0793') is put before a local number that was given without one. Raises Invalid naming the fault.
    """
    dialled = _EXTENSION.sub("", unicodedata.normalize("NFKC", text).strip()).strip()
    if not dialled:
        raise Invalid("phone_missing", N_("Please enter a phone number"), field=field)
    digits = re.sub(r"[\s\-()]", "", dialled)
    if _LOCAL.fullmatch(digits):
        if area_code is None:
            raise Invalid(
                "phone_area_code", N_("“%(text)s” lacks the area code, as in 0793-8888888"), field=field, text=text
            )
        dialled = area_code + digits
    number = _number(dialled)
    if number is None or not _is_callable(number):
        raise Invalid(
            "phone_format",
            N_("“%(text)s” is not a phone number, such as 138 0013 8000 or 0793-8888888"),
            field=field,
            text=text,
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def area_code(text: str) -> str:
    """An area code as typed, '' for none. Raises Invalid."""
    plain = text.strip()
    if not re.fullmatch(r"(0\d{2,4})?", plain):
        raise Invalid("area_code", N_("An area code begins with 0, such as 0793"), field="area_code")
    return plain


def is_mobile(e164: str) -> bool:
    """Whether the number can receive a text message."""
    number = phonenumbers.parse(e164)
    return _is_chinese_mobile(number) or phonenumbers.number_type(number) in {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }


def display(e164: str) -> str:
    """The number as people at home read it: '138 0013 8000', '0793 888 8888', '+852 6123 4567'."""
    if not e164.startswith("+"):
        return NO_NUMBER
    number = phonenumbers.parse(e164)
    if _is_chinese_mobile(number):
        national = str(number.national_number)
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    at_home = number.country_code == phonenumbers.country_code_for_region(_HOME)
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def masked(e164: str) -> str:
    """The number with its middle hidden, for screens and logs: '138****8000', '0793****888', '+852****4567'."""
    if not e164.startswith("+"):
        return NO_NUMBER
    number = phonenumbers.parse(e164)
    if _is_chinese_mobile(number):
        national = str(number.national_number)
        return f"{national[:3]}****{national[7:]}"
    prefix = display(e164).split()[0]
    return f"{prefix}****{e164[-3:]}"


def _number(dialled: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(dialled, _HOME)
    except phonenumbers.NumberParseException:
        return None


def _is_callable(number: PhoneNumber) -> bool:
    return _is_chinese_mobile(number) or phonenumbers.is_valid_number(number)


def _is_chinese_mobile(number: PhoneNumber) -> bool:
    return number.country_code == 86 and bool(_MOBILE.fullmatch(str(number.national_number)))
