"""Passwords: what is accepted, and Argon2id digests of them."""

from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dispatch.domain.errors import N_, Invalid

SHORTEST, LONGEST = 12, 256
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Nobody's password: verified against for unknown sign-in names, so that they take as long as known ones.
_NOBODY = _HASHER.hash("a sign-in name that does not exist")


def check(password: str, login: str, *, field: str = "password") -> None:
    """Raise Invalid when a password is too short, among the common ones, or the sign-in name itself."""
    if len(password) < SHORTEST:
        raise Invalid("password_short", N_("At least %(least)s characters"), field=field, least=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password_long", N_("At most %(most)s characters"), field=field, most=LONGEST)
    plain = password.casefold().strip()
    if plain == login.casefold().strip() or plain in _common() or _is_repetition(plain):
        raise Invalid("password_common", N_("This password is easy to guess: choose another"), field=field)


def digest(password: str) -> str:
    """The Argon2id digest to store."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one stored; for None it takes as long and is never so."""
    try:
        return _HASHER.verify(stored or _NOBODY, password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _common() -> frozenset[str]:
    text = (files("dispatch.services") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line.strip().casefold() for line in text.splitlines() if line.strip())


def _is_repetition(plain: str) -> bool:
    """`121212121212` and `abcabcabcabc`: a short piece over and over, whatever list it is missing from."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 5))
