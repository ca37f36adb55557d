"""Which language a page speaks: Chinese first, English one switch away.

Signed in, the person's own choice decides; before that the `lang` cookie, then what the browser prefers.
"""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, Response, has_request_context, request
from flask_babel import Babel

LANGUAGES = {"zh": "中文", "en": "English"}
"""The languages of the interface, each in its own words."""

COOKIE = "lang"
COOKIE_DAYS = 400
CATALOGUES = Path(__file__).resolve().parents[2] / "translations"


def init(app: Flask, own_choice: Callable[[], str | None]) -> Babel:
    """Set up Flask-Babel. `own_choice` answers the language the signed-in person has chosen, None before sign-in."""

    def locale() -> str:
        return choose(own_choice())

    return Babel(app, default_locale="zh", default_translation_directories=str(CATALOGUES), locale_selector=locale)


def choose(own: str | None) -> str:
    """The language for this request; Chinese where nothing says otherwise, and outside a request."""
    if own in LANGUAGES:
        return own
    if not has_request_context():
        return "zh"
    cookie = request.cookies.get(COOKIE)
    if cookie in LANGUAGES:
        return cookie
    # Somebody whose browser asks for French reads English rather than Chinese; a client that asks for nothing is ours.
    preferred = request.accept_languages.best_match(list(LANGUAGES))
    return preferred or ("en" if request.accept_languages else "zh")


def remember(response: Response, language: str) -> Response:
    """Keep the language for visits before sign-in. The cookie holds no personal data and is not a session."""
    if language in LANGUAGES:
        response.set_cookie(
            COOKIE, language, max_age=COOKIE_DAYS * 86400, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response
