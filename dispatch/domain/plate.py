"""Number plates of mainland China (GA 36-2018), as dispatchers hear and type them."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum, auto

from dispatch.domain.errors import N_, Invalid

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PUNCTUATION = re.compile(r"[\s·•・‧∙⋅.\-_]")


class PlateKind(StrEnum):
    """What a plate says about the car, as far as the service cares."""

    ORDINARY = auto()
    PURE_ELECTRIC = auto()
    PLUG_IN = auto()  # hybrids and fuel cells: green plate, not purely electric
    POLICE = auto()
    DRIVING_SCHOOL = auto()
    HONG_KONG = auto()
    MACAU = auto()
    EMBASSY = auto()
    CONSULATE = auto()


# Serial numbers never hold I or O. Green plates: the letter of the energy stands first (cars) or last (large cars);
# D was followed by A, B, C, E for purely electric cars, F by G, H, J, K for the others.
_SERIAL = "[A-HJ-NP-Z0-9]"
_HEAD = f"[{PROVINCES}][A-HJ-NP-Z]"
_PATTERNS: tuple[tuple[PlateKind, re.Pattern[str]], ...] = (
    (PlateKind.ORDINARY, re.compile(f"{_HEAD}{_SERIAL}{{5}}")),
    (PlateKind.PURE_ELECTRIC, re.compile(f"{_HEAD}(?:[DABCE]{_SERIAL}\\d{{4}}|\\d{{5}}[DABCE])")),
    (PlateKind.PLUG_IN, re.compile(f"{_HEAD}(?:[FGHJK]{_SERIAL}\\d{{4}}|\\d{{5}}[FGHJK])")),
    (PlateKind.POLICE, re.compile(f"{_HEAD}{_SERIAL}{{4}}警")),
    (PlateKind.DRIVING_SCHOOL, re.compile(f"{_HEAD}{_SERIAL}{{4}}学")),
    (PlateKind.HONG_KONG, re.compile(f"粤Z{_SERIAL}{{4}}港")),
    (PlateKind.MACAU, re.compile(f"粤Z{_SERIAL}{{4}}澳")),
    (PlateKind.EMBASSY, re.compile("使\\d{6}|\\d{6}使")),
    (PlateKind.CONSULATE, re.compile(f"{_HEAD}{_SERIAL}{{4}}领|[{PROVINCES}]\\d{{6}}领")),
)


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate in its one stored form: upper case, no spaces or dots ('赣E12345')."""

    text: str
    kind: PlateKind

    @property
    def is_new_energy(self) -> bool:
        """Whether the plate is a green one."""
        return self.kind in {PlateKind.PURE_ELECTRIC, PlateKind.PLUG_IN}

    def display(self) -> str:
        """The plate as it is read on the car: '赣E·12345'."""
        return f"{self._head}{self.text[2:]}"

    def masked(self) -> str:
        """The plate for eyes that need not know it whole: '赣E·***45'."""
        return f"{self._head}{'*' * (len(self.text) - 4)}{self.text[-2:]}"

    @property
    def _head(self) -> str:
        """Province and letter with the dot; diplomatic plates that go on with digits have none."""
        return f"{self.text[:2]}·" if self.text[1].isalpha() else self.text[:2]


def normalised(text: str) -> str:
    """Upper case, half width, no spaces, dots or dashes; O and I in the serial read as the 0 and 1 they must be."""
    plain = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plain[:2] + plain[2:].replace("O", "0").replace("I", "1")


def parse(text: str, *, field: str = "plate") -> Plate:
    """The plate a dispatcher typed. Raises Invalid saying what is wrong with it."""
    plain = normalised(text)
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(plain):
            return Plate(plain, kind)
    raise _fault(plain, text, field)


def _fault(plain: str, text: str, field: str) -> Invalid:
    if not plain:
        return Invalid("plate_missing", N_("Please enter the number plate"), field=field)
    if plain[0] not in PROVINCES + "使" and not plain[0].isdigit():
        return Invalid(
            "plate_province", N_("“%(text)s” does not begin with a province, as in 赣E·12345"), field=field, text=text
        )
    if plain[0] in PROVINCES and len(plain) not in (7, 8):
        return Invalid(
            "plate_length",
            N_("“%(text)s” has %(length)s characters; a plate has 7, a green one 8"),
            field=field,
            text=text,
            length=len(plain),
        )
    if plain[0] in PROVINCES and len(plain) == 8:
        return Invalid(
            "plate_green",
            N_("“%(text)s” has 8 characters but is not a green plate, such as 赣E·D12345"),
            field=field,
            text=text,
        )
    return Invalid("plate_format", N_("“%(text)s” is not a number plate, such as 赣E·12345"), field=field, text=text)
